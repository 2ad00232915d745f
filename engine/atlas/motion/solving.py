"""All frames' transforms at once from the links between them, so that small errors do not add up along the clip.

Gauss-Newton with reweighting. A frame's transform changes by what is done to the frame's own points before it, and a
link's error is measured in its second frame: so no frame counts more for being shown larger, and nothing shrinks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from engine.atlas.motion.links import Link, transformed

TOLERANCE = 0.0025  # of the larger side: an error that halves a point's weight
BEND = 0.2  # of the larger side: how far a corner may leave the similarity before that weighs like the tolerance
ROUNDS = 8
CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64)


class Model(IntEnum):
    """What a frame may do against the reference; the value is its number of parameters."""

    SIMILARITY = 4
    AFFINE = 6
    HOMOGRAPHY = 8


@dataclass(frozen=True)
class Normalised:
    """Pixels of frames (height, width) as coordinates about the middle, the larger side from -1 to 1."""

    height: int
    width: int

    @property
    def matrix(self) -> np.ndarray:
        """What takes pixels there, (3, 3)."""
        half = max(self.height, self.width) / 2
        return np.array(
            [[1 / half, 0, -(self.width - 1) / 2 / half], [0, 1 / half, -(self.height - 1) / 2 / half], [0, 0, 1]]
        )

    @property
    def corners(self) -> np.ndarray:
        """The frame's corners there, (4, 2)."""
        return CORNERS * np.array([self.width, self.height]) / max(self.height, self.width)


def solve(
    links: Sequence[Link], start: np.ndarray, fixed: int, model: Model, size: tuple[int, int], bounded: bool = False
) -> np.ndarray:
    """Return transforms (T, 3, 3), pixels to pixels, on which the links' points meet, ``start`` (T, 3, 3) bettered.

    The frame ``fixed`` keeps its transform. ``size`` is (height, width). Where ``bounded``, the corners stay near
    those of ``start``: a long path of small tilts then bends the plane no further than that.
    """
    frame = Normalised(*size)
    back = np.linalg.inv(frame.matrix)
    current = frame.matrix @ start @ back
    held = current.copy() if bounded else None
    ends = [(transformed(frame.matrix, link.points_a), transformed(frame.matrix, link.points_b)) for link in links]
    for _ in range(ROUNDS):
        normal, right = _equations(links, ends, current, model)
        if held is not None:
            _hold(normal, right, current, held, frame, model)
        step = _solved(normal, right, fixed)
        current = current @ (np.eye(3) + np.einsum("tk,kij->tij", step, GENERATORS[:model]))
        current /= current[:, 2:, 2:]
        if np.abs(step).max() < 1e-5:
            break
    return back @ current @ frame.matrix


# The ways in which a frame can change: shifts, turn, size; stretch and shear; two tilts.
GENERATORS = np.zeros((8, 3, 3))
GENERATORS[0, 0, 2] = GENERATORS[1, 1, 2] = 1
GENERATORS[2, :2, :2] = [[0, -1], [1, 0]]
GENERATORS[3, :2, :2] = [[1, 0], [0, 1]]
GENERATORS[4, :2, :2] = [[1, 0], [0, -1]]
GENERATORS[5, :2, :2] = [[0, 1], [1, 0]]
GENERATORS[6, 2, 0] = GENERATORS[7, 2, 1] = -1


def _velocities(points: np.ndarray, model: Model) -> np.ndarray:
    """Return how each parameter moves the points, (N, 2, K)."""
    x, y = points.T
    one, none = np.ones_like(x), np.zeros_like(x)
    along_x = [one, none, -y, x, x, y, x * x, x * y]
    along_y = [none, one, x, y, -y, x, x * y, y * y]
    return np.stack([np.stack(along_x[:model], -1), np.stack(along_y[:model], -1)], 1)


def _slopes(matrix: np.ndarray, points: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return the derivative (N, 2, 2) of the points through ``matrix``."""
    depth = points[:, 0] * matrix[2, 0] + points[:, 1] * matrix[2, 1] + matrix[2, 2]
    return (matrix[None, :2, :2] - ends[:, :, None] * matrix[2, :2]) / depth[:, None, None]


def _equations(
    links: Sequence[Link], ends: Sequence[tuple[np.ndarray, np.ndarray]], current: np.ndarray, model: Model
) -> tuple[np.ndarray, np.ndarray]:
    """Return the normal equations (T, K, T, K) and (T, K) of the links' errors."""
    normal, right = np.zeros((len(current), model, len(current), model)), np.zeros((len(current), model))
    tolerance = 2 * TOLERANCE  # the larger side is 2 long
    for link, (first, second) in zip(links, ends, strict=True):
        through = np.linalg.inv(current[link.b]) @ current[link.a]
        landed = transformed(through, first)
        error = second - landed
        weight = 1 / (1 + (error**2).sum(1) / tolerance**2) / (tolerance**2 * len(error))
        moved_a = np.einsum("nij,njk->nik", _slopes(through, first, landed), _velocities(first, model))
        moved_b = -_velocities(landed, model)
        for frame, moved in ((link.a, moved_a), (link.b, moved_b)):
            right[frame] += np.einsum("n,nik,ni->k", weight, moved, error)
            for other, also in ((link.a, moved_a), (link.b, moved_b)):
                normal[frame, :, other] += np.einsum("n,nik,nil->kl", weight, moved, also)
    return normal, right


def _hold(
    normal: np.ndarray, right: np.ndarray, current: np.ndarray, held: np.ndarray, frame: Normalised, model: Model
) -> None:
    """Add to the equations that the corners stay near those of ``held``."""
    weight = 1 / (2 * BEND) ** 2 / len(CORNERS)
    for index in range(len(current)):
        away = np.linalg.inv(held[index]) @ current[index]
        landed = transformed(away, frame.corners)
        moved = np.einsum("nij,njk->nik", _slopes(away, frame.corners, landed), _velocities(frame.corners, model))
        normal[index, :, index] += weight * np.einsum("nik,nil->kl", moved, moved)
        right[index] += weight * np.einsum("nik,ni->k", moved, frame.corners - landed)


def _solved(normal: np.ndarray, right: np.ndarray, fixed: int) -> np.ndarray:
    """Return the step (T, K), none for the frame ``fixed`` and for frames that no link holds."""
    count, model = right.shape
    free = np.arange(count) != fixed
    size = free.sum() * model
    matrix = normal[free][:, :, free].reshape(size, size)
    matrix[np.diag_indices(size)] += 1e-6
    step = np.zeros_like(right)
    step[free] = np.linalg.solve(matrix, right[free].ravel()).reshape(-1, model)
    return step
