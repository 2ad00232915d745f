"""ST maps: an atlas's mapping as compositors read it, for them to put a texture back into the frames themselves."""

import numpy as np

from engine.atlas.atlas import AtlasLayer
from engine.atlas.rendering import Size, positions


def st_map(layer: AtlasLayer, index: int, size: Size, fitted_size: Size) -> np.ndarray:
    """Return where in a layer's texture the pixels of frame ``index`` lie, (H, W, 2) float32: u, v.

    As in Nuke's STMap, u is 0 at the texture's left edge and 1 at its right one, v is 0 at its lower edge and 1 at its
    upper one, so that texel centres lie at (x + 0.5) / width; the texture may have any resolution. Values outside 0..1
    lie beyond the texture, where `engine.atlas.rendering` holds its rim. ``size`` is the (width, height) wanted,
    ``fitted_size`` the atlas's own.
    """
    u, v = np.moveaxis((positions(layer, index, size, fitted_size) + 0.5) / np.array(layer.size, np.float32), -1, 0)
    return np.stack([u, 1 - v], axis=-1)
