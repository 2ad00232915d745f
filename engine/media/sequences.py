"""Clips that are one still a frame: a folder, or a pattern such as `shot.%04d.png`."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from engine.colour import to_uint
from engine.errors import UserError
from engine.media.clip_info import ClipInfo
from engine.media.stills import Still, picture_size, read_still

DEFAULT_RATE = Fraction(24)
SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".exr")
PLACEHOLDER = re.compile(r"%(?:0?(\d+))?d|(#+)")
NUMBERED = re.compile(r"(.*?)(\d+)(\D*)")


@dataclass(frozen=True)
class FrameFile:
    """A still of a sequence: its own number, and what its name has before and after it."""

    path: Path
    number: int
    around: tuple[str, str]


class SequenceClip:
    """A clip of stills, see `engine.media.clips.Clip`; every header is checked at opening."""

    def __init__(self, path: Path, rate: Fraction | None = None) -> None:
        self._files = sequence_files(path)
        self._damaged: set[int] = set()
        width, height = self._common_size()
        bits = self._still(0).bits
        self._info = ClipInfo(
            path=path,
            width=width,
            height=height,
            frames=len(self._files),
            rate=rate or DEFAULT_RATE,
            first_frame=self._files[0].number,
            bits=8 if bits <= 8 else 16,
            codec=self._files[0].path.suffix[1:].lower(),
        )

    @property
    def info(self) -> ClipInfo:
        """The sequence's properties."""
        return self._info

    @property
    def damaged(self) -> tuple[int, ...]:
        """The places of the stills that could not be read."""
        return tuple(sorted(self._damaged))

    def read(self, index: int) -> np.ndarray:
        """Return a frame, see `Clip.read`; alpha is left out."""
        if not 0 <= index < self._info.frames:
            raise IndexError(index)
        return to_uint(self._still(index).rgb, self._info.bits)

    def close(self) -> None:
        """Do nothing: no file stays open between reads."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _common_size(self) -> tuple[int, int]:
        """Return the stills' (width, height); those without a readable header are noted as damaged."""
        size = refusal = None
        for place, file in enumerate(self._files):
            try:
                found = picture_size(file.path)
            except UserError as error:
                self._damaged.add(place)
                refusal = refusal or error
                continue
            size = size or found
            if found != size:
                raise UserError(
                    f"{file.path} is {found[0]} × {found[1]} pixels and the frames before it {size[0]} × {size[1]}; "
                    "give frames of one size."
                )
        if size is None:
            raise refusal or UserError(f"{self._files[0].path} cannot be read; choose another sequence.")
        return size

    def _still(self, index: int) -> Still:
        """Return a still; of a damaged one, the nearest before it, or at the beginning, after it."""
        refusal: UserError | None = None
        for nearest in (*range(index, -1, -1), *range(index + 1, len(self._files))):
            if nearest not in self._damaged:
                try:
                    return read_still(self._files[nearest].path)
                except UserError as error:
                    self._damaged.add(nearest)
                    refusal = refusal or error
        raise refusal or UserError(f"{self._files[0].path.parent} holds no still that can be read; get it again.")


def is_sequence(path: Path) -> bool:
    """Return whether a path is a pattern of names, or a folder with a still in it."""
    if path.is_dir():
        with suppress(UserError):
            return next(_stills(path), None) is not None
    return path.suffix.lower() in SUFFIXES and PLACEHOLDER.search(path.name) is not None


def sequence_files(path: Path) -> tuple[FrameFile, ...]:
    """Return the stills of a folder or pattern by ascending number.

    Raises UserError where there are none, where the numbers have a gap or a double, and where a folder holds more than
    one sequence.
    """
    files = _in_folder(path) if path.is_dir() else _matching(path)
    ordered = sorted(files, key=lambda file: file.number)
    for before, after in pairwise(ordered):
        if after.number == before.number:
            raise UserError(f"{before.path} and {after.path.name} have the same number; remove one of them.")
        if after.number != before.number + 1:
            raise UserError(
                f"{path} lacks frame {before.number + 1}; add the missing frames or choose a part without a gap."
            )
    return tuple(ordered)


def _in_folder(folder: Path) -> list[FrameFile]:
    paths = sorted(_stills(folder))
    if not paths:
        raise UserError(f"{folder} holds no pictures; choose a folder of PNG, TIFF, OpenEXR or JPEG stills.")
    files = []
    for path in paths:
        parts = NUMBERED.fullmatch(path.stem)
        if parts is None:
            raise UserError(f"{path} has no frame number in its name; move it away or give a pattern of names.")
        files.append(FrameFile(path, int(parts[2]), (parts[1], parts[3] + path.suffix)))
    odd = next((file for file in files if file.around != files[0].around), None)
    if odd is not None:
        raise UserError(
            f"{folder} holds more than one sequence ({files[0].path.name}, {odd.path.name}); "
            f"give a pattern such as {files[0].around[0]}%04d{files[0].around[1]}."
        )
    return files


def _matching(pattern: Path) -> list[FrameFile]:
    place = PLACEHOLDER.search(pattern.name)
    if place is None:
        raise UserError(f"{pattern} names no sequence; use a pattern such as shot.%04d.png.")
    before, after = pattern.name[: place.start()], pattern.name[place.end() :]
    digits = int(place[1] or 1) if place[2] is None else len(place[2])
    numbered = re.compile(re.escape(before) + rf"(\d{{{digits},}})" + re.escape(after))
    files = [
        FrameFile(path, int(match[1]), (before, after))
        for path in _stills(pattern.parent)
        if (match := numbered.fullmatch(path.name))
    ]
    if not files:
        raise UserError(f"No files are named like {pattern}; check the name and the folder.")
    return files


def _stills(folder: Path) -> Iterator[Path]:
    try:
        names = list(folder.iterdir())
    except OSError as error:
        raise UserError(f"The folder {folder} cannot be read; check its name and permissions.") from error
    return (
        path for path in names if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
    )
