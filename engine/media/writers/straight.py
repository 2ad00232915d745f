"""Colour under alpha, as a delivered file holds it."""

import numpy as np

from engine.compositing import bleed, premultiply
from engine.media.writers.slate import AlphaMode


def has_alpha(picture: np.ndarray) -> bool:
    """Return whether a picture is RGBA, not gray or RGB."""
    return picture.ndim == 3 and picture.shape[2] == 4


def in_mode(picture: np.ndarray, alpha: AlphaMode) -> np.ndarray:
    """Return a straight (H, W, 4) picture as a file of that mode holds it; gray and RGB are returned as they are.

    Straight colour is bled under alpha 0, so that edges keep their colour when the file is scaled.
    """
    if not has_alpha(picture):
        return picture
    return premultiply(picture) if alpha == "premultiplied" else bleed(picture)
