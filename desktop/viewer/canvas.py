"""The pixels on screen, and how they are brought up to date a band at a time."""

from collections.abc import Iterator

import cv2
import numpy as np

from desktop.viewer.plane import Window
from desktop.viewer.scene import Scene
from desktop.viewer.view import Rect, Size, View
from engine.colour import to_uint8

BAND = 32  # rows: their float pictures stay in the processor's cache


class Canvas:
    """The visible part of the picture, ``rect`` on the screen under ``view``: (h, w, 4) uint8, blue first, opaque."""

    def __init__(self, view: View, picture: Size, viewport: Size) -> None:
        self.view = view
        self.picture = picture
        self.viewport = viewport
        self.rect = view.covered(picture).cut(Rect(0, 0, viewport.width, viewport.height))
        shape = (max(self.rect.height, 0), max(self.rect.width, 0), 4)
        self.pixels = np.zeros(shape, np.uint8)

    def fits(self, view: View, picture: Size, viewport: Size) -> bool:
        """Whether the canvas was made for these."""
        return (self.view, self.picture, self.viewport) == (view, picture, viewport)

    def adopt(self, other: "Canvas") -> list[Rect]:
        """Take over what a canvas shows at the same zoom, and return the parts that it does not."""
        dx, dy = (own - its for own, its in zip(self.view.corner, other.view.corner, strict=True))
        shared = self.rect.cut(other.rect.moved(dx, dy))
        if self.view.scales != other.view.scales or self.picture != other.picture or shared.empty:
            return [self.rect]
        self.pixels[self._box(shared)] = other.pixels[other._box(shared.moved(-dx, -dy))]
        own = self.rect
        around = [
            Rect(own.left, own.top, own.right, shared.top),
            Rect(own.left, shared.bottom, own.right, own.bottom),
            Rect(own.left, shared.top, shared.left, shared.bottom),
            Rect(shared.right, shared.top, own.right, shared.bottom),
        ]
        return [part for part in around if not part.empty]

    def draw(self, scene: Scene, part: Rect) -> Iterator[None]:
        """Draw ``part`` of the screen, a piece of a few milliseconds between two yields."""
        part = part.cut(self.rect)
        if part.empty:
            return
        yield from scene.prepare(self._window(part.top, part.bottom))
        first = part.top - (part.top - self.rect.top) % BAND
        for top in range(first, part.bottom, BAND):
            band = self._window(top, min(top + BAND, self.rect.bottom))
            picture = scene.render(band, part.left, part.right)
            self._write(Rect(part.left, band.rect.top, part.right, band.rect.bottom), picture)
            yield

    def _window(self, top: int, bottom: int) -> Window:
        """Return whole rows: the same for every change, so that samples are found again."""
        return Window(self.view, Rect(self.rect.left, top, self.rect.right, bottom), self.picture)

    def _write(self, part: Rect, rgb: np.ndarray) -> None:
        red, green, blue = np.moveaxis(to_uint8(rgb), -1, 0)
        self.pixels[self._box(part)] = cv2.merge((blue, green, red, np.full_like(blue, 255)))

    def _box(self, part: Rect) -> tuple[slice, slice]:
        inside = part.moved(-self.rect.left, -self.rect.top)
        return slice(inside.top, inside.bottom), slice(inside.left, inside.right)
