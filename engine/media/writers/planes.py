"""Pictures as the samples of movie formats: (H, W, 3) or (H, W, 4), float32; what lies outside 0..1 is clipped.

Samples are uint8 for 8 bits, else uint16. Alpha is a sample like another, always of the full range.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from engine.media.yuv import encoding_matrix

HALVING, ALONE = np.array([0.25, 0.5, 0.25]), np.ones(1)


def ycbcr_planes(
    picture: np.ndarray,
    matrix: int,
    bits: int,
    full_range: bool = False,
    half_width: bool = False,
    half_height: bool = False,
) -> list[np.ndarray]:
    """Return the planes Y', Cb, Cr, and alpha where there is one; ``matrix`` by code point (ITU-T H.273).

    Halved chroma lies on the first of its two columns, and amid its two rows, as H.264 and ProRes have it.
    """
    to_samples = np.zeros((picture.shape[2], picture.shape[2] + 1))
    to_samples[3:, 3:-1] = (1 << bits) - 1
    colour = encoding_matrix(matrix, bits, full_range)
    to_samples[:3, :3], to_samples[:3, -1] = colour[:, :3], colour[:, 3]
    luma, cb, cr, *alpha = cv2.split(_transformed(picture, to_samples))
    chroma = [cb, cr]
    if half_width:
        # The filter's cost for the columns that are left out is less than that of picking the others' neighbours.
        chroma = [cv2.sepFilter2D(each, -1, HALVING, ALONE, borderType=cv2.BORDER_REPLICATE)[:, ::2] for each in chroma]
    if half_height:
        chroma = [_halved_down(each) for each in chroma]
    return [_whole(plane, bits) for plane in (luma, *chroma, *alpha)]


def gbr_planes(picture: np.ndarray, bits: int) -> Sequence[np.ndarray]:
    """Return the planes G', B', R', and alpha where there is one."""
    return cv2.split(_arranged(picture, (1, 2, 0, 3), bits))


def packed_planes(picture: np.ndarray) -> list[np.ndarray]:
    """Return one plane of 8 bits whose rows hold R', G', B' pixel by pixel, alpha before them where there is one."""
    samples = _arranged(picture, (0, 1, 2) if picture.shape[2] == 3 else (3, 0, 1, 2), 8)
    return [samples.reshape(len(samples), -1)]


def _arranged(picture: np.ndarray, order: Sequence[int], bits: int) -> np.ndarray:
    """Return the picture's samples, full range, its channels in another order."""
    channels = picture.shape[2]
    to_samples = np.zeros((channels, channels + 1))
    to_samples[range(channels), order[:channels]] = (1 << bits) - 1
    return _whole(_transformed(picture, to_samples), bits)


def _transformed(picture: np.ndarray, to_samples: np.ndarray) -> np.ndarray:
    """Return the clipped picture's channels times a (C, C + 1) matrix, whose last column is added; and a half.

    With the half, cutting off the fraction rounds.
    """
    rounding = to_samples.copy()
    rounding[:, -1] += 0.5
    return cv2.transform(np.clip(picture, 0, 1), rounding)


def _whole(samples: np.ndarray, bits: int) -> np.ndarray:
    return np.clip(samples, 0, (1 << bits) - 1, out=samples).astype(np.uint8 if bits == 8 else np.uint16)


def _halved_down(plane: np.ndarray) -> np.ndarray:
    """Return the means of pairs of rows; a last odd one counts twice."""
    even = cv2.copyMakeBorder(plane, 0, plane.shape[0] % 2, 0, 0, cv2.BORDER_REPLICATE)
    return 0.5 * (even[::2] + even[1::2])
