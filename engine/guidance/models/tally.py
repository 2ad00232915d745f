"""How far a pull is, and how long the rest will take."""

import time
from collections import deque

from engine.events import Progress

# The pace is that of the last seconds, as networks change theirs.
PACE_SECONDS = 10.0
SECONDS_BETWEEN_EVENTS = 0.1


class Tally:
    """Counts the bytes of all files of a pull, and tells the progress."""

    def __init__(self, phase: str, total: int) -> None:
        self._phase, self._total = phase, total
        self._start = self._told = time.monotonic()
        self._done = 0
        self._recent: deque[tuple[float, int]] = deque([(self._start, 0)])

    def expect(self, total: int) -> None:
        """Note that all files together have ``total`` bytes."""
        self._total = total

    def move(self, done: int, *, jump: bool = False) -> None:
        """Note that ``done`` bytes are here; a ``jump`` (an earlier attempt's bytes) tells nothing of the pace."""
        self._done = done
        now = time.monotonic()
        if jump:
            self._recent.clear()
        self._recent.append((now, done))
        while len(self._recent) > 2 and self._recent[0][0] < now - PACE_SECONDS:
            self._recent.popleft()

    def is_due(self) -> bool:
        """Say whether so much time went by that the progress is worth telling."""
        return time.monotonic() - self._told >= SECONDS_BETWEEN_EVENTS

    def progress(self) -> Progress:
        """Return the progress, its steps in bytes."""
        self._told = time.monotonic()
        (before, first), (_, last) = self._recent[0], self._recent[-1]
        pace = (last - first) / (self._told - before) if self._told > before else 0.0
        total = max(self._total, self._done)
        remaining = (total - self._done) / pace if pace > 0 else None
        return Progress(self._phase, self._done, total, self._told - self._start, remaining, unit="bytes")
