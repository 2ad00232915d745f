"""The brush that corrects a matte or paints with colour.

Places and sizes are in picture pixels; pixel (i, j) reaches from i to i + 1.
"""

import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from desktop.viewer.view import NOTHING, Rect, Size

SMALLEST_BRUSH, LARGEST_BRUSH = 1.0, 2000.0
STANDING = 1e-9  # square pixels: a move so short has no direction
VEIL, VEIL_OPACITY = (1.0, 1.0, 1.0), 0.35


@dataclass(frozen=True)
class Brush:
    """A round brush: ``size`` is its diameter, ``hardness`` (0..1) the part of its radius that is at full strength.

    With a ``colour`` (red, green, blue in 0..1) it paints on an edit layer, at most to ``opacity``, else on the matte.
    """

    size: float = 40.0
    hardness: float = 0.7
    erase: bool = False
    colour: tuple[float, float, float] | None = None
    opacity: float = 1.0

    def resized(self, size: float) -> Self:
        """Return the brush at another size, kept in the range that is allowed."""
        return replace(self, size=min(max(size, SMALLEST_BRUSH), LARGEST_BRUSH))

    def strength(self, distance: np.ndarray) -> np.ndarray:
        """Return 0..1 for distances from the brush's path; a hard edge is smoothed over one pixel."""
        soft = max(self.size / 2 * (1 - self.hardness), 1.0)
        inside = np.clip((self.size / 2 + 0.5 - distance) / soft, 0, 1)
        return inside * inside * (3 - 2 * inside)


class Stroke:
    """One stroke on a matte: (H, W) float32 in 0..1. The matte given is left alone; ``matte`` is the painted copy.

    Strength does not build up where a stroke crosses itself.
    """

    def __init__(self, matte: np.ndarray, brush: Brush) -> None:
        self.matte = matte.copy()
        self._before = matte
        self._strength = np.zeros(matte.shape, np.float32)  # not zeros_like, which would write all of it at once
        self._brush = brush
        self._last: tuple[float, float] | None = None

    def to(self, x: float, y: float) -> Rect:
        """Draw from the last place to (``x``, ``y``) and return the part of the picture that changed."""
        start = self._last or (x, y)
        self._last = (x, y)
        part = self._reach(start, (x, y))
        if part.empty:
            return NOTHING
        box = np.s_[part.top : part.bottom, part.left : part.right]
        drawn = self._brush.strength(_distance(part, start, (x, y))).astype(np.float32)
        strength = np.maximum(self._strength[box], drawn, out=self._strength[box])
        target = 0.0 if self._brush.erase else 1.0
        self.matte[box] = self._before[box] + (target - self._before[box]) * strength
        return part

    def _reach(self, start: tuple[float, float], end: tuple[float, float]) -> Rect:
        radius = self._brush.size / 2 + 1
        height, width = self.matte.shape
        (x0, x1), (y0, y1) = sorted((start[0], end[0])), sorted((start[1], end[1]))
        around = Rect(math.floor(x0 - radius), math.floor(y0 - radius), math.ceil(x1 + radius), math.ceil(y1 + radius))
        return around.cut(Rect(0, 0, width, height))


@dataclass(frozen=True, eq=False)
class Painted:
    """A stroke of colour: its ``brush``, the ``part`` of the picture that it touched, and its strength there.

    ``strength`` is (h, w) float32 in 0..1, the brush's opacity included.
    """

    brush: Brush
    part: Rect
    strength: np.ndarray


class ColourStroke:
    """One stroke of colour over a picture of ``size``; ``rgba`` (H, W, 4), straight alpha, shows it while it forms.

    A stroke that erases shows as a pale veil: what it uncovers is known only when it is done.
    """

    def __init__(self, size: Size, brush: Brush) -> None:
        self._brush = brush
        self._stroke = Stroke(np.zeros((size.height, size.width), np.float32), replace(brush, erase=False))
        self._part = NOTHING
        self.rgba = np.zeros((size.height, size.width, 4), np.float32)

    def to(self, x: float, y: float) -> Rect:
        """Draw from the last place to (``x``, ``y``) and return the part of the picture that changed."""
        part = self._stroke.to(x, y)
        if part.empty:
            return part
        self._part = self._part.joined(part)
        box = np.s_[part.top : part.bottom, part.left : part.right]
        self.rgba[box][..., :3] = VEIL if self._brush.erase else self._brush.colour
        shown = VEIL_OPACITY if self._brush.erase else self._brush.opacity
        self.rgba[box][..., 3] = self._stroke.matte[box] * shown
        return part

    def painted(self) -> Painted:
        """Return the stroke as it is now."""
        part = self._part
        strength = self._stroke.matte[part.top : part.bottom, part.left : part.right] * self._brush.opacity
        return Painted(self._brush, part, strength)


def _distance(part: Rect, start: tuple[float, float], end: tuple[float, float]) -> np.ndarray:
    """Return (h, w) distances of the part's pixel centres from the line between two places."""
    x = np.arange(part.left, part.right, dtype=np.float32) + 0.5 - start[0]
    y = (np.arange(part.top, part.bottom, dtype=np.float32) + 0.5 - start[1])[:, None]
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = np.clip((x * dx + y * dy) / length, 0, 1) if length > STANDING else 0.0
    return np.hypot(x - along * dx, y - along * dy)
