"""Transfer functions, bit depths and luminance."""

from typing import Literal

import numpy as np

Bits = Literal[8, 16]

REC709_WEIGHTS = (0.2126, 0.7152, 0.0722)


def srgb_to_linear(picture: np.ndarray) -> np.ndarray:
    """Return display values 0..1 as linear light, of any shape, float32 (IEC 61966-2-1)."""
    display = np.asarray(picture, np.float32)
    return np.where(display <= 0.04045, display / 12.92, ((display + 0.055) / 1.055) ** 2.4).astype(np.float32)


def linear_to_srgb(picture: np.ndarray) -> np.ndarray:
    """Return linear light 0..1 as display values, of any shape, float32 (IEC 61966-2-1)."""
    linear = np.asarray(picture, np.float32)
    curve = 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, linear * 12.92, curve).astype(np.float32)


def luminance(picture: np.ndarray) -> np.ndarray:
    """Return the Rec.709 weighting (H, W) of an (H, W, 3 or more) picture: of display values, that is the luma."""
    return picture[..., :3] @ np.asarray(REC709_WEIGHTS, np.float32)


def to_uint8(picture: np.ndarray) -> np.ndarray:
    """Return 0..1 as the nearest of 0..255; what lies outside is clipped."""
    return _quantised(picture, np.uint8)


def to_uint16(picture: np.ndarray) -> np.ndarray:
    """Return 0..1 as the nearest of 0..65535; what lies outside is clipped."""
    return _quantised(picture, np.uint16)


def to_uint(picture: np.ndarray, bits: Bits) -> np.ndarray:
    """Return 0..1 as unsigned integers of 8 or 16 bits."""
    return to_uint8(picture) if bits == 8 else to_uint16(picture)


def from_uint(samples: np.ndarray) -> np.ndarray:
    """Return unsigned integers, their whole range, as float32 in 0..1; `to_uint` gives the same integers back."""
    floats = samples.astype(np.float32)
    floats /= np.float32(np.iinfo(samples.dtype).max)
    return floats


def in_unit_range(samples: np.ndarray) -> np.ndarray:
    """Return uint8, uint16 or float32 samples as float32 in 0..1; floats outside are clipped."""
    return np.clip(samples, 0, 1) if samples.dtype == np.float32 else from_uint(samples)


def _quantised(picture: np.ndarray, dtype: type[np.unsignedinteger]) -> np.ndarray:
    scaled = picture * np.float32(np.iinfo(dtype).max)
    np.rint(scaled, out=scaled)
    return np.clip(scaled, 0, np.iinfo(dtype).max, out=scaled).astype(dtype)
