"""From the layer that was trained small to the layer at the footage's full size."""

import cv2
import numpy as np

from engine.colour import luminance
from engine.filters import guided_enlargement, resize

# How much of the photograph's fine light, lost at training size, the layer's colour takes over.
KEPT_DETAIL = 0.85
REACH = 2.0  # pixels at training size


def enlarged(painted: np.ndarray, picture: np.ndarray, region: np.ndarray | None) -> np.ndarray:
    """Return the layer at the size of ``picture`` (H, W, 3), straight alpha, float32 in 0..1.

    ``painted`` (h, w, 4) is colour and opacity before it is kept to ``region`` (H, W), if it is. The opacity's edges
    follow the picture's, and stay within the region; the colour keeps the picture's fine texture, so that the surface
    looks as sharp as the footage around it.
    """
    height, width = picture.shape[:2]
    small_height, small_width = painted.shape[:2]
    small = resize(picture, small_width, small_height)
    # What was painted outside the region was never seen in training, and must not reach its edge.
    if region is not None:
        painted = _carried_outwards(painted, resize(region, small_width, small_height) > 0.5)
    alpha = guided_enlargement(np.ascontiguousarray(painted[..., 3]), small, picture, radius=2, smoothness=1e-3)
    full = np.empty((height, width, 4), np.float32)
    full[..., :3] = resize(np.ascontiguousarray(painted[..., :3]), width, height)
    detail = luminance(picture - resize(small, width, height))
    full[..., :3] += KEPT_DETAIL * detail[..., None]
    full[..., 3] = np.clip(alpha, 0, 1) if region is None else np.clip(alpha, 0, 1) * region
    return np.clip(full, 0, 1, out=full)


def _carried_outwards(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return ``values`` (h, w, C) with those not ``known`` (h, w) averaged from known ones near by."""
    weights = known.astype(np.float32)
    near = cv2.GaussianBlur(weights, (0, 0), REACH)[..., None]
    spread = cv2.GaussianBlur(values * weights[..., None], (0, 0), REACH)
    return np.where(known[..., None], values, spread / np.maximum(near, 1e-4)).astype(np.float32)
