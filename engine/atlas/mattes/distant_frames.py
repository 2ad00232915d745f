"""Judging a frame by others some frames away, where the object has moved on and what it hid is seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from engine.atlas.mattes.channels import channel_mean, lengths, within
from engine.atlas.mattes.layer_motion import FEWEST, object_flow
from engine.atlas.mattes.window import Window
from engine.atlas.motion.flow import DisFlow, grid
from engine.atlas.motion.links import transformed
from engine.filters import resampled

FITTING = 14.0  # levels
FURTHEST_REST = 10.0  # pixels by which a chain of motions may have drifted
SMOOTHING = 1.5  # pixels
UNSEEN = 255.0  # levels: the error of what another frame does not show
SMALLEST_COMPARED = 32  # pixels that flow needs


@dataclass(frozen=True)
class Explanation:
    """A window of a frame as another frame explains it by one thing's motion.

    ``places`` (h, w, 2) are those in the other frame, x and y; ``error`` (h, w) float32 is in levels, UNSEEN beyond it.
    """

    places: np.ndarray
    error: np.ndarray

    def looked_up(self, values: np.ndarray) -> np.ndarray:
        """Return the other frame's ``values`` (H, W) at the places, 0 beyond it."""
        return resampled(values, self.places, cv2.BORDER_CONSTANT)


class Explaining:
    """Explains RGB frames (H, W, 3) uint8 by each other: by a rough motion first, the rest by flow."""

    def __init__(self, frames: Sequence[np.ndarray]) -> None:
        self._frames = frames
        self._flow = DisFlow(cv2.DISOPTICAL_FLOW_PRESET_FAST)

    def __call__(self, window: Window, here: int, there: int, motion: np.ndarray, core: np.ndarray) -> Explanation:
        """Return the window of frame ``here`` as frame ``there`` shows it; ``motion`` (3, 3) takes it there roughly.

        The flow is followed in ``core`` (h, w) booleans, where nothing but the thing is seen, and goes on beyond.
        """
        now, other = np.ascontiguousarray(self._frames[here][window.part]), self._frames[there]
        rough = transformed(motion, window.places).astype(np.float32)
        rest = np.zeros_like(rough)
        if core.sum() >= FEWEST and min(now.shape[:2]) >= SMALLEST_COMPARED:
            seen = resampled(other, rough)
            found = self._flow.between(now, seen)
            fits = _apart(resampled(seen, grid(*now.shape[:2]) + found), now) < FITTING
            near = lengths(found) < FURTHEST_REST
            rest = object_flow(found, rest, core & fits & near)
        places = transformed(motion, window.places + rest).astype(np.float32)
        error = cv2.GaussianBlur(_apart(resampled(other, places), now), (0, 0), SMOOTHING)
        return Explanation(places, np.where(within(places, other.shape[:2]), error, np.float32(UNSEEN)))


def typical(errors: list[np.ndarray]) -> np.ndarray:
    """Return the second least of the errors (h, w), for the least may be by chance; the least where but one is seen."""
    if len(errors) == 1:
        return errors[0]
    least, second = np.partition(np.stack(errors), 1, 0)[:2]
    return np.where(second < UNSEEN, second, least)


def _apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return how far two pictures (h, w, 3) uint8 lie apart in the mean of their channels, (h, w) float32 levels."""
    return channel_mean(cv2.absdiff(one, other))
