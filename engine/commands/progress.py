"""The events of a run on standard error: one updating line on a terminal, a line now and then elsewhere."""

import shutil
import sys
import time
from collections.abc import Generator
from contextlib import closing
from typing import TextIO, TypeVar

from engine.events import Notice, Progress, RunEvent

Result = TypeVar("Result")

SECONDS_BETWEEN_LINES = 15.0
MEGABYTE = 1_000_000


class ProgressLine:
    """Shows a run's events on ``stream``."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._updates = stream.isatty()
        self._shown = 0
        self._phase = ""
        self._last = 0.0

    def follow(self, run: Generator[RunEvent, None, Result]) -> Result:
        """Drive ``run`` to its end, showing its events, and return its result; it is closed where that is cut short."""
        try:
            with closing(run):
                while True:
                    self.show(next(run))
        except StopIteration as end:
            return end.value
        finally:
            self.end_line()

    def show(self, event: RunEvent) -> None:
        """Show what of ``event`` a terminal can show."""
        if isinstance(event, Notice):
            self.end_line()
            self._stream.write(f"{event.text}\n")
        elif isinstance(event, Progress):
            self._show_progress(event)
        self._stream.flush()

    def end_line(self) -> None:
        """Leave the cursor on a line of its own."""
        if self._shown:
            self._stream.write("\n")
            self._shown = 0

    def _show_progress(self, progress: Progress) -> None:
        if self._updates:
            line = describe(progress)[: shutil.get_terminal_size().columns - 1]
            # Blanks wipe out the rest of a longer line; not all consoles know the code that would.
            self._stream.write("\r" + line.ljust(self._shown))
            self._shown = len(line)
            return
        if progress.step == 0:
            return  # a phase only begins: the run may still be refused, in the one line that a log then holds
        now = time.monotonic()
        if (
            progress.phase != self._phase
            or progress.step == progress.steps
            or now >= self._last + SECONDS_BETWEEN_LINES
        ):
            self._stream.write(f"{describe(progress)}\n")
            self._phase, self._last = progress.phase, now


def describe(progress: Progress) -> str:
    """Return one line: phase, steps, times and the whole loss."""
    parts = [f"{progress.phase} {_share(progress)}" if progress.step else progress.phase, clock(progress.seconds)]
    if progress.remaining is not None:
        parts.append(f"{clock(progress.remaining)} left")
    if "total" in progress.losses:
        parts.append(f"loss {progress.losses['total']:.3f}")
    return "  ".join(parts)


def _share(progress: Progress) -> str:
    if progress.unit == "bytes":
        return f"{progress.step / MEGABYTE:.1f}/{progress.steps / MEGABYTE:.1f} MB"
    return f"{progress.step}/{progress.steps}"


def clock(seconds: float) -> str:
    """Return ``seconds`` as minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
