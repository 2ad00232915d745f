"""Runs that yield the share of their work that is done, for callers that wait for the result alone."""

from collections.abc import Callable, Generator
from typing import TypeVar

Result = TypeVar("Result")


def finish(run: Generator[float, None, Result], on_share: Callable[[float], None] | None = None) -> Result:
    """Return the result of ``run``; ``on_share`` is told the share done, 0..1, as it grows."""
    while True:
        try:
            share = next(run)
        except StopIteration as stop:
            return stop.value
        if on_share:
            on_share(share)
