"""How an object moves near its outline, where the measured flow blurs its motion into that of what lies behind."""

import cv2
import numpy as np

from engine.atlas.mattes.channels import channel_mean, lengths
from engine.atlas.mattes.window import Window

LEVELS = 6
KERNEL = np.ones((3, 3), np.uint8)
FEWEST = 80  # pixels of the inside that tell a motion
EDGE_INSIDE, EDGE_OUTSIDE = 5, 10  # pixels along an outline whose flow is not trusted
LEAST_DEVIATION, DEVIATIONS = 1.5, 4.0  # pixels, and medians, by which a flow may leave the object's similarity
SMOOTHING = 1.5  # pixels
NOISE = 6.0  # levels
STRONGEST = 3.0


def inside(matte: np.ndarray, trusted: np.ndarray, edge: int = EDGE_INSIDE) -> np.ndarray:
    """Return where the flow tells the motion of what ``matte`` (h, w) shows: not along its outline, if that leaves any.

    ``trusted`` (h, w) says where the flow is consistent.
    """
    shown = (matte > 0.5).astype(np.uint8)
    for width in (edge, edge // 2, 1):
        core = (cv2.erode(shown, KERNEL, iterations=width) > 0) & trusted
        if core.sum() >= FEWEST:
            break
    return core


def outside(matte: np.ndarray, edge: int = EDGE_OUTSIDE) -> np.ndarray:
    """Return where the flow tells the motion of what lies around."""
    return cv2.dilate((matte > 0.5).astype(np.uint8), KERNEL, iterations=edge) == 0


def extrapolated(flow: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the flow (h, w, 2) continued from where it is ``known`` (h, w) into the rest, by pull and push."""
    weights: list[np.ndarray] = [known.astype(np.float32)]
    sums: list[np.ndarray] = [flow * weights[0][..., None]]
    for _ in range(LEVELS):
        weights.append(np.asarray(cv2.pyrDown(weights[-1])))
        sums.append(np.asarray(cv2.pyrDown(sums[-1])))
    result = sums[-1] / np.maximum(weights[-1], 1e-6)[..., None]
    for total, weight in zip(sums[-2::-1], weights[-2::-1], strict=True):
        coarse = cv2.pyrUp(result, dstsize=weight.shape[::-1])
        share = np.clip(4 * weight, 0, 1)[..., None]
        result = share * total / np.maximum(weight, 1e-6)[..., None] + (1 - share) * coarse
    return result


def object_flow(flow: np.ndarray, rigid: np.ndarray, core: np.ndarray) -> np.ndarray:
    """Return the flow of an object as if it went on beyond its outline, (h, w, 2).

    ``rigid`` is that of its similarity; ``flow``, measured, is followed in its ``core`` unless it leaves that far.
    """
    if core.sum() < FEWEST:
        return rigid
    away = flow - rigid
    size = lengths(away)
    core = core & (size < max(LEAST_DEVIATION, DEVIATIONS * float(np.median(size[core]))))
    return rigid + extrapolated(away, core)


def layer_evidence(
    window: Window, frame: np.ndarray, others: list[tuple[np.ndarray, np.ndarray]], matte: np.ndarray
) -> np.ndarray:
    """Return evidence (h, w): above 0 where the object's motion explains other frames better than that around it.

    ``frame`` is (H, W, 3) float32, ``others`` holds frames like it, each with the flow (H, W, 2) to it; ``matte``
    (h, w) says roughly where the object is. Each motion is judged by the frame that it explains best, for what is
    hidden in the next frame is mostly seen in the one before.
    """
    core, around = inside(matte, np.ones(matte.shape, bool)), outside(matte)
    if core.sum() < FEWEST or not around.any():
        return np.zeros(matte.shape, np.float32)
    errors = []
    for known in (core, around):
        found = []
        for other, flow in others:
            carried = extrapolated(flow[window.part], known)
            error = channel_mean(cv2.absdiff(window.looked_up(other, carried), frame[window.part]))
            found.append(cv2.GaussianBlur(error, (0, 0), SMOOTHING))
        errors.append(np.min(found, 0))
    return evidence_between(*errors)


def evidence_between(own: np.ndarray, behind: np.ndarray) -> np.ndarray:
    """Return evidence (h, w) for the object's motion from the errors, in levels, of explaining by it or by another."""
    return np.clip((behind - own) / (NOISE + 0.5 * np.minimum(own, behind)), -STRONGEST, STRONGEST)
