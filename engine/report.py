"""The report that every run writes: what was asked, with what it was made, and what it cost."""

import dataclasses
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psutil

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Report:
    """The facts of one run. Seconds are wall-clock; memory in MB is the process's peak; sizes are (width, height)."""

    job: Mapping[str, Any]
    guide: str
    device: str
    seed: int
    steps: int
    size: tuple[int, int]
    training_size: tuple[int, int]
    seconds: Mapping[str, float]
    peak_memory_mb: float
    losses: Mapping[str, float] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the report as indented JSON text."""
        return json.dumps(dataclasses.asdict(self), indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class AtlasReport:
    """The facts of one fitting. ``psnr_db`` is the mean over frames, ``psnr_db_by_frame`` each frame's, at ``size``."""

    job: Mapping[str, Any]
    device: str
    frames: int
    fps: float
    clip_size: tuple[int, int]
    size: tuple[int, int]
    texture_sizes: Mapping[str, tuple[int, int]]
    rounds: int
    seconds: Mapping[str, float]
    peak_memory_mb: float
    psnr_db: float
    psnr_db_by_frame: tuple[float, ...]
    notices: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the report as indented JSON text."""
        return json.dumps(dataclasses.asdict(self), indent=2, ensure_ascii=False) + "\n"


def peak_memory_mb() -> float:
    """Return the largest resident memory of this process so far, in MB."""
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset / MEBIBYTE
    import resource  # absent on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MEBIBYTE if sys.platform == "darwin" else peak / 1024
