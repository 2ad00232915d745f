"""The frames an atlas is fitted to: a range of a clip, at working size, in memory."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from engine.atlas.atlas import AtlasClip
from engine.colour import from_uint, to_uint8
from engine.errors import UserError
from engine.jobs import AtlasFit
from engine.media.clip_info import ClipInfo
from engine.media.clips import open_clip
from engine.media.cuts import find_cuts


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
    def described(self) -> AtlasClip:
        """The clip as an atlas names it."""
        numbers = range(self.info.number(self.indices.start), self.info.number(self.indices.stop - 1) + 1)
        return AtlasClip(self.info.path, numbers, self.info.rate, (self.info.width, self.info.height))


def read_working_clip(job: AtlasFit, width: int) -> Generator[tuple[int, int], None, WorkingClip]:
    """Read the range that ``job`` names, ``width`` pixels wide or as wide as it is; yield frames done and in all.

    Raises UserError where the clip cannot be read, has one frame only, or holds a cut.
    """
    with open_clip(Path(job.clip)) as clip:
        info = clip.info
        indices = _range(job, info)
        if cuts := find_cuts(clip, indices):
            raise UserError(_cut_advice(info, indices, cuts[0]))
        size = _working_size(info, width)
        frames = np.empty((len(indices), size[1], size[0], 3), np.uint8)
        for place, index in enumerate(indices):
            frames[place] = _shrunk(clip.read(index), size)
            yield place + 1, len(indices)
        damaged = tuple(info.number(index) for index in clip.damaged if index in indices)
        return WorkingClip(info, indices, frames, damaged)


def _range(job: AtlasFit, info: ClipInfo) -> range:
    first = 0 if job.first is None else info.index(job.first)
    last = info.frames - 1 if job.last is None else info.index(job.last)
    if last <= first:
        raise UserError(f"{job.clip} gives one frame only, which makes no atlas; edit it as a picture, or take more.")
    return range(first, last + 1)


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
