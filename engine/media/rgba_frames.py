"""Pictures with alpha that other programs made: a still, a sequence of stills or a movie, read in order.

Unlike `engine.media.clips`, which stands in for what is damaged, this refuses it: a layer must be whole.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from engine.errors import UserError
from engine.media.movie_file import is_movie
from engine.media.rgba_info import RgbaInfo
from engine.media.rgba_movie import RgbaMovie
from engine.media.sequences import is_sequence, sequence_files
from engine.media.stills import picture_size, read_still
from engine.media.writers.slate import AlphaMode

LOSSY = (".webp",)


class RgbaFrames(Protocol):
    """Open pictures with alpha, for one thread."""

    @property
    def info(self) -> RgbaInfo:
        """Their properties."""
        ...

    def frames(self, start: int = 0) -> Iterator[np.ndarray]:
        """Yield the upright frames from a place, counted from 0, to the end: (H, W, 4) float32 RGBA in 0..1.

        They are in display space. Their colour is straight where it is known how it lies under alpha, by the word of
        whoever opened them or of the file; else it is as it is stored. Raises UserError at the first that cannot be
        read.
        """
        ...

    def close(self) -> None:
        """Release the file."""
        ...


class RgbaStills:
    """Stills with alpha, see `RgbaFrames`; ``first`` is the number of a sequence's first one, None for one picture."""

    def __init__(self, path: Path, files: Sequence[Path], first: int | None, alpha: AlphaMode | None) -> None:
        self._files, self._alpha = files, alpha
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
            is_linear=still.is_linear,
            declared=still.declared,
        )

    @property
    def info(self) -> RgbaInfo:
        """The stills' properties."""
        return self._info

    def frames(self, start: int = 0) -> Iterator[np.ndarray]:
        """Yield the frames from a place on, see `RgbaFrames.frames`."""
        for file in self._files[start:]:
            still = read_still(file, self._alpha)
            if still.alpha is None:
                raise UserError(f"{file} has no alpha, which the frames before it have; save it again with alpha.")
            yield np.dstack([still.rgb, still.alpha])

    def close(self) -> None:
        """Do nothing: no file stays open between reads."""


def open_rgba(path: Path, alpha: AlphaMode | None = None) -> RgbaFrames:
    """Open a still, a movie, or a folder or pattern of stills, with alpha.

    ``alpha`` is how colour lies under it, whatever the file says; None for the file's own word, where it has one.
    Raises UserError for what has no alpha, cannot be read, or is a sequence with a gap or of unlike sizes.
    """
    if path.is_dir() or is_sequence(path):
        files = sequence_files(path)
        return RgbaStills(path, [file.path for file in files], files[0].number, alpha)
    return RgbaMovie(path, alpha) if is_movie(path) else RgbaStills(path, [path], None, alpha)


def _common_size(files: Sequence[Path]) -> tuple[int, int]:
    size = picture_size(files[0])
    for file in files[1:]:
        if (found := picture_size(file)) != size:
            raise UserError(
                f"{file} is {found[0]} × {found[1]} pixels and the frames before it {size[0]} × {size[1]}; "
                "give frames of one size."
            )
    return size
