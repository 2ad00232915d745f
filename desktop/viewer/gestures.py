"""What a drag of the mouse does, from press to release. Places are in device pixels of the screen."""

import math
from collections.abc import Callable
from typing import Protocol

from desktop.viewer.brush import Brush
from desktop.viewer.view import Rect


class Gesture(Protocol):
    """A drag that goes on."""

    def to(self, x: float, y: float) -> None:
        """Follow the pointer."""
        ...

    def end(self) -> None:
        """Take the button's release."""
        ...

    def cancel(self) -> None:
        """Undo what the drag did."""
        ...


class Pan:
    """Moves the picture."""

    def __init__(self, move: Callable[[float, float], None], x: float, y: float) -> None:
        self._move = move
        self._last = (x, y)

    def to(self, x: float, y: float) -> None:
        """Move the picture with the pointer."""
        self._move(x - self._last[0], y - self._last[1])
        self._last = (x, y)

    def end(self) -> None:
        """Leave the picture where it is."""

    def cancel(self) -> None:
        """Leave the picture where it is: a pan changes nothing that needs undoing."""


class WipeDrag:
    """Moves the wipe's line."""

    def __init__(self, show: Callable[[float], None], fraction: Callable[[float], float], start: float) -> None:
        """``show`` takes a fraction of the picture's width, ``fraction`` makes one of a screen column."""
        self._show, self._fraction, self._start = show, fraction, start

    def to(self, x: float, y: float) -> None:
        """Put the line under the pointer."""
        self._show(self._fraction(x))

    def end(self) -> None:
        """Leave the line where it is."""

    def cancel(self) -> None:
        """Put the line back."""
        self._show(self._start)


class BrushSizeDrag:
    """Makes the brush larger to the right, smaller to the left, while its outline stays put."""

    def __init__(self, show: Callable[[Brush], None], brush: Brush, x: float, zoom: float) -> None:
        self._show, self._brush, self._x, self._zoom = show, brush, x, zoom

    def to(self, x: float, y: float) -> None:
        """Resize by the way from the press: the rim follows the pointer."""
        self._show(self._brush.resized(self._brush.size + 2 * (x - self._x) / self._zoom))

    def end(self) -> None:
        """Keep the size."""

    def cancel(self) -> None:
        """Return to the size before."""
        self._show(self._brush)


class BoxDrag:
    """Draws a box round an object."""

    def __init__(
        self,
        to_picture: Callable[[float, float], tuple[float, float]],
        show: Callable[[Rect], None],
        ended: Callable[[bool], None],
    ) -> None:
        """``show`` is told the box in picture pixels; ``ended`` whether to take it."""
        self._to_picture, self._show, self._ended = to_picture, show, ended
        self._start: tuple[float, float] | None = None

    def to(self, x: float, y: float) -> None:
        """Let the box reach to the pointer."""
        place = self._to_picture(x, y)
        self._start = self._start or place
        (left, right), (top, bottom) = (sorted(ends) for ends in zip(self._start, place, strict=True))
        self._show(Rect(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)))

    def end(self) -> None:
        """Take the box."""
        self._ended(True)

    def cancel(self) -> None:
        """Drop the box."""
        self._ended(False)


class PictureStroke(Protocol):
    """A stroke on a picture, of whatever kind."""

    def to(self, x: float, y: float) -> Rect:
        """Draw to a place in the picture and return the part that changed."""
        ...


class StrokeDrag:
    """Paints on the matte, or with colour."""

    def __init__(
        self,
        stroke: PictureStroke,
        to_picture: Callable[[float, float], tuple[float, float]],
        painted: Callable[[Rect], None],
        ended: Callable[[bool], None],
    ) -> None:
        """``painted`` is told which part of the picture changed; ``ended`` whether to keep the stroke."""
        self._stroke, self._to_picture, self._painted, self._ended = stroke, to_picture, painted, ended

    def to(self, x: float, y: float) -> None:
        """Paint up to the pointer."""
        self._painted(self._stroke.to(*self._to_picture(x, y)))

    def end(self) -> None:
        """Keep the stroke."""
        self._ended(True)

    def cancel(self) -> None:
        """Drop the stroke."""
        self._ended(False)
