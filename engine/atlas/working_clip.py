"""The frames an atlas is fitted to: a range of a clip, at working size, in memory."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from engine.atlas.atlas import AtlasClip
from engine.colour import from_uint, to_uint8
from engine.errors import UserError
from engine.media.clip_info import ClipInfo
from engine.media.clips import open_clip
from engine.media.cuts import find_cuts

MOST_NAMED = 8  # frames in a sentence


@dataclass(frozen=True)
class WorkingClip:
    """A clip's range in fitting: ``frames`` (T, H, W, 3) uint8, ``indices`` their places in the clip.

    ``damaged`` are the source's numbers of frames that could not be decoded; those before them stand in.
    """

    info: ClipInfo
    indices: range
    frames: np.ndarray
    damaged: tuple[int, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """The frames' (width, height)."""
        return self.frames.shape[2], self.frames.shape[1]

    @property
    def notice(self) -> str:
        """One sentence on the damaged frames, empty where there are none."""
        if not self.damaged:
            return ""
        numbers = ", ".join(map(str, self.damaged[:MOST_NAMED])) + (" …" if len(self.damaged) > MOST_NAMED else "")
        return f"Frames that could not be read were skipped; the ones before stand in for them: {numbers}."

    @property
    def described(self) -> AtlasClip:
        """The clip as an atlas names it."""
        numbers = range(self.info.number(self.indices.start), self.info.number(self.indices.stop - 1) + 1)
        return AtlasClip(self.info.path, numbers, self.info.rate, (self.info.width, self.info.height))


def read_working_clip(
    path: Path, first: int | None, last: int | None, width: int
) -> Generator[float, None, WorkingClip]:
    """Read a clip's frames ``first`` to ``last``, ``width`` pixels wide or as wide as they are; yield the share done.

    The numbers are the source's own, None for the clip's ends.

    Raises UserError where the clip cannot be read, has one frame only, or holds a cut.
    """
    with open_clip(path) as clip:
        info = clip.info
        indices = _range(info, first, last)
        size = _working_size(info, width)
        frames = np.empty((len(indices), size[1], size[0], 3), np.uint8)
        for place, index in enumerate(indices):
            frames[place] = _shrunk(clip.read(index), size)
            yield (place + 1) / len(indices)
        if cuts := find_cuts(frames):
            raise UserError(_cut_advice(info, indices, info.number(indices[cuts[0]])))
        damaged = tuple(info.number(index) for index in clip.damaged if index in indices)
        return WorkingClip(info, indices, frames, damaged)


def _range(info: ClipInfo, first: int | None, last: int | None) -> range:
    begin = 0 if first is None else info.index(first)
    end = info.frames - 1 if last is None else info.index(last)
    if end <= begin:
        raise UserError(f"{info.path} gives one frame only, which makes no atlas; edit it as a picture, or take more.")
    return range(begin, end + 1)


def _cut_advice(info: ClipInfo, indices: range, cut: int) -> str:
    first, last = info.number(indices.start), info.number(indices.stop - 1)
    return (
        f"{info.path} cuts to another scene at frame {cut}; choose a range within one scene, "
        f"such as {first} to {cut - 1} or {cut} to {last}."
    )


def _working_size(info: ClipInfo, width: int) -> tuple[int, int]:
    scale = min(1.0, width / info.width)
    return max(16, round(info.width * scale)), max(16, round(info.height * scale))


def _shrunk(frame: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if frame.shape[1::-1] != size:
        frame = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return frame if frame.dtype == np.uint8 else to_uint8(from_uint(frame))
