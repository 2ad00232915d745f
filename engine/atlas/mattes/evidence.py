"""Evidence for and against an object in a pixel, as log odds, which add up."""

import cv2
import numpy as np

from engine.atlas.mattes.edge_smoothing import smoothed_along_edges

SOFTNESS = 2.0  # pixels by which a carried outline is doubted
SUREST = 0.01
RADIUS, SMOOTHNESS = 3, 1e-4


def evidence_of(share: np.ndarray) -> np.ndarray:
    """Return the log odds of a ``share`` in 0..1, which is never quite believed."""
    share = np.clip(share, SUREST, 1 - SUREST)
    return np.log(share / (1 - share))


def matte_from(evidence: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """Return the matte (h, w) float32 that ``evidence`` (h, w) asks for, its edges those of ``picture`` (uint8)."""
    share = (1 / (1 + np.exp(-evidence))).astype(np.float32)
    smooth = smoothed_along_edges(share, picture.astype(np.float32) / 255, RADIUS, SMOOTHNESS)
    return np.clip((smooth - 0.2) / 0.6, 0, 1).astype(np.float32)


def soft(matte: np.ndarray, softness: float = SOFTNESS) -> np.ndarray:
    """Return the matte (h, w) float32 with its outline blurred, as far as it is doubted."""
    return cv2.GaussianBlur(matte, (0, 0), softness)
