"""Sums over the few channels of a pixel: numpy's, along so short an axis, take ten times as long."""

import cv2
import numpy as np


def channel_mean(picture: np.ndarray) -> np.ndarray:
    """Return the mean (h, w) float32 of the channels of a picture (h, w, 3)."""
    return cv2.transform(picture.astype(np.float32, copy=False), np.full((1, 3), 1 / 3, np.float32))


def lengths(vectors: np.ndarray) -> np.ndarray:
    """Return the lengths (h, w) of vectors (h, w, 2)."""
    return np.hypot(vectors[..., 0], vectors[..., 1])


def within(places: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return (h, w) booleans: where ``places`` (h, w, 2), x and y, lie in a frame of ``size`` (height, width)."""
    x, y = places[..., 0], places[..., 1]
    return (x >= 0) & (x <= size[1] - 1) & (y >= 0) & (y <= size[0] - 1)
