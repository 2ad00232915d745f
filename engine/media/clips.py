"""Clips: movies, folders of stills and `name.%04d.png` patterns, read frame by frame in any order."""

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np

from engine.errors import UserError
from engine.media.clip_info import ClipInfo
from engine.media.movie_file import is_movie
from engine.media.movies import MovieClip
from engine.media.sequences import SUFFIXES as STILL_SUFFIXES
from engine.media.sequences import SequenceClip, is_sequence


class Clip(Protocol):
    """An open clip, for one thread at a time; a context manager that closes itself."""

    @property
    def info(self) -> ClipInfo:
        """The clip's properties."""
        ...

    @property
    def damaged(self) -> tuple[int, ...]:
        """The places, from 0 and ascending, of the damaged frames found so far.

        Of those that are lost, the predecessor stands in; those up to the next keyframe may show traces of the loss.
        """
        ...

    def read(self, index: int) -> np.ndarray:
        """Return the upright frame at a place counted from 0: (H, W, 3) RGB in the clip's own display space.

        uint8, or uint16 over the whole range, as ``info.bits`` has it; the caller may change the array. A frame that
        cannot be decoded gives its predecessor (the first one, its successor). Raises IndexError outside the clip, and
        UserError where nothing can be read.
        """
        ...

    def close(self) -> None:
        """Release the file; closing twice does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_clip(path: Path, rate: Fraction | None = None) -> Clip:
    """Open a movie, a folder of stills or a pattern of names such as `shot.%04d.png` or `shot.####.png`.

    ``rate`` is a sequence's frame rate, 24 if not given; a movie has its own. Raises UserError for what is no clip, is
    empty, cannot be decoded, or is a sequence with a gap or of unlike sizes.
    """
    if path.is_dir() or is_sequence(path):
        return SequenceClip(path, rate)
    if path.suffix.lower() in STILL_SUFFIXES and path.is_file():
        raise UserError(
            f"{path} is a still, not a clip; choose a movie, a folder of stills or a pattern such as shot.%04d.png."
        )
    return MovieClip(path)


def probe_clip(path: Path, rate: Fraction | None = None) -> ClipInfo:
    """Return a clip's properties; raises UserError as `open_clip` does."""
    with open_clip(path, rate) as clip:
        return clip.info


def is_clip(path: Path) -> bool:
    """Return whether a path looks like a clip: by a movie's ending, a pattern, or stills in a folder."""
    return is_sequence(path) or is_movie(path)
