"""Deliveries of a saved project."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, get_args

from engine.errors import UserError
from engine.jobs.base import Job
from engine.jobs.checks import check_choice, check_path, check_texts

Content = Literal["layer", "composite", "alpha", "greenscreen"]
StillFormat = Literal["png", "tiff"]
AlphaMode = Literal["straight", "premultiplied"]
BitDepth = Literal[8, 16]

SUFFIXES: Mapping[str, tuple[str, ...]] = {"png": (".png",), "tiff": (".tif", ".tiff")}


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
        check_texts(self)
        check_path("project", self.project, "save it first")
        check_path("file to write", self.out, "choose where the picture should go")
        check_choice("content", self.what, get_args(Content))
        check_choice("format", self.format, get_args(StillFormat))
        check_choice("alpha", self.alpha, get_args(AlphaMode))
        if type(self.bits) is not int or self.bits not in get_args(BitDepth):
            raise UserError(f"The bit depth {self.bits!r} is unknown; choose 8 or 16.")
        if self.what != "composite" and not self.layer:
            raise UserError(f"No layer was named for the {self.what}; choose one, or export the composite.")
        if Path(self.out).suffix.lower() not in SUFFIXES[self.format]:
            raise UserError(f"The name {Path(self.out).name!r} must end in {SUFFIXES[self.format][0]} for this format.")
