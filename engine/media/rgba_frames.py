"""Pictures with alpha that other programs made: a still, a sequence of stills or a movie, read in order.

Unlike `engine.media.clips`, which stands in for what is damaged, this refuses it: a layer must be whole.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import OpenEXR
from tifffile import EXTRASAMPLE, TiffFile, TiffPage

from engine.errors import UserError
from engine.media.exr import ALPHA_ATTRIBUTE
from engine.media.movie_file import is_movie
from engine.media.rgba_info import RgbaInfo
from engine.media.rgba_movie import RgbaMovie
from engine.media.sequences import is_sequence, sequence_files
from engine.media.stills import picture_size, read_still
from engine.media.writers.slate import AlphaMode

LOSSY = (".webp",)
TIFF, EXR = (".tif", ".tiff"), (".exr",)


class RgbaFrames(Protocol):
    """Open pictures with alpha, for one thread."""

    @property
    def info(self) -> RgbaInfo:
        """Their properties."""
        ...

    def frames(self, start: int = 0) -> Iterator[np.ndarray]:
        """Yield the upright frames from a place, counted from 0, to the end: (H, W, 4) float32 RGBA in 0..1.

        They are in display space, their colour as it is stored; straight where the file declares how it lies under
        alpha, see `RgbaInfo.declared`. Raises UserError at the first that cannot be read.
        """
        ...

    def close(self) -> None:
        """Release the file."""
        ...


class RgbaStills:
    """Stills with alpha, see `RgbaFrames`; ``first`` is the number of a sequence's first one, None for one picture."""

    def __init__(self, path: Path, files: Sequence[Path], first: int | None) -> None:
        self._files = files
        (width, height), still = _common_size(files), read_still(files[0])
        if still.alpha is None:
            raise UserError(f"{files[0]} has no alpha; save it with alpha (RGBA), for instance as a 16-bit PNG.")
        self._info = RgbaInfo(
            path=path,
            width=width,
            height=height,
            frames=len(files),
            bits=still.bits,
            is_exact=files[0].suffix.lower() not in LOSSY,
            first=first,
            declared=_declared(files[0]),
        )

    @property
    def info(self) -> RgbaInfo:
        """The stills' properties."""
        return self._info

    def frames(self, start: int = 0) -> Iterator[np.ndarray]:
        """Yield the frames from a place on, see `RgbaFrames.frames`."""
        for file in self._files[start:]:
            still = read_still(file)
            if still.alpha is None:
                raise UserError(f"{file} has no alpha, which the frames before it have; save it again with alpha.")
            yield np.dstack([still.rgb, still.alpha])

    def close(self) -> None:
        """Do nothing: no file stays open between reads."""


def open_rgba(path: Path) -> RgbaFrames:
    """Open a still, a movie, or a folder or pattern of stills, with alpha.

    Raises UserError for what has no alpha, cannot be read, or is a sequence with a gap or of unlike sizes.
    """
    if path.is_dir() or is_sequence(path):
        files = sequence_files(path)
        return RgbaStills(path, [file.path for file in files], files[0].number)
    return RgbaMovie(path) if is_movie(path) else RgbaStills(path, [path], None)


def _common_size(files: Sequence[Path]) -> tuple[int, int]:
    size = picture_size(files[0])
    for file in files[1:]:
        if (found := picture_size(file)) != size:
            raise UserError(
                f"{file} is {found[0]} × {found[1]} pixels and the frames before it {size[0]} × {size[1]}; "
                "give frames of one size."
            )
    return size


def _declared(file: Path) -> AlphaMode | None:
    """Return how colour lies under alpha where the file says so; `read_still` has seen that it is whole."""
    if file.suffix.lower() in EXR:
        # Premultiplied by the format's convention; Patina's own files say where they are not.
        own = OpenEXR.File(str(file), header_only=True).header().get(ALPHA_ATTRIBUTE)
        return "straight" if own == "straight" else "premultiplied"
    if file.suffix.lower() not in TIFF:
        return None
    with TiffFile(file) as tiff:
        page = tiff.pages.first
        samples = page.extrasamples if isinstance(page, TiffPage) else ()
    if EXTRASAMPLE.ASSOCALPHA in samples:
        return "premultiplied"
    return "straight" if EXTRASAMPLE.UNASSALPHA in samples else None
