"""From the layer that was trained small to the layer at the footage's full size."""

import numpy as np

from engine.colour import luminance
from engine.filters import guided_enlargement, resize

# How much of the photograph's fine light, lost at training size, the layer's colour takes over.
KEPT_DETAIL = 0.85


def enlarged(layer: np.ndarray, picture: np.ndarray, region: np.ndarray) -> np.ndarray:
    """Return the layer (h, w, 4) at the size of ``picture`` (H, W, 3), straight alpha, float32 in 0..1.

    The opacity's edges follow the picture's, and stay within ``region`` (H, W); the colour keeps the picture's
    fine texture, so that the surface looks as sharp as the footage around it.
    """
    height, width = picture.shape[:2]
    small_height, small_width = layer.shape[:2]
    small = resize(picture, small_width, small_height)
    alpha = guided_enlargement(np.ascontiguousarray(layer[..., 3]), small, picture, radius=2, smoothness=1e-3)
    full = np.empty((height, width, 4), np.float32)
    full[..., :3] = resize(np.ascontiguousarray(layer[..., :3]), width, height)
    detail = luminance(picture - resize(small, width, height))
    full[..., :3] += KEPT_DETAIL * detail[..., None]
    full[..., 3] = alpha * region
    return np.clip(full, 0, 1, out=full)
