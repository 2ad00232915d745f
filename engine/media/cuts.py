"""Cuts: the frames at which a clip goes over to another scene.

A cut shows in two ways at once: the colours of the picture change much more than from other frames to their next ones,
and no motion, however fast, carries the one frame into the next.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

# Frames are compared at this many pixels in all, whatever their shape.
COMPARED_PIXELS = 160 * 90
HISTOGRAM_BINS = (8, 16, 16)  # L*, a*, b*

# The share of pixels whose colour has no counterpart: under the first never a cut; between that and the second one only
# where it stands out from the frames around by the third.
FEW_COLOURS, MANY_COLOURS, STANDING_OUT = 0.12, 0.4, 3.0
AROUND = 5
# Mean structural likeness to the next frame, motion compensated, that no cut reaches.
ALIKE = 0.5
# Structural likeness (the last two terms of SSIM; Wang et al., 2004) is taken in windows of this side; the constant
# keeps noise in plain areas from counting.
WINDOW, NOISE_VARIANCE = 9, 40.0


@dataclass(frozen=True)
class _Change:
    """From one frame to another: the share of colours that changed, and how alike the structures are; 0..1."""

    colours: float
    likeness: float

    @property
    def may_be_cut(self) -> bool:
        return self.colours > FEW_COLOURS and self.likeness < ALIKE


def find_cuts(frames: Iterable[np.ndarray]) -> tuple[int, ...]:
    """Return the places, counted from 0, of the ``frames`` (H, W, 3), RGB uint8, that begin a new scene.

    Scenes of one frame (a flash, a damaged frame) do not count, nor do dissolves.
    """
    changes = list(_changes(frames))
    colours = np.array([change.colours for change in changes])
    cuts = []
    for step, change in enumerate(changes):
        around = np.delete(colours[max(0, step - AROUND) : step + AROUND + 1], min(step, AROUND))
        usual = float(np.median(around)) if len(around) else 0.0
        if change.may_be_cut and (change.colours > MANY_COLOURS or change.colours > STANDING_OUT * usual):
            cuts.append(step + 1)
    return tuple(cuts)


def _changes(frames: Iterable[np.ndarray]) -> Iterator[_Change]:
    """Yield the change from every frame to the next; one that is undone by the one after it counts as none."""
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    older: np.ndarray | None = None
    before: np.ndarray | None = None
    held: _Change | None = None
    for frame in map(_small, frames):
        if before is not None:
            change = _change(before, frame, flow)
            if held is not None and older is not None:
                if held.may_be_cut and change.may_be_cut and not _change(older, frame, flow).may_be_cut:
                    held = change = _Change(0, 1)
                yield held
            held = change
        older, before = before, frame
    if held is not None:
        yield held


def _small(frame: np.ndarray) -> np.ndarray:
    height, width = frame.shape[:2]
    scale = min(1.0, (COMPARED_PIXELS / (height * width)) ** 0.5)
    size = max(WINDOW, round(width * scale)), max(WINDOW, round(height * scale))
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA)


def _change(before: np.ndarray, after: np.ndarray, flow: cv2.DISOpticalFlow) -> _Change:
    shared = float(np.minimum(_histogram(before), _histogram(after)).sum())
    return _Change(1 - shared, _likeness(_gray(before), _gray(after), flow))


def _histogram(frame: np.ndarray) -> np.ndarray:
    lab = cv2.cvtColor(frame, cv2.COLOR_RGB2LAB)
    counts = cv2.calcHist([lab], [0, 1, 2], None, HISTOGRAM_BINS, [0, 256] * 3)
    return counts / counts.sum()


def _gray(frame: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)


def _likeness(before: np.ndarray, after: np.ndarray, flow: cv2.DISOpticalFlow) -> float:
    height, width = before.shape
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32)
    motion = np.asarray(flow.calc(before, after, np.zeros_like(grid)))
    x, y = cv2.split(grid + motion)
    carried = cv2.remap(after, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    one, other = before.astype(np.float32), carried.astype(np.float32)
    mean_one, mean_other = _mean(one), _mean(other)
    variance = _mean(one * one) - mean_one**2 + _mean(other * other) - mean_other**2
    covariance = _mean(one * other) - mean_one * mean_other
    return float(np.mean((2 * covariance + NOISE_VARIANCE) / (variance + NOISE_VARIANCE)))


def _mean(values: np.ndarray) -> np.ndarray:
    return cv2.blur(values, (WINDOW, WINDOW))
