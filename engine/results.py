"""What a run returns."""

from dataclasses import dataclass

import numpy as np

from engine.report import Report


@dataclass(frozen=True)
class EditResult:
    """An edit layer at the picture's full size.

    ``layer`` is (H, W, 4) float32, straight alpha, display space; ``matte`` (H, W) float32 in 0..1, the region
    the edit was kept to, None where it was free.
    """

    layer: np.ndarray
    matte: np.ndarray | None
    report: Report


@dataclass(frozen=True)
class MatteResult:
    """A subject's matte, (H, W) float32 in 0..1 at the picture's full size."""

    matte: np.ndarray
