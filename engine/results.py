"""What a run returns."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.media.writers.slate import AlphaMode
from engine.project import EditLayer
from engine.report import AtlasReport, Report


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


@dataclass(frozen=True)
class ModelResult:
    """A model that was installed: its name, its folder, and what that takes on the disk."""

    name: str
    folder: Path
    bytes: int


@dataclass(frozen=True)
class CheckResult:
    """What a guide sees in the sample photograph.

    ``scores`` are captions with their probabilities (sum 1), the likeliest first; ``sees`` says that the guide can be
    trusted to see, ``verdict`` says so in one sentence.
    """

    guide: str
    scores: tuple[tuple[str, float], ...]
    sees: bool
    verdict: str
    seconds: float


@dataclass(frozen=True)
class AtlasResult:
    """An atlas that was fitted and written to ``folder``."""

    folder: Path
    report: AtlasReport


@dataclass(frozen=True)
class LayerEditResult:
    """An edit of one layer of an atlas.

    ``picture`` is (h, w, 4) float32, straight alpha, display space, over the extent of the layer's texture.
    """

    picture: np.ndarray
    report: Report


@dataclass(frozen=True)
class ImportResult:
    """A layer that came from another program, its files written; ``alpha`` is how the source held its colour."""

    layer: EditLayer
    alpha: AlphaMode


@dataclass(frozen=True)
class DeliveryResult:
    """What a delivery wrote: its files in the order of their frames, its sidecar, and its hand-off scripts."""

    files: tuple[Path, ...]
    sidecar: Path
    scripts: tuple[Path, ...]
