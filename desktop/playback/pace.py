"""Which frame comes next, and what is told about the pace. Free of Qt."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

WINDOW = 1.0  # seconds over which the pace is measured
HELD = 0.96  # of the rate: the eye does not see less


class Mode(StrEnum):
    """What gives way where frames come too late: the pace, or some frames."""

    EVERY_FRAME = "every frame"
    REAL_TIME = "real time"

    @property
    def label(self) -> str:
        """The name for menus."""
        return self.value.capitalize()


@dataclass(frozen=True)
class Pace:
    """Frames a second, as they were shown and as they should be, and how many were dropped since playing began."""

    shown: float
    wanted: float
    dropped: int

    @property
    def is_held(self) -> bool:
        """Whether the clip plays as it should."""
        return self.dropped == 0 and self.shown >= HELD * self.wanted

    def __str__(self) -> str:
        words = f"{self.shown:.1f} of {self.wanted:.4g} fps"
        return f"{words} · {self.dropped} dropped" if self.dropped else words


class Meter:
    """Counts the frames that were shown; ``rate`` is the wanted one before any was."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._shown: deque[tuple[float, float]] = deque()
        self.dropped = 0

    def show(self, now: float, seconds: float) -> None:
        """Note a frame that was shown at the time ``now`` and should stay for ``seconds``."""
        self._shown.append((now, seconds))
        while self._shown[0][0] < now - WINDOW:
            self._shown.popleft()

    def pace(self) -> Pace:
        """Return the pace over the last second."""
        shown = self._shown
        if len(shown) < 2:
            return Pace(0.0, self._rate, self.dropped)
        passed = shown[-1][0] - shown[0][0]
        wanted = 1 / fmean(seconds for _, seconds in shown)
        return Pace((len(shown) - 1) / passed if passed > 0 else 0.0, wanted, self.dropped)


def advanced(number: int, steps: int, area: range, loop: bool) -> int:
    """Return the frame so many steps on inside ``area``, back where negative; at the ends round, or held there.

    A frame outside of the area counts as its nearest end.
    """
    place = min(max(number, area[0]), area[-1]) - area[0] + steps
    return area[place % len(area)] if loop else area[min(max(place, 0), len(area) - 1)]
