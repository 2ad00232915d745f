"""Passes for compositors, beside a picture in one OpenEXR file: foreground, background and matte of the footage."""

from collections.abc import Mapping

import cv2
import numpy as np

from engine.atlas.atlas import BACKGROUND, Atlas
from engine.atlas.lattice import dense
from engine.atlas.rendering import matte_at, positions, sampled
from engine.delivery.contents import Contents
from engine.delivery.outputs import Shown

# How far around the objects the footage still has something of their colour, in pixels of the fitting.
RIM = 2
COVERED = 0.01


def passes_of(contents: Contents, shown: Shown, number: int, source: np.ndarray) -> Mapping[str, np.ndarray]:
    """Return the passes by name, straight and in display space; none where there is no matte.

    ``matte`` (H, W) is that of the object which the layer lies on (of a composite, of the objects of all layers);
    ``fg`` (H, W, 4) the footage's own colour with it as alpha; ``bg`` the frame without objects: where there is an
    atlas a clean plate (H, W, 3), else the footage with the rest of the matte as alpha, (H, W, 4).
    """
    matte = contents.matte(shown, number, source)
    if matte is None:
        return {}
    atlas = contents.atlas_of(shown)
    if atlas is None or number not in atlas.clip.numbers:
        background = np.dstack([source, 1 - matte])
    else:
        background = clean_plate(atlas, atlas.clip.numbers.index(number), source)
    return {"fg": np.dstack([source, matte]), "bg": background, "matte": matte}


def clean_plate(atlas: Atlas, index: int, source: np.ndarray) -> np.ndarray:
    """Return frame ``index`` without the atlas's objects, (H, W, 3): its background there, the footage elsewhere.

    What the clip never shows, as an object covers it in every frame, is filled as the atlas's own texture is.
    """
    size = source.shape[1], source.shape[0]
    layer = atlas.layer(BACKGROUND)
    plate = sampled(layer.texture, positions(layer, index, size, atlas.size), layer.size)
    if atlas.light is not None:
        plate = plate * dense(atlas.light[index], size, atlas.size)
    covered = (matte_at(atlas, BACKGROUND, index, source) < 1 - COVERED).astype(np.float32)
    side = 2 * max(round(RIM * size[0] / atlas.size[0]), 1) + 1
    # Widened by twice what it is softened by: no pixel that an object tints is left to the footage.
    wide = cv2.dilate(covered, np.ones((2 * side - 1, 2 * side - 1), np.uint8))
    share = cv2.blur(wide, (side, side))[..., None]
    return np.clip(share * plate + (1 - share) * source, 0, 1).astype(np.float32)
