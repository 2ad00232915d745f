"""Between Y'CbCr samples and display RGB, exactly (ITU-T H.273; Rec. ITU-R BT.601, BT.709, BT.2020)."""

import cv2
import numpy as np

# Kr and Kb by the matrix's code point.
LUMA_WEIGHTS: dict[int, tuple[float, float]] = {
    1: (0.2126, 0.0722),  # BT.709
    4: (0.30, 0.11),  # FCC
    5: (0.299, 0.114),  # BT.601, 625 lines
    6: (0.299, 0.114),  # BT.601, 525 lines
    7: (0.212, 0.087),  # SMPTE 240M
    9: (0.2627, 0.0593),  # BT.2020
    10: (0.2627, 0.0593),  # BT.2020 of constant luminance, taken as the usual one
}


def rgb_to_ycbcr(matrix: int) -> np.ndarray:
    """Return the (3, 3) matrix from R'G'B' in 0..1 to Y' in 0..1 and Cb, Cr in -0.5..0.5; ``matrix`` by code point."""
    red, blue = LUMA_WEIGHTS[matrix]
    luma = np.array([red, 1 - red - blue, blue])
    return np.stack([luma, (np.array([0, 0, 1]) - luma) / (2 - 2 * blue), (np.array([1, 0, 0]) - luma) / (2 - 2 * red)])


def decoding_matrix(matrix: int, bits: int, full_range: bool, top: int) -> np.ndarray:
    """Return the (3, 4) matrix from samples Y', Cb, Cr of that many ``bits`` to R'G'B' in 0..``top``."""
    black, luma_range, chroma_range = _levels(bits, full_range)
    to_unit = np.diag([1 / luma_range, 1 / chroma_range, 1 / chroma_range])
    to_rgb = top * np.linalg.inv(rgb_to_ycbcr(matrix)) @ to_unit
    offsets = np.array([black, 1 << (bits - 1), 1 << (bits - 1)])
    return np.column_stack([to_rgb, -to_rgb @ offsets])


def encoding_matrix(matrix: int, bits: int, full_range: bool) -> np.ndarray:
    """Return the (3, 4) matrix from R'G'B' in 0..1 to samples Y', Cb, Cr of that many ``bits``."""
    black, luma_range, chroma_range = _levels(bits, full_range)
    to_samples = np.diag([luma_range, chroma_range, chroma_range]) @ rgb_to_ycbcr(matrix)
    return np.column_stack([to_samples, [black, 1 << (bits - 1), 1 << (bits - 1)]])


def widened(chroma: np.ndarray, width: int, height: int, centred: bool) -> np.ndarray:
    """Return subsampled chroma (h, w) at the luma's size, interpolated linearly.

    Across, a chroma sample lies on the first luma sample of those it is for, or amid them where ``centred`` (JPEG);
    downwards always amid them.
    """
    times = -(-height // chroma.shape[0])
    if times > 1:
        chroma = cv2.resize(chroma, None, fx=1, fy=times, interpolation=cv2.INTER_LINEAR)[:height]
    while chroma.shape[1] < width:
        chroma = cv2.resize(chroma, None, fx=2, fy=1, interpolation=cv2.INTER_LINEAR) if centred else _doubled(chroma)
    return chroma[:, :width]


def _doubled(chroma: np.ndarray) -> np.ndarray:
    """Return twice as many columns: the given ones, and between them their means."""
    wide = np.empty((chroma.shape[0], 2 * chroma.shape[1]), chroma.dtype)
    wide[:, ::2] = chroma
    wide[:, 1:-1:2] = cv2.addWeighted(chroma[:, :-1], 0.5, chroma[:, 1:], 0.5, 0)
    wide[:, -1] = chroma[:, -1]
    return wide


def _levels(bits: int, full_range: bool) -> tuple[int, int, int]:
    """Return black's luma, and the ranges of luma and chroma."""
    if full_range:
        return 0, (1 << bits) - 1, (1 << bits) - 1
    step = 1 << (bits - 8)
    return 16 * step, 219 * step, 224 * step
