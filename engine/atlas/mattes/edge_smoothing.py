"""Smoothing a matte along a picture's edges."""

import cv2
import numpy as np


def smoothed_along_edges(values: np.ndarray, picture: np.ndarray, radius: int, smoothness: float) -> np.ndarray:
    """Return ``values`` (h, w) float32 with their edges on those of ``picture`` (h, w, 3) float32 in 0..1.

    The colour-guided filter of He et al. (TPAMI 2013, equations 19 to 21). Its many small systems are solved by
    cofactors: on busy processors LAPACK's calls wait long for each other.
    """

    def mean(plane: np.ndarray) -> np.ndarray:
        return np.asarray(cv2.blur(plane, (2 * radius + 1, 2 * radius + 1), borderType=cv2.BORDER_REFLECT))

    colours = [np.ascontiguousarray(picture[..., channel]) for channel in range(3)]
    means, value_mean = [mean(colour) for colour in colours], mean(values)

    def covariance(one: int, other: int) -> np.ndarray:
        return mean(colours[one] * colours[other]) - means[one] * means[other]

    a, d, f = (covariance(channel, channel) + smoothness for channel in range(3))
    b, c, e = covariance(0, 1), covariance(0, 2), covariance(1, 2)
    shared = [
        mean(colour * values) - colour_mean * value_mean for colour, colour_mean in zip(colours, means, strict=True)
    ]
    cofactors = ((d * f - e * e, c * e - b * f, b * e - c * d), (a * f - c * c, b * c - a * e), (a * d - b * b,))
    determinant = a * cofactors[0][0] + b * cofactors[0][1] + c * cofactors[0][2]
    inverse = (cofactors[0], (cofactors[0][1], *cofactors[1]), (cofactors[0][2], cofactors[1][1], cofactors[2][0]))
    slopes = [sum(row[k] * shared[k] for k in range(3)) / determinant for row in inverse]
    offset = value_mean - sum(slope * colour_mean for slope, colour_mean in zip(slopes, means, strict=True))
    return np.asarray(sum(mean(slope) * colour for slope, colour in zip(slopes, colours, strict=True)) + mean(offset))
