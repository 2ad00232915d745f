"""A picture sampled at any zoom: smooth below 200 %, from halved copies where it is small, whole pixels above."""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from desktop.viewer.view import Rect, Size, View

CRISP_SCALE = 2.0
PIXELS_AT_ONCE = 100_000
KEPT_BYTES = 64 * 2**20
FEW_COLUMNS = 4  # less than a fourth of a window is not worth sampling the whole of it
LEAST_ALPHA = 1e-6
# A centre on the border of two pixels belongs to the second one, wherever the window begins.
TIE_BREAK = np.array([[0, 0, 1e-3], [0, 0, 1e-3]])


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
    """(H, W), (H, W, 3) or (H, W, 4) float32, straight alpha, stretched over the picture whatever its own size.

    RGBA is smoothed premultiplied, by OpenCV in one go, so that the colour of hidden pixels stays out of edges.
    """

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels
        self._halves: list[np.ndarray] = []
        self._samples: dict[Window, np.ndarray] = {}

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
        """Forget what was made of the pixels: they were painted on."""
        self._halves.clear()
        self._samples.clear()

    def prepare(self, window: Window) -> Iterator[None]:
        """Make the halved copies that ``window`` needs, a piece between two yields."""
        while len(self._halves) < self._level(window):
            finer = self._halves[-1] if self._halves else self.pixels
            height, width = finer.shape[0] // 2, finer.shape[1] // 2
            half = np.empty((height, width, *finer.shape[2:]), np.float32)
            rows_at_once = max(PIXELS_AT_ONCE // finer.shape[1], 1)
            for top in range(0, height, rows_at_once):
                bottom = min(top + rows_at_once, height)
                rows = finer[2 * top : 2 * bottom, : 2 * width]
                if finer is self.pixels:
                    rows = _weighted(rows)
                half[top:bottom] = cv2.resize(rows, (width, bottom - top), interpolation=cv2.INTER_AREA)
                yield
            self._halves.append(half)

    def sample(self, window: Window, left: int, right: int) -> np.ndarray:
        """Return what the window's screen columns left..right show, straight alpha.

        Whole windows are kept while the view stays. Each channel is contiguous in memory: numpy computes whole rows
        several times faster than triples.
        """
        deque(self.prepare(window), maxlen=0)
        kept = self._samples.get(window)
        if kept is None and (right - left) * FEW_COLUMNS < window.rect.width:
            return self._sampled(window.part(left, right))
        if kept is None:
            kept = self._sampled(window)
            self._keep(window, kept)
        return kept[:, left - window.rect.left : right - window.rect.left]

    def _keep(self, window: Window, sample: np.ndarray) -> None:
        if any(other.view != window.view for other in self._samples):
            self._samples.clear()
        if sum(other.nbytes for other in self._samples.values()) < KEPT_BYTES:
            self._samples[window] = sample

    def _sampled(self, window: Window) -> np.ndarray:
        across, down = self._scales(window)
        if min(across, down) >= CRISP_SCALE and self.size == window.picture:
            pixels, mapping, size = _seen(self.pixels, window, across, down)
            return _by_channel(_warped(pixels, mapping + TIE_BREAK, size, cv2.INTER_NEAREST))
        level = self._level(window)
        finest = self._halves[level - 1] if level else self.pixels
        pixels, mapping, size = _seen(finest, window, across * 2**level, down * 2**level)
        weighted = pixels if level else _weighted(pixels)
        return _unweighted(_by_channel(_warped(weighted, mapping, size, cv2.INTER_LINEAR)))

    def _scales(self, window: Window) -> tuple[float, float]:
        """Return how many screen pixels one of the plane's own takes, across and down."""
        across, down = window.view.scales
        return across * window.picture.width / self.size.width, down * window.picture.height / self.size.height

    def _level(self, window: Window) -> int:
        """Return how often to halve so that sampling passes over no pixel."""
        wanted = math.floor(-math.log2(max(self._scales(window))))
        return min(max(wanted, 0), math.floor(math.log2(min(self.size))))


def _seen(pixels: np.ndarray, window: Window, across: float, down: float) -> tuple[np.ndarray, np.ndarray, Size]:
    """Return the pixels that are seen, the mapping from the window's pixels to them, and the window's size."""
    left, top = window.view.corner
    columns, x = _axis(window.rect.left - left, window.rect.right - left, across, pixels.shape[1])
    rows, y = _axis(window.rect.top - top, window.rect.bottom - top, down, pixels.shape[0])
    mapping = np.array([[1 / across, 0, x], [0, 1 / down, y]])
    return pixels[rows, columns], mapping, Size(window.rect.width, window.rect.height)


def _axis(start: int, end: int, scale: float, length: int) -> tuple[slice, float]:
    """Return the pixels needed for the screen pixels start..end, and where among them the first one's centre lies."""
    first = min(max(math.floor(start / scale) - 1, 0), length - 1)
    last = min(max(math.ceil(end / scale) + 1, first + 1), length)
    return slice(first, last), (start + 0.5) / scale - 0.5 - first


def _warped(pixels: np.ndarray, mapping: np.ndarray, size: Size, interpolation: int) -> np.ndarray:
    flags = interpolation | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(pixels, mapping, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _by_channel(pixels: np.ndarray) -> np.ndarray:
    """Return the same (h, w, c) with each channel contiguous in memory."""
    if pixels.ndim == 2:
        return pixels
    channels = np.empty((pixels.shape[2], *pixels.shape[:2]), np.float32)
    for index, channel in enumerate(channels):
        cv2.extractChannel(pixels, index, channel)
    return np.moveaxis(channels, 0, -1)


def _weighted(pixels: np.ndarray) -> np.ndarray:
    """Return RGBA with its colour weighted by its alpha; anything else as it is."""
    if not _has_alpha(pixels):
        return pixels
    return cv2.multiply(pixels, cv2.cvtColor(cv2.extractChannel(pixels, 3), cv2.COLOR_GRAY2RGBA))  # its A is 1


def _unweighted(pixels: np.ndarray) -> np.ndarray:
    """Undo the weights, in place."""
    if _has_alpha(pixels):
        pixels[..., :3] /= np.maximum(pixels[..., 3:], LEAST_ALPHA)
    return pixels


def _has_alpha(pixels: np.ndarray) -> bool:
    return pixels.ndim == 3 and pixels.shape[2] == 4
