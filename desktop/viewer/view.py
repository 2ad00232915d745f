"""Where the picture lies on the screen. All screen lengths are device pixels."""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

SMALLEST_SCALE, LARGEST_SCALE = 1 / 64, 64.0
FIT_MARGIN = 16
KEPT_IN_SIGHT = 48


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


class Rect(NamedTuple):
    """Whole pixels from (left, top) up to, not including, (right, bottom)."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    @property
    def empty(self) -> bool:
        """Whether it holds no pixel."""
        return self.right <= self.left or self.bottom <= self.top

    def cut(self, other: "Rect") -> "Rect":
        """Return what both hold."""
        return Rect(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def moved(self, dx: int, dy: int) -> "Rect":
        """Return it shifted."""
        return Rect(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def joined(self, other: "Rect") -> "Rect":
        """Return the smallest rectangle that holds both."""
        if self.empty or other.empty:
            return other if self.empty else self
        return Rect(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


NOTHING = Rect(0, 0, 0, 0)
EVERYTHING = Rect(-(2**30), -(2**30), 2**30, 2**30)


@dataclass(frozen=True)
class View:
    """A zoom and a shift: ``scale`` screen pixels a picture pixel, the picture's corner at (``left``, ``top``).

    ``scale`` counts down the picture; across it, pixels are ``aspect`` times as wide as they are high.
    Pixels are drawn from the whole-numbered corner nearest to it, so that they stay crisp at 100 %.
    """

    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0
    aspect: float = 1.0

    @property
    def scales(self) -> tuple[float, float]:
        """Screen pixels a picture pixel, across and down."""
        return self.scale * self.aspect, self.scale

    @property
    def corner(self) -> tuple[int, int]:
        """The screen pixel where drawing of the picture begins."""
        return round(self.left), round(self.top)

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """Return the place in the picture under a place on the screen."""
        (left, top), (across, down) = self.corner, self.scales
        return (x - left) / across, (y - top) / down

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """Return the place on the screen of a place in the picture."""
        (left, top), (across, down) = self.corner, self.scales
        return left + x * across, top + y * down

    def covered(self, picture: Size) -> Rect:
        """Return the screen pixels that the picture covers at least by half."""
        (left, top), (across, down) = self.corner, self.scales
        right, bottom = left + round(picture.width * across), top + round(picture.height * down)
        return Rect(left, top, max(right, left + 1), max(bottom, top + 1))

    def touched(self, part: Rect) -> Rect:
        """Return the screen pixels that a part of the picture can change, with room for smoothing."""
        left, top = self.to_screen(part.left - 1, part.top - 1)
        right, bottom = self.to_screen(part.right + 1, part.bottom + 1)
        return Rect(math.floor(left) - 2, math.floor(top) - 2, math.ceil(right) + 2, math.ceil(bottom) + 2)

    def moved(self, dx: float, dy: float) -> Self:
        """Return the view after a pan."""
        return replace(self, left=self.left + dx, top=self.top + dy)

    def zoomed(self, scale: float, x: float, y: float) -> Self:
        """Return the view at ``scale``, the picture staying put under the screen's (``x``, ``y``)."""
        scale = min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)
        ratio = scale / self.scale
        return replace(self, scale=scale, left=x - (x - self.left) * ratio, top=y - (y - self.top) * ratio)

    def kept_in_sight(self, picture: Size, viewport: Size) -> Self:
        """Return the view shifted so far that an edge of the picture stays in the viewport."""
        across, down = self.scales
        width, height = picture.width * across, picture.height * down
        left = _clamped(self.left, width, viewport.width)
        top = _clamped(self.top, height, viewport.height)
        return replace(self, left=left, top=top)


def fitted(picture: Size, viewport: Size, aspect: float = 1.0) -> View:
    """Return the view that shows the whole picture, centred, with a margin where there is room for one."""
    room_x, room_y = (max(side - 2 * FIT_MARGIN, side // 2, 1) for side in viewport)
    wide = picture.width * aspect
    scale = min(room_x / wide, room_y / picture.height)
    scale = min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)
    left, top = (viewport.width - wide * scale) / 2, (viewport.height - picture.height * scale) / 2
    return View(scale, left, top, aspect)


def zoom_step(scale: float, notches: float) -> float:
    """Return the scale so many wheel notches further; a step across 100 % stops there."""
    wanted = scale * 2 ** (notches / 4)
    crosses = (scale - 1) * (wanted - 1) < 0
    return 1.0 if crosses or math.isclose(wanted, 1.0) else wanted  # isclose: or the next step would only get to 1


def _clamped(start: float, length: float, room: int) -> float:
    seen = min(KEPT_IN_SIGHT, length, room)
    return min(max(start, seen - length), room - seen)
