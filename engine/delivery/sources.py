"""A project's footage as a delivery reads it: one still, or the frames of a clip by their numbers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import numpy as np

from engine.colour import from_uint
from engine.media.clip_info import ClipInfo
from engine.media.clips import Clip, open_clip
from engine.media.stills import read_still
from engine.media.writers.slate import Slate, slate_of
from engine.project import Footage


class Source(Protocol):
    """Footage that is open."""

    @property
    def info(self) -> ClipInfo | None:
        """What is known of a clip, None for a still."""
        ...

    def read(self, number: int) -> np.ndarray:
        """Return the frame of that number, (H, W, 3) float32 in 0..1."""
        ...

    def damaged(self, numbers: range) -> list[int]:
        """Return those of the numbers whose frames were found damaged so far."""
        ...

    def sound(self, number: int) -> tuple[Path, Fraction] | None:
        """Return the movie with the sound, and the seconds from its first frame to the one of that number.

        None where there is no sound.
        """
        ...

    def slate(self, numbers: range, start: int | None, texts: Mapping[str, str]) -> Slate:
        """Return what files of these frames say; ``start`` is the number of the first file, None for the source's."""
        ...


@contextmanager
def open_source(footage: Footage) -> Iterator[Source]:
    """Open footage; raises UserError where it cannot be read."""
    if not footage.is_clip:
        yield _StillSource(footage)
        return
    with open_clip(footage.path, footage.rate) as clip:
        yield _ClipSource(clip)


class _StillSource:
    info: ClipInfo | None = None

    def __init__(self, footage: Footage) -> None:
        self._footage = footage

    def read(self, _number: int) -> np.ndarray:
        return read_still(self._footage.path).rgb

    def damaged(self, _numbers: range) -> list[int]:
        return []

    def sound(self, _number: int) -> tuple[Path, Fraction] | None:
        return None

    def slate(self, _numbers: range, _start: int | None, texts: Mapping[str, str]) -> Slate:
        return Slate((self._footage.width, self._footage.height), texts=texts)


class _ClipSource:
    def __init__(self, clip: Clip) -> None:
        self._clip = clip
        self.info: ClipInfo | None = clip.info

    def read(self, number: int) -> np.ndarray:
        return from_uint(self._clip.read(self._clip.info.index(number)))

    def damaged(self, numbers: range) -> list[int]:
        found = (self._clip.info.number(place) for place in self._clip.damaged)
        return [number for number in found if number in numbers]

    def sound(self, number: int) -> tuple[Path, Fraction] | None:
        info = self._clip.info
        return (info.path, info.time(info.index(number))) if info.has_audio else None

    def slate(self, numbers: range, start: int | None, texts: Mapping[str, str]) -> Slate:
        first = self._clip.info.index(numbers[0])
        return slate_of(self._clip.info, range(first, first + len(numbers)), start, texts)
