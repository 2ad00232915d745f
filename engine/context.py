"""Where and how a run may work: what does not change its result."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RunContext:
    """What the runner grants a run.

    ``device`` is a torch device name; ``checkpoint`` a folder of the run's own, None for a run that keeps none;
    ``preview_every`` is in seconds, 0 for no previews.
    """

    device: str = "cpu"
    checkpoint: Path | None = None
    preview_every: float = 2.0
