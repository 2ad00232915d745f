"""Deliveries of a saved project."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, get_args

from engine.errors import UserError
from engine.jobs.base import Job
from engine.jobs.checks import check_choice, check_number, check_path, check_types

Content = Literal["layer", "composite", "alpha", "greenscreen"]
StillFormat = Literal["png", "tiff"]
ClipFormat = Literal["png", "prores", "h264"]
AlphaMode = Literal["straight", "premultiplied"]
BitDepth = Literal[8, 16]

SUFFIXES: Mapping[str, tuple[str, ...]] = {"png": (".png",), "tiff": (".tif", ".tiff")}
CLIP_SUFFIXES: Mapping[str, tuple[str, ...]] = {"png": (".png",), "prores": (".mov",), "h264": (".mp4", ".mov")}
LARGEST_NUMBER = 9_999_999


@dataclass(frozen=True)
class StillExport(Job):
    """Write one picture of a saved project of one frame to ``out``.

    ``project`` is a .patina folder; ``layer`` the id of a layer, empty for the composite only. The layer's opacity
    is part of what is written; ``alpha`` matters to a layer alone.
    """

    kind: ClassVar[str] = "still_export"
    interactive: ClassVar[bool] = True

    project: str
    out: str
    what: Content = "composite"
    layer: str = ""
    format: StillFormat = "png"
    bits: BitDepth = 16
    alpha: AlphaMode = "straight"

    def __post_init__(self) -> None:
        check_types(self)
        check_path("project", self.project, "save it first")
        check_path("file to write", self.out, "choose where the picture should go")
        check_choice("content", self.what, get_args(Content))
        check_choice("format", self.format, get_args(StillFormat))
        check_choice("alpha", self.alpha, get_args(AlphaMode))
        _check_content(self)
        _check_suffix(self.out, SUFFIXES[self.format])


@dataclass(frozen=True)
class ClipExport(Job):
    """Write a saved project of a clip: one picture a frame, or a movie that keeps the source's rate, tags and sound.

    ``out`` is the movie's file; of pictures it names the sequence: out/gold.png becomes out/gold.1001.png and so on.
    ``first`` and ``last`` are source frame numbers, None for the ends of the work area; ``start`` is the number of the
    first picture, None for the source's own. Movies are of what has no alpha: the composite or the green screen;
    ``bits`` and ``alpha`` are those of pictures.
    """

    kind: ClassVar[str] = "clip_export"

    project: str
    out: str
    what: Content = "composite"
    layer: str = ""
    format: ClipFormat = "png"
    bits: BitDepth = 16
    alpha: AlphaMode = "straight"
    first: int | None = None
    last: int | None = None
    start: int | None = None

    def __post_init__(self) -> None:
        check_types(self)
        check_path("project", self.project, "save it first")
        check_path("file to write", self.out, "choose where the frames should go")
        check_choice("content", self.what, get_args(Content))
        check_choice("format", self.format, get_args(ClipFormat))
        check_choice("alpha", self.alpha, get_args(AlphaMode))
        for name, number in (("first frame", self.first), ("last frame", self.last), ("start number", self.start)):
            check_number(name, number, 0, LARGEST_NUMBER)
        _check_content(self)
        _check_suffix(self.out, CLIP_SUFFIXES[self.format])
        if self.format != "png" and self.what not in ("composite", "greenscreen"):
            raise UserError(f"A {self.format} movie has no alpha; export the {self.what} as png.")


def _check_content(job: StillExport | ClipExport) -> None:
    if type(job.bits) is not int or job.bits not in get_args(BitDepth):
        raise UserError(f"The bit depth {job.bits!r} is unknown; choose 8 or 16.")
    if job.what != "composite" and not job.layer:
        raise UserError(f"No layer was named for the {job.what}; choose one, or export the composite.")


def _check_suffix(out: str, suffixes: tuple[str, ...]) -> None:
    if Path(out).suffix.lower() not in suffixes:
        raise UserError(f"The name {Path(out).name!r} must end in {suffixes[0]} for this format.")
