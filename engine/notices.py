"""Keeping a run's notices for its report."""

from collections.abc import Generator
from typing import TypeVar

from engine.events import Notice, RunEvent

Result = TypeVar("Result")


def noting(run: Generator[RunEvent, None, Result], notices: list[str]) -> Generator[RunEvent, None, Result]:
    """Pass the run's events on, and add its notices to ``notices``."""
    try:
        while True:
            event = next(run)
            if isinstance(event, Notice):
                notices.append(event.text)
            yield event
    except StopIteration as stop:
        return stop.value
    finally:
        run.close()
