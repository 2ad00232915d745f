"""The pixels on screen, and how they are brought up to date a band at a time."""

from collections.abc import Iterator

import cv2
import numpy as np

from desktop.viewer.plane import Window
from desktop.viewer.scene import Scene
from desktop.viewer.view import Rect, Size, View
from engine.colour import to_uint8

BAND = 64  # rows: their float pictures stay in the processor's cache


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

    def draw(self, scene: Scene, part: Rect) -> Iterator[None]:
        """Draw ``part`` of the screen, a piece of a few milliseconds between two yields."""
        part = part.cut(self.rect)
        if part.empty:
            return
        yield from scene.prepare(Window(self.view, part, self.picture))
        for top in range(part.top, part.bottom, BAND):
            band = Rect(part.left, top, part.right, min(top + BAND, part.bottom))
            self._write(band, scene.render(Window(self.view, band, self.picture)))
            yield

    def _write(self, band: Rect, rgb: np.ndarray) -> None:
        rows = slice(band.top - self.rect.top, band.bottom - self.rect.top)
        columns = slice(band.left - self.rect.left, band.right - self.rect.left)
        self.pixels[rows, columns] = cv2.cvtColor(to_uint8(rgb), cv2.COLOR_RGB2BGRA)
