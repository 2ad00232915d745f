"""Driving a run to its end."""

from collections.abc import Generator
from typing import TypeVar

from engine.events import RunEvent

Result = TypeVar("Result")


def driven(run: Generator[RunEvent, None, Result]) -> tuple[list[RunEvent], Result]:
    """Return all events of ``run``, and its result."""
    events: list[RunEvent] = []
    while True:
        try:
            events.append(next(run))
        except StopIteration as stop:
            return events, stop.value
