"""Windows: parts of a frame to which work is confined."""

from dataclasses import dataclass

import cv2
import numpy as np

from engine.filters import resampled


@dataclass(frozen=True)
class Window:
    """A part of a frame, in pixels; ``bottom`` and ``right`` lie outside."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def part(self) -> tuple[slice, slice]:
        """What cuts the window out of a frame."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def places(self) -> np.ndarray:
        """The frame's coordinates (x, y) of the window's pixels, (h, w, 2) float32."""
        columns, rows = np.arange(self.left, self.right), np.arange(self.top, self.bottom)
        return np.stack(np.meshgrid(columns, rows), -1).astype(np.float32)

    def looked_up(self, values: np.ndarray, flow: np.ndarray) -> np.ndarray:
        """Return a frame's ``values`` (H, W[, C]) where ``flow`` (h, w, 2) leads from here, 0 beyond the frame."""
        return resampled(values, self.places + flow, cv2.BORDER_CONSTANT)


def window_about(points: np.ndarray, margin: int, size: tuple[int, int]) -> Window | None:
    """Return the window about ``points`` (N, 2) with a margin, in a frame (height, width); None where none is left."""
    if not len(points):
        return None
    height, width = size
    left, top = np.floor(points.min(0)).astype(int) - margin
    right, bottom = np.ceil(points.max(0)).astype(int) + margin + 1
    window = Window(max(0, int(top)), max(0, int(left)), min(height, int(bottom)), min(width, int(right)))
    return window if window.bottom - window.top > 1 and window.right - window.left > 1 else None
