"""Edge-aware filters of pictures: float32 numpy, (H, W) or (H, W, C)."""

import cv2
import numpy as np


def resize(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return the picture at another size: area averages when shrinking, bicubic when enlarging."""
    shrinking = width * height < picture.shape[0] * picture.shape[1]
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC)


def resampled(picture: np.ndarray, places: np.ndarray, border: int = cv2.BORDER_REPLICATE) -> np.ndarray:
    """Return the picture at ``places`` (H, W, 2), x and y in its pixels, bilinear; ``border`` is OpenCV's."""
    x, y = cv2.split(places)
    return cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=border)


def guided_enlargement(
    values: np.ndarray, small_guide: np.ndarray, guide: np.ndarray, radius: int, smoothness: float
) -> np.ndarray:
    """Return ``values`` (h, w) at the size of ``guide`` (H, W, 3), their edges on the guide's edges.

    ``small_guide`` is the guide at the size of ``values``; ``radius`` is in its pixels, ``smoothness`` in squared
    units of its values. The colour-guided filter of He et al. (TPAMI 2013, equations 19 to 21), with coefficients
    found small and enlarged (He and Sun, "Fast Guided Filter", 2015).
    """
    height, width = guide.shape[:2]

    def mean(picture: np.ndarray) -> np.ndarray:
        return cv2.blur(picture, (2 * radius + 1, 2 * radius + 1), borderType=cv2.BORDER_REFLECT)

    guide_mean, value_mean = mean(small_guide), mean(values)
    products = mean((small_guide[..., :, None] * small_guide[..., None, :]).reshape(*values.shape, 9))
    covariance = products.reshape(*values.shape, 3, 3) - guide_mean[..., :, None] * guide_mean[..., None, :]
    covariance += smoothness * np.eye(3, dtype=np.float32)
    shared = mean(small_guide * values[..., None]) - guide_mean * value_mean[..., None]
    slope = np.linalg.solve(covariance, shared[..., None])[..., 0]
    offset = value_mean - (slope * guide_mean).sum(-1)
    coefficients = mean(np.dstack([slope, offset]).astype(np.float32))
    coefficients = cv2.resize(coefficients, (width, height), interpolation=cv2.INTER_LINEAR)
    return (coefficients[..., :3] * guide).sum(-1) + coefficients[..., 3]
