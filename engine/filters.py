"""Edge-aware filters of pictures: float32 numpy, (H, W) or (H, W, C)."""

from collections.abc import Sequence

import cv2
import numpy as np

UPPER_TRIANGLE = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))  # of a symmetric matrix of three rows


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
    colours, means = cv2.split(small_guide), cv2.split(guide_mean)
    covariance = [
        mean(colours[i] * colours[j]) - means[i] * means[j] + (smoothness if i == j else 0) for i, j in UPPER_TRIANGLE
    ]
    shared = [mean(colour * values) - own * value_mean for colour, own in zip(colours, means, strict=True)]
    slopes = _solved(covariance, shared)
    offset = value_mean - sum(slope * own for slope, own in zip(slopes, means, strict=True))
    coefficients = mean(cv2.merge([*slopes, offset]).astype(np.float32))
    enlarged = cv2.split(cv2.resize(coefficients, (width, height), interpolation=cv2.INTER_LINEAR))
    result = enlarged[3]
    for slope, colour in zip(enlarged[:3], cv2.split(guide), strict=True):
        result += slope * colour
    return result


def _solved(matrix: Sequence[np.ndarray], right: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the solutions of symmetric systems of three, one a pixel, by Cramer's rule.

    ``matrix`` are the entries of its UPPER_TRIANGLE. For so many so small systems this is twenty times as fast as
    LAPACK; doubles, as the cofactors are small differences.
    """
    a, b, c, d, e, f = (entry.astype(np.float64) for entry in matrix)
    x, y, z = right
    aa, bb, cc = d * f - e * e, c * e - b * f, b * e - c * d
    dd, ee, ff = a * f - c * c, b * c - a * e, a * d - b * b
    determinant = a * aa + b * bb + c * cc
    return (
        (aa * x + bb * y + cc * z) / determinant,
        (bb * x + dd * y + ee * z) / determinant,
        (cc * x + ee * y + ff * z) / determinant,
    )
