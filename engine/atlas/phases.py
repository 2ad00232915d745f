"""The phases of a run on an atlas: what they took, and the events that tell of them."""

import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from engine.events import Notice, Progress, RunEvent

Result = TypeVar("Result")


@dataclass
class Phases:
    """Seconds by phase, and the notices that the report is to hold."""

    seconds: dict[str, float] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def told(self, phase: str, done: int, steps: int, began: float) -> Progress:
        """Return the progress of a phase, whose time is noted; ``began`` is on the monotonic clock."""
        spent = time.monotonic() - began
        self.seconds[phase] = round(spent, 3)
        return Progress(phase, done, steps, spent, spent / done * (steps - done) if done else None)

    def following(self, phase: str, steps: int, work: Iterable[object]) -> Generator[RunEvent, None, None]:
        """Tell of a phase's progress, one step for each thing that ``work`` yields."""
        began = time.monotonic()
        for done, _ in enumerate(work, 1):
            yield self.told(phase, done, steps, began)

    def sharing(self, phase: str, work: Generator[float, None, Result]) -> Generator[RunEvent, None, Result]:
        """Tell of the share done, in hundredths, that ``work`` yields; return what it returns."""
        began = time.monotonic()
        while True:
            try:
                share = next(work)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            yield self.told(phase, round(share * 100), 100, began)

    def note(self, text: str) -> Notice:
        """Return a notice that the report will hold, too."""
        self.notices.append(text)
        return Notice(text)
