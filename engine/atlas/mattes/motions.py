"""How an object and the ground moved through a clip, step by step."""

import numpy as np


class Motions:
    """Transforms (3, 3) of pixels (x, y) between any two frames, chained from those between neighbours.

    They stand still until steps are noted.
    """

    def __init__(self, count: int) -> None:
        self._object = np.tile(np.eye(3), (max(count - 1, 0), 1, 1))
        self._ground = self._object.copy()

    def note(self, a: int, b: int, of_object: np.ndarray, of_ground: np.ndarray) -> None:
        """Note how the object and the ground went from frame ``a`` to its neighbour ``b``."""
        for steps, step in ((self._object, of_object), (self._ground, of_ground)):
            steps[min(a, b)] = step if a < b else np.linalg.inv(step)

    def of_object(self, a: int, b: int) -> np.ndarray:
        """Return what takes the object's pixels in frame ``a`` to those in frame ``b``."""
        return _chained(self._object, a, b)

    def of_ground(self, a: int, b: int) -> np.ndarray:
        """Return what takes the ground's pixels in frame ``a`` to those in frame ``b``."""
        return _chained(self._ground, a, b)


def _chained(steps: np.ndarray, a: int, b: int) -> np.ndarray:
    found = np.eye(3)
    for step in steps[min(a, b) : max(a, b)]:
        found = step @ found
    return found if a < b else np.linalg.inv(found)
