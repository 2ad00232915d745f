"""Rendering: textures, and edits of them, through the mapping into frames of any size."""

import cv2
import numpy as np

from engine.atlas.atlas import Atlas, AtlasLayer
from engine.atlas.lattice import dense
from engine.compositing import premultiply, unpremultiply
from engine.filters import guided_enlargement, resampled, resize

Size = tuple[int, int]

MATTE_RADIUS, MATTE_SMOOTHNESS = 2, 1e-4


def positions(layer: AtlasLayer, index: int, size: Size, fitted_size: Size) -> np.ndarray:
    """Return where in a layer's texture the pixels of frame ``index`` lie, (H, W, 2) float32 x, y in its pixels.

    ``size`` is the (width, height) wanted, ``fitted_size`` the atlas's own.
    """
    return dense(layer.mapping[index], size, fitted_size)


def sampled(picture: np.ndarray, places: np.ndarray, texture_size: Size) -> np.ndarray:
    """Return ``picture`` (h, w, C) at ``places`` (H, W, 2), which are in pixels of a texture of ``texture_size``.

    The picture covers the texture's extent at any resolution. Bilinear; beyond the rim the rim is held.
    """
    height, width = picture.shape[:2]
    if (width, height) != texture_size:
        scale = np.array([width / texture_size[0], height / texture_size[1]], np.float32)
        places = (places + 0.5) * scale - 0.5
    return resampled(picture, places)


def reconstructed(atlas: Atlas, index: int) -> np.ndarray:
    """Return frame ``index`` as the atlas explains it, (H, W, 3) float32 in 0..1, at the atlas's own size."""
    frame = np.zeros((atlas.size[1], atlas.size[0], 3), np.float32)
    for layer in atlas.layers:
        seen = sampled(layer.texture, positions(layer, index, atlas.size, atlas.size), layer.size)
        frame += atlas.matte(layer.name, index)[..., None] * seen
    if atlas.light is not None:
        frame *= dense(atlas.light[index], atlas.size, atlas.size)
    return np.clip(frame, 0, 1)


def layer_frame(atlas: Atlas, name: str, picture: np.ndarray, index: int, source: np.ndarray) -> np.ndarray:
    """Return an edit of one layer as frame ``index`` shows it, (H, W, 4) float32, straight alpha.

    ``picture`` (h, w, 4) is the edit over the layer's texture, straight, float32; ``source`` (H, W, 3) float32 the
    clip's frame, whose edges the matte follows. Where another layer hides this one, the edit is hidden too; the
    light that changes over the clip falls on the edit as well.
    """
    layer, size = atlas.layer(name), (source.shape[1], source.shape[0])
    places = positions(layer, index, size, atlas.size)
    seen = unpremultiply(sampled(premultiply(picture), places, layer.size))
    seen[..., 3] *= matte_at(atlas, name, index, source)
    if atlas.light is not None:
        seen[..., :3] = np.clip(seen[..., :3] * dense(atlas.light[index], size, atlas.size), 0, 1)
    return seen


def matte_at(atlas: Atlas, name: str, index: int, source: np.ndarray) -> np.ndarray:
    """Return a layer's matte in frame ``index`` at the size of ``source`` (H, W, 3), its edges on the frame's."""
    matte = atlas.matte(name, index)
    if matte.shape == source.shape[:2]:
        return matte
    small = np.clip(resize(source, *atlas.size), 0, 1)
    enlarged = guided_enlargement(matte, small, source, MATTE_RADIUS, MATTE_SMOOTHNESS)
    plain = resize(matte, source.shape[1], source.shape[0])
    # Away from edges nothing is to be gained, and flat mattes must stay exactly 0 or 1.
    rim = cv2.blur(matte, (2 * MATTE_RADIUS + 1,) * 2)
    edge = resize(((rim > 0.01) & (rim < 0.99)).astype(np.float32), source.shape[1], source.shape[0])
    edge = np.clip(edge, 0, 1)
    return np.clip(edge * enlarged + (1 - edge) * plain, 0, 1)
