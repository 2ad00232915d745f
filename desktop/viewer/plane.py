"""A picture sampled at any zoom: smooth below 200 %, from halved copies where it is small, whole pixels above."""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from desktop.viewer.view import Rect, Size, View
from engine.compositing import premultiply, unpremultiply

CRISP_SCALE = 2.0
ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Window:
    """A part of the screen, ``rect``, through which a picture of the size ``picture`` is seen."""

    view: View
    rect: Rect
    picture: Size

    def part(self, left: int, right: int) -> "Window":
        """Return the window's columns from ``left`` to ``right``."""
        return Window(self.view, Rect(left, self.rect.top, right, self.rect.bottom), self.picture)


class Plane:
    """(H, W), (H, W, 3) or (H, W, 4) float32, straight alpha, stretched over the picture whatever its own size."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels
        self._halves: list[np.ndarray] = []  # RGBA premultiplied, so that hidden colour stays out of edges

    @cached_property
    def size(self) -> Size:
        """The plane's own size."""
        return Size(self.pixels.shape[1], self.pixels.shape[0])

    def at(self, x: float, y: float) -> np.ndarray:
        """Return the one pixel, (1, 1, ...), at fractions of the width and height."""
        row = min(int(y * self.size.height), self.size.height - 1)
        column = min(int(x * self.size.width), self.size.width - 1)
        return self.pixels[row : row + 1, column : column + 1]

    def changed(self) -> None:
        """Forget the halved copies: the pixels were painted on."""
        self._halves.clear()

    def prepare(self, window: Window) -> Iterator[None]:
        """Make the halved copies that ``window`` needs, a piece between two yields."""
        while len(self._halves) < self._level(window):
            finer = self._halves[-1] if self._halves else self.pixels
            height, width = finer.shape[0] // 2, finer.shape[1] // 2
            half = np.empty((height, width, *finer.shape[2:]), np.float32)
            for top in range(0, height, ROWS_AT_ONCE):
                bottom = min(top + ROWS_AT_ONCE, height)
                rows = finer[2 * top : 2 * bottom, : 2 * width]
                if finer is self.pixels and _has_alpha(finer):
                    rows = premultiply(rows)
                half[top:bottom] = cv2.resize(rows, (width, bottom - top), interpolation=cv2.INTER_AREA)
                yield
            self._halves.append(half)

    def sample(self, window: Window) -> np.ndarray:
        """Return what the window's pixels show, straight alpha; fast where `prepare` has run to its end."""
        deque(self.prepare(window), maxlen=0)
        across, down = self._scales(window)
        level = self._level(window)
        if level > 0:
            half = _seen(self._halves[level - 1], window, across * 2**level, down * 2**level).smooth()
            return unpremultiply(half) if _has_alpha(half) else half
        seen = _seen(self.pixels, window, across, down)
        if across >= CRISP_SCALE and self.size == window.picture:
            return seen.crisp()
        if not _has_alpha(self.pixels):
            return seen.smooth()
        return unpremultiply(seen.premultiplied().smooth())

    def _scales(self, window: Window) -> tuple[float, float]:
        """Return how many screen pixels one of the plane's own takes, across and down."""
        scale = window.view.scale
        return scale * window.picture.width / self.size.width, scale * window.picture.height / self.size.height

    def _level(self, window: Window) -> int:
        """Return how often to halve so that sampling passes over no pixel."""
        wanted = math.floor(-math.log2(max(self._scales(window))))
        return min(max(wanted, 0), math.floor(math.log2(min(self.size))))


@dataclass(frozen=True)
class _Seen:
    """The part of a picture that is seen, and where in it the pixels (0..width, 0..height) of the screen lie."""

    pixels: np.ndarray
    mapping: np.ndarray
    width: int
    height: int

    def premultiplied(self) -> "_Seen":
        return _Seen(premultiply(self.pixels), self.mapping, self.width, self.height)

    def smooth(self) -> np.ndarray:
        return self._warped(cv2.INTER_LINEAR)

    def crisp(self) -> np.ndarray:
        return self._warped(cv2.INTER_NEAREST)

    def _warped(self, interpolation: int) -> np.ndarray:
        flags = interpolation | cv2.WARP_INVERSE_MAP
        size = (self.width, self.height)
        return cv2.warpAffine(self.pixels, self.mapping, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _seen(pixels: np.ndarray, window: Window, across: float, down: float) -> _Seen:
    left, top = window.view.corner
    columns, x = _axis(window.rect.left - left, window.rect.right - left, across, pixels.shape[1])
    rows, y = _axis(window.rect.top - top, window.rect.bottom - top, down, pixels.shape[0])
    mapping = np.array([[1 / across, 0, x], [0, 1 / down, y]])
    return _Seen(pixels[rows, columns], mapping, window.rect.width, window.rect.height)


def _axis(start: int, end: int, scale: float, length: int) -> tuple[slice, float]:
    """Return the pixels needed for the screen pixels start..end, and where among them the first one's centre lies."""
    first = min(max(math.floor(start / scale) - 1, 0), length - 1)
    last = min(max(math.ceil(end / scale) + 1, first + 1), length)
    return slice(first, last), (start + 0.5) / scale - 0.5 - first


def _has_alpha(pixels: np.ndarray) -> bool:
    return pixels.ndim == 3 and pixels.shape[2] == 4
