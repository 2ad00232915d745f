"""The pixels of the session's layers, read once, with their thumbnails."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtGui import QImage

from engine.colour import to_uint8
from engine.compositing import Placed, on_checkerboard, premultiply, unpremultiply
from engine.media.stills import read_still
from engine.project import EditLayer, Project

THUMBNAIL_SIDE = 96
THUMBNAIL_CELL = 8


@dataclass(frozen=True)
class LayerPixels:
    """A layer's pixels, (H, W, 4) float32, straight alpha, and a small picture of them.

    Of a layer with a picture for each frame they are those of one frame, for show.
    """

    rgba: np.ndarray
    thumbnail: QImage


class PixelStore:
    """The layers' pixels by `EditLayer.picture`; such files never change once they are written."""

    def __init__(self) -> None:
        self._known: dict[str, LayerPixels] = {}
        self._on_disk: dict[str, Path] = {}  # those that are read again when they are wanted

    def replace_all(self, known: dict[str, LayerPixels]) -> None:
        """Forget everything but ``known``."""
        self._known = dict(known)
        self._on_disk.clear()

    def add(self, file: str, pixels: LayerPixels) -> None:
        """Remember a new layer's pixels."""
        self._known[file] = pixels

    def leave_on_disk(self, file: str, path: Path) -> None:
        """Keep no pixels of a layer file: whoever paints leaves one behind with every stroke, for undo alone."""
        self._known.pop(file, None)
        self._on_disk[file] = path

    def rgba(self, file: str) -> np.ndarray:
        """Return the pixels of a layer file, (H, W, 4) float32, straight alpha; KeyError for one never added.

        Raises UserError where it has to be read again and cannot be.
        """
        if file not in self._known and file in self._on_disk:
            self._known[file] = with_thumbnail(read_rgba(self._on_disk[file]))
        return self._known[file].rgba

    def thumbnail(self, file: str) -> QImage | None:
        """Return the small picture of a layer file, None where it is not known."""
        known = self._known.get(file)
        return known.thumbnail if known else None

    def placed(self, project: Project) -> list[Placed]:
        """Return the layers that ``project`` shows, the bottom one first."""
        return [Placed(self.rgba(layer.picture), layer.opacity, layer.blend) for layer in project.seen_layers()]


def read_layer(layer: EditLayer, folder: Path) -> LayerPixels:
    """Read a layer's picture, of several the middle one; raises UserError where it is missing or damaged."""
    return with_thumbnail(read_rgba(folder / layer.pictures[len(layer.pictures) // 2]))


def read_rgba(path: Path) -> np.ndarray:
    """Return a layer file as (H, W, 4) float32, straight alpha; raises UserError where it is missing or damaged."""
    still = read_still(path)
    alpha = np.ones(still.rgb.shape[:2], np.float32) if still.alpha is None else still.alpha
    return np.dstack([still.rgb, alpha])


def with_thumbnail(rgba: np.ndarray) -> LayerPixels:
    """Return the pixels with their thumbnail."""
    height, width = rgba.shape[:2]
    scale = THUMBNAIL_SIDE / max(height, width)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = unpremultiply(cv2.resize(premultiply(rgba), size, interpolation=cv2.INTER_AREA))
    rgb = np.ascontiguousarray(to_uint8(on_checkerboard(small, THUMBNAIL_CELL)))
    image = QImage(rgb.data, size[0], size[1], 3 * size[0], QImage.Format.Format_RGB888)
    return LayerPixels(rgba, image.copy())  # the copy owns its pixels
