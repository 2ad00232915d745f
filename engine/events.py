"""What a run answers while it goes on, and how it ends. Values only, safe to pass between threads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np


@dataclass(frozen=True)
class Progress:
    """One step is done.

    ``remaining`` is in seconds, None while unknown; ``losses`` maps a loss's name to its weighted value; ``unit`` is
    that of ``step`` and ``steps``.
    """

    phase: str
    step: int
    steps: int
    seconds: float
    remaining: float | None = None
    losses: Mapping[str, float] = field(default_factory=dict)
    unit: Literal["steps", "bytes"] = "steps"


@dataclass(frozen=True)
class Preview:
    """The edit layer as it stands: (H, W, 4) float32, straight alpha, display space, at training size."""

    layer: np.ndarray
    step: int


@dataclass(frozen=True)
class MatteFound:
    """The subject's matte, (H, W) float32 in 0..1 at the footage's size."""

    matte: np.ndarray


@dataclass(frozen=True)
class Notice:
    """One sentence that the user should read; the run goes on."""

    text: str


@dataclass(frozen=True)
class Done:
    """The run ended well; ``result`` is what its generator returned."""

    result: object


@dataclass(frozen=True)
class Failed:
    """The run ended badly: ``message`` is one sentence; ``bug`` says that the user cannot mend it.

    ``details`` holds the traceback of a bug, for a log, never for the screen.
    """

    message: str
    bug: bool = False
    details: str = ""


@dataclass(frozen=True)
class Cancelled:
    """The run, or the waiting job, was cancelled."""


RunEvent = Progress | Preview | MatteFound | Notice
Ending = Done | Failed | Cancelled
Event = RunEvent | Ending
