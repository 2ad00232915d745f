"""A clip's frames with their edit layers: every layer as one frame shows it, exactly or quickly.

`layers_at` is what is delivered; `QuickLayers` serves playback, at any size, in a tenth of the time. Both may be called
from several threads at once. Pictures are float32 in 0..1, straight alpha, display space.
"""

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

from engine.atlas.atlas import Atlas
from engine.atlas.lattice import values_at
from engine.atlas.rendering import Size, layer_frame, sampled
from engine.colour import from_uint, to_uint8
from engine.compositing import Placed, premultiply, unpremultiply
from engine.errors import UserError
from engine.filters import resize
from engine.media.frame_cache import FrameCache
from engine.project import EditLayer, Project

# Of a layer's file its picture (h, w, 4), and of an atlas's name in the project the atlas.
Pictures = Callable[[str], np.ndarray]
Atlases = Callable[[str], Atlas]

PREPARED_BYTES = 256 * 2**20
COARSER = 4
LEAST_ALPHA = 1 / 1024  # below what 8 bits hold


def layers_at(project: Project, number: int, source: np.ndarray, pictures: Pictures, atlases: Atlases) -> list[Placed]:
    """Return the layers that the frame of that number shows, the bottom one first, at the size of ``source``.

    ``source`` is the frame itself, (H, W, 3). A layer on an atlas that was fitted to other frames is left out. Raises
    UserError where an atlas lacks the layer's own.
    """
    placed = []
    for layer in project.layers_at(number):
        picture = pictures(layer.picture_at(number))
        rgba = layer_at(layer, number, source, picture, _atlas_of(project, layer, atlases))
        if rgba is not None:
            placed.append(Placed(rgba, layer.opacity_at(number), layer.blend))
    return placed


def layer_at(
    layer: EditLayer, number: int, source: np.ndarray, picture: np.ndarray, atlas: Atlas | None
) -> np.ndarray | None:
    """Return one layer as a frame shows it, (H, W, 4); None where its atlas was fitted to other frames.

    ``picture`` is the one that `EditLayer.picture_at` names. Without an ``atlas`` it lies in the frame.
    """
    height, width = source.shape[:2]
    if atlas is None:
        return _fitted(picture, (width, height))
    if number not in atlas.clip.numbers:
        return None
    _check_layer(atlas, layer)
    return layer_frame(atlas, layer.atlas_layer, picture, atlas.clip.numbers.index(number), source)


class QuickLayers:
    """Renders layers for playback: 8 bits of colour, mattes enlarged plainly, pictures made small once."""

    def __init__(self) -> None:
        self._prepared = FrameCache(PREPARED_BYTES)

    def layers_at(
        self, project: Project, number: int, size: Size, pictures: Pictures, atlases: Atlases
    ) -> list[Placed]:
        """Return what `layers_at` does for a frame of ``size`` (width, height), nearly."""
        placed = []
        for layer in project.layers_at(number):
            rgba = self._layer(layer, number, size, pictures, _atlas_of(project, layer, atlases))
            if rgba is not None:
                placed.append(Placed(rgba, layer.opacity_at(number), layer.blend))
        return placed

    def _layer(
        self, layer: EditLayer, number: int, size: Size, pictures: Pictures, atlas: Atlas | None
    ) -> np.ndarray | None:
        if atlas is None:
            return _straight(from_uint(self._resized(layer.picture_at(number), size, pictures)))
        if number not in atlas.clip.numbers:
            return None
        _check_layer(atlas, layer)
        index, texture = atlas.clip.numbers.index(number), atlas.layer(layer.atlas_layer)
        picture, scale = pictures(layer.picture), size[0] / atlas.size[0]
        wanted = (
            max(min(round(texture.size[0] * scale), picture.shape[1]), 1),
            max(min(round(texture.size[1] * scale), picture.shape[0]), 1),
        )
        small = self._resized(layer.picture, wanted, pictures)
        places = _dense(texture.mapping[index], size, atlas.size)
        seen = _straight(from_uint(sampled(small, places, texture.size)))
        matte = cv2.resize(atlas.matte(layer.atlas_layer, index), size, interpolation=cv2.INTER_LINEAR)
        return _lit(seen, None if atlas.light is None else _dense(atlas.light[index], size, atlas.size), matte)

    def _resized(self, file: str, size: Size, pictures: Pictures) -> np.ndarray:
        """Return a layer's picture premultiplied, uint8, at a size."""

        def resized() -> np.ndarray:
            return to_uint8(resize(premultiply(pictures(file)), *size))

        return self._prepared.get_or_read((file, size), resized)


def _dense(lattice: np.ndarray, size: Size, fitted_size: Size) -> np.ndarray:
    """Return nearly what `lattice.dense` does, without its matrix products, for which busy processors queue up.

    A lattice is smooth: found at every fourth pixel, it is enlarged from there.
    """
    small = (max(size[0] // COARSER, 1), max(size[1] // COARSER, 1))
    found = values_at(lattice, _centres(small, fitted_size), fitted_size)
    grid = found.reshape(small[1], small[0], -1).astype(np.float32)
    return cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR)


@lru_cache(maxsize=8)
def _centres(size: Size, fitted_size: Size) -> np.ndarray:
    """Return where the centres of a frame's pixels lie in one of ``fitted_size``, (N, 2), row by row."""
    x, y = ((np.arange(length) + 0.5) * fitted / length - 0.5 for length, fitted in zip(size, fitted_size, strict=True))
    return np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)


# OpenCV takes a fifth of the time that numpy does for arithmetic with single channels of a picture.


def _straight(rgba: np.ndarray) -> np.ndarray:
    """Return premultiplied RGBA, whose colour is at most its alpha, with straight colour."""
    alpha = np.maximum(cv2.extractChannel(rgba, 3), np.float32(LEAST_ALPHA))
    return cv2.divide(rgba, cv2.merge([alpha, alpha, alpha, np.ones_like(alpha)]))


def _lit(rgba: np.ndarray, light: np.ndarray | None, matte: np.ndarray) -> np.ndarray:
    """Return straight RGBA with its colour under ``light`` (H, W, 3) and its alpha times ``matte`` (H, W)."""
    factors = cv2.split(light) if light is not None else [np.ones_like(matte)] * 3
    lit = cv2.multiply(rgba, cv2.merge([*factors, matte]))
    return lit if light is None else np.minimum(lit, 1, out=lit)


def _atlas_of(project: Project, layer: EditLayer, atlases: Atlases) -> Atlas | None:
    return atlases(project.atlas_of(layer)) if layer.atlas_layer else None


def _check_layer(atlas: Atlas, layer: EditLayer) -> None:
    if layer.atlas_layer not in {each.name for each in atlas.layers}:
        raise UserError(
            f"The layer “{layer.name}” lies on “{layer.atlas_layer}”, which the atlas does not have; make it again."
        )


def _fitted(picture: np.ndarray, size: Size) -> np.ndarray:
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    return unpremultiply(np.clip(resize(premultiply(picture), *size), 0, 1))
