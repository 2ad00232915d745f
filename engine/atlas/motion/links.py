"""Links between frames: points that are the same place of one moving thing (the ground, or an object) in two frames."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from engine.atlas.motion.flow import Flows

POINTS = 400  # of a link at most
LEAST_POINTS = 24
REACH = 0.002  # of the larger side: how near points must come to a link's similarity to belong to its thing
TEXTURE_WINDOW = 7
WARPED_SIDE = 384  # pixels of the larger side at which distant frames are compared
LEAST_OVERLAP = 0.3  # of the region that distant frames must share

Region = Callable[[int], np.ndarray]  # the frame's index to (H, W) booleans: where the thing may be seen


@dataclass(frozen=True)
class Link:
    """Points (N, 2) of frame ``a`` and the same places in frame ``b``, in pixels.

    ``similarity`` (3, 3) takes most of the points from a to b.
    """

    a: int
    b: int
    points_a: np.ndarray
    points_b: np.ndarray
    similarity: np.ndarray


def neighbour_link(flows: Flows, a: int, b: int, region: Region) -> Link | None:
    """Return the link by the flow between neighbours; None where they show too little of the thing."""
    forward, seen = flows.between(a, b), region(a)
    start = _drawn_points(flows.frames[a], seen & flows.consistent(a, b), a)
    if len(start) < LEAST_POINTS:
        return None
    end = start + forward[start[:, 1], start[:, 0]]
    inside = _looked_up(region(b), end)
    return _linked(a, b, start[inside].astype(np.float64), end[inside].astype(np.float64), max(seen.shape))


def distant_link(flows: Flows, a: int, b: int, guess: np.ndarray, region: Region) -> Link | None:
    """Return the link of distant frames, compared once b is warped onto a by ``guess`` (3, 3), which takes a to b."""
    height, width = flows.frames[a].shape[:2]
    scale = min(1.0, WARPED_SIDE / max(height, width))
    size = (round(width * scale), round(height * scale))
    x, y = size[0] / width, size[1] / height
    shrink = np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])  # pixels' centres lie at whole numbers
    small_guess = shrink @ guess @ np.linalg.inv(shrink)
    onto = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR

    def small(picture: np.ndarray) -> np.ndarray:
        return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)

    first = small(flows.frames[a])
    second = cv2.warpPerspective(small(flows.frames[b]), small_guess, size, flags=onto, borderMode=cv2.BORDER_REPLICATE)
    seen = small(region(a).astype(np.float32)) > 0.99
    both = seen & (cv2.warpPerspective(small(region(b).astype(np.float32)), small_guess, size, flags=onto) > 0.99)
    if both.sum() < max(LEAST_POINTS, LEAST_OVERLAP * seen.sum()):
        return None
    forward, agreed = flows.compared(first, second)
    start = _drawn_points(first, both & agreed, a * len(flows) + b)
    if len(start) < LEAST_POINTS:
        return None
    end = transformed(small_guess, start + forward[start[:, 1], start[:, 0]])
    back = np.linalg.inv(shrink)
    return _linked(a, b, transformed(back, start), transformed(back, end), max(height, width))


def transformed(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the points (..., 2) through the homography ``matrix`` (3, 3), float64."""
    # No matrix products: on busy processors BLAS's threads wait long for each other.
    x, y = points[..., 0].astype(np.float64), points[..., 1].astype(np.float64)
    across, down, depth = (row[0] * x + row[1] * y + row[2] for row in matrix)
    return np.stack([across / depth, down / depth], -1)


def _drawn_points(frame: np.ndarray, allowed: np.ndarray, seed: int) -> np.ndarray:
    """Return at most POINTS pixels (N, 2) of those ``allowed``, of the better textured half."""
    texture = cv2.cornerMinEigenVal(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), TEXTURE_WINDOW)
    if not allowed.any():
        return np.zeros((0, 2), np.int64)
    chosen = np.flatnonzero(allowed & (texture >= np.median(texture[allowed])))
    if len(chosen) > POINTS:
        chosen = np.random.default_rng(seed).choice(chosen, POINTS, replace=False)
    return np.stack([chosen % allowed.shape[1], chosen // allowed.shape[1]], 1)


def _looked_up(region: np.ndarray, points: np.ndarray) -> np.ndarray:
    height, width = region.shape
    x, y = np.rint(points).astype(np.int64).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return inside & region[y.clip(0, height - 1), x.clip(0, width - 1)]


def _linked(a: int, b: int, start: np.ndarray, end: np.ndarray, side: int) -> Link | None:
    if len(start) < LEAST_POINTS:
        return None
    cv2.setRNGSeed(0)
    found, _ = cv2.estimateAffinePartial2D(start, end, ransacReprojThreshold=REACH * side, maxIters=500)
    return None if found is None else Link(a, b, start, end, np.vstack([found, [0, 0, 1]]))
