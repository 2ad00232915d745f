"""Carrying a delivery out."""

from collections.abc import Callable
from typing import Any

from engine.context import RunContext
from engine.events import Notice, Progress
from engine.results import DeliveryResult
from engine.runs import run

Deliver = Callable[..., DeliveryResult]


def finish(job: Any, context: RunContext | None = None) -> tuple[DeliveryResult, list[str]]:
    """Carry a delivery out; return its result and the notices."""
    running, notices = run(job, context or RunContext()), []
    while True:
        try:
            event = next(running)
        except StopIteration as stop:
            return stop.value, notices
        if isinstance(event, Notice):
            notices.append(event.text)
        else:
            assert isinstance(event, Progress)
