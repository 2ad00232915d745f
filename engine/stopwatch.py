"""Seconds by phase, for reports."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Stopwatch:
    """Measures phases one after another; ``seconds`` are wall-clock, by the phase's name."""

    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """The seconds of all phases measured so far."""
        return sum(self.seconds.values())

    @contextmanager
    def phase(self, name: str) -> Generator[None]:
        """Measure the block as the phase ``name``."""
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 3)
