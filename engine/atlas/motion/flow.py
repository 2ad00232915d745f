"""Optical flow between frames of a clip: where each pixel of one frame lies in another.

A flow from a to b is (H, W, 2) float32, in pixels (x, y): what is seen at p in a is seen at p + flow[p] in b.
"""

from collections import OrderedDict
from collections.abc import Generator, Sequence
from typing import Protocol

import cv2
import numpy as np

from engine.filters import resampled

KEPT_BYTES = 2_000_000_000  # of flows; beyond that the oldest are computed again
CONSISTENT_SHARE, CONSISTENT_OFFSET = 0.01, 0.5


class Flow(Protocol):
    """A method of optical flow."""

    name: str

    def between(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return the flow (H, W, 2) float32 from ``a`` to ``b``, RGB frames (H, W, 3) uint8 of one size."""
        ...


class DisFlow:
    """Dense inverse search (Kroeger et al., ECCV 2016): 50 ms a pair at 768 x 432 on two cores."""

    name = "dis"

    def __init__(self, preset: int = cv2.DISOPTICAL_FLOW_PRESET_MEDIUM) -> None:
        self._search = cv2.DISOpticalFlow.create(preset)

    def between(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return the flow (H, W, 2) float32 from ``a`` to ``b``, RGB frames (H, W, 3) uint8 of one size."""
        gray = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (a, b)]
        return self._search.calc(gray[0], gray[1], None)  # type: ignore[call-overload]  # the stub knows no None


class Flows:
    """The flows of a clip's frames, computed when first asked for; those between neighbours are kept as float16.

    ``frames`` holds RGB frames (H, W, 3) uint8 of one ``size``, which is (H, W).
    """

    def __init__(
        self, frames: Sequence[np.ndarray] | np.ndarray, flow: Flow | None = None, kept_bytes: int = KEPT_BYTES
    ) -> None:
        self.frames = frames
        self._flow = flow or DisFlow()
        self._kept: OrderedDict[tuple[int, int], np.ndarray] = OrderedDict()
        self.size = (int(frames[0].shape[0]), int(frames[0].shape[1]))
        self._room = max(2, kept_bytes // (self.size[0] * self.size[1] * 4))

    def __len__(self) -> int:
        return len(self.frames)

    def between(self, a: int, b: int) -> np.ndarray:
        """Return the flow (H, W, 2) float32 from the frame at index ``a`` to the one at ``b``."""
        if (a, b) in self._kept:
            self._kept.move_to_end((a, b))
            return self._kept[a, b].astype(np.float32)
        found = self._flow.between(self.frames[a], self.frames[b])
        if abs(a - b) != 1:
            return found
        self._kept[a, b] = found.astype(np.float16)
        if len(self._kept) > self._room:
            self._kept.popitem(last=False)
        return self._kept[a, b].astype(np.float32)  # the same as later calls give

    def consistent(self, a: int, b: int) -> np.ndarray:
        """Return (H, W) booleans: where the flows from ``a`` to ``b`` and back agree."""
        return consistency(self.between(a, b), self.between(b, a))

    def to_picture(self, a: int, picture: np.ndarray) -> np.ndarray:
        """Return the flow (H, W, 2) float32 from the frame at index ``a`` to a picture (H, W, 3) uint8 of its size."""
        return self._flow.between(self.frames[a], picture)

    def compared(self, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the flow between any two pictures of one size, and where it agrees with the flow back."""
        forward = self._flow.between(a, b)
        return forward, consistency(forward, self._flow.between(b, a))

    def compute(self) -> Generator[float]:
        """Compute all flows between neighbours, both ways, yielding the share that is done."""
        for index in range(1, len(self)):
            self.between(index - 1, index)
            self.between(index, index - 1)
            yield index / (len(self) - 1)


def consistency(forward: np.ndarray, backward: np.ndarray) -> np.ndarray:
    """Return (H, W) booleans: where ``backward`` undoes ``forward`` (Sundaram et al., ECCV 2010, equation 5).

    Not so where something is hidden in the other frame, or leaves it.
    """
    returned, inside = warp(backward, forward)
    size = (forward**2).sum(-1) + (returned**2).sum(-1)
    return inside & (((forward + returned) ** 2).sum(-1) < CONSISTENT_SHARE * size + CONSISTENT_OFFSET)


def grid(height: int, width: int) -> np.ndarray:
    """Return the coordinates (x, y) of all pixels, (H, W, 2) float32."""
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)


def warp(values: np.ndarray, flow: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return ``values`` (H, W[, C]) as seen at ``flow``'s ends, and (H, W) booleans: where these lie in the frame."""
    height, width = flow.shape[:2]
    ends = grid(height, width) + flow
    inside = ((ends >= 0) & (ends <= (width - 1, height - 1))).all(-1)
    return resampled(values, ends), inside
