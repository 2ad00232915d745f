"""Straight or premultiplied: told from the pixels, where the file does not say.

Premultiplied colour is never above its alpha. Straight colour does not care: wherever alpha is lower than the colour
that the layer has elsewhere, some of it will lie above.
"""

from dataclasses import dataclass

import numpy as np

from engine.media.rgba_info import RgbaInfo
from engine.media.writers.slate import AlphaMode

LEAST_STEP = 1 / 1024  # finer differences are not seen, and other programs' rounding may make them
LOSSY_STEP = 10 / 255
STRAIGHT_SHARE = 0.02
LOW_SHARE, LEAST_LOW = 0.005, 4
DENSE = 0.75  # of the highest alpha


@dataclass(frozen=True)
class Evidence:
    """Counts of pixels that are not opaque; they can be added up over frames.

    ``partial`` have some alpha; of ``above`` the colour is brighter than alpha, which premultiplied colour never is;
    ``low`` have less alpha than the dense parts have colour, so that straight colour would mostly be above;
    ``differing`` look different when read either way.
    """

    partial: int = 0
    above: int = 0
    low: int = 0
    differing: int = 0

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(
            self.partial + other.partial,
            self.above + other.above,
            self.low + other.low,
            self.differing + other.differing,
        )

    @property
    def alpha(self) -> AlphaMode | None:
        """How the colour lies under alpha, None where that cannot be told; straight where it makes no difference."""
        if self.above > STRAIGHT_SHARE * (self.partial + self.above) or not self.differing:
            return "straight"
        return "premultiplied" if self.low >= max(LEAST_LOW, LOW_SHARE * self.partial) else None


def evidence_of(rgba: np.ndarray, step: float) -> Evidence:
    """Return what a frame as it is stored, (H, W, 4) in 0..1, tells; smaller differences than ``step`` do not count."""
    alpha, colour = rgba[..., 3], rgba[..., :3].max(-1)
    partial = (alpha > step) & (alpha < 1 - step)
    clear = alpha <= step
    dense = alpha >= max(DENSE * float(alpha.max()), step)
    typical = float(np.median(colour[dense])) if dense.any() else 0.0
    return Evidence(
        partial=int(partial.sum()),
        above=int(((partial | clear) & (colour > alpha + step)).sum()),
        low=int((partial & (alpha < typical - step)).sum()),
        differing=int((partial & (colour * (1 - alpha) > step)).sum()),
    )


def step_of(info: RgbaInfo) -> float:
    """Return the difference between two values that counts in a file: more than its rounding, or its compression."""
    return max(1.5 / ((1 << min(info.bits, 16)) - 1), LEAST_STEP) if info.is_exact else LOSSY_STEP
