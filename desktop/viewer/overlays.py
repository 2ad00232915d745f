"""Single channels, the matte's tint and the matte view. Pictures are (H, W, 3), mattes (H, W), float32 in 0..1."""

import numpy as np

from desktop.viewer.look import Channel

TINT = np.array((1.0, 0.12, 0.12), np.float32)
TINT_STRENGTH = 0.5
LEAST_PARTIAL = np.array((0.55, 0.0, 0.1), np.float32)
MOST_PARTIAL = np.array((1.0, 0.8, 0.15), np.float32)

_COLUMN = {Channel.RED: 0, Channel.GREEN: 1, Channel.BLUE: 2}


def one_channel(rgb: np.ndarray, channel: Channel) -> np.ndarray:
    """Return the picture of a colour channel in gray; the picture itself for RGB."""
    return gray(rgb[..., _COLUMN[channel]]) if channel in _COLUMN else rgb


def gray(values: np.ndarray) -> np.ndarray:
    """Return a gray picture of (H, W) values, which it shares; not to be written to."""
    return np.broadcast_to(values[..., None], (*values.shape, 3))


def tinted(rgb: np.ndarray, matte: np.ndarray) -> np.ndarray:
    """Return the picture with the matte's inside tinted."""
    return rgb + (TINT - rgb) * (matte[..., None] * TINT_STRENGTH)


def matte_picture(matte: np.ndarray) -> np.ndarray:
    """Return the matte, 0 black and 1 white, and all between on a warm ramp on which no value hides."""
    picture = gray(matte).copy()
    partial = (matte > 0) & (matte < 1)
    amount = matte[partial][:, None]
    picture[partial] = LEAST_PARTIAL + (MOST_PARTIAL - LEAST_PARTIAL) * amount
    return picture
