"""When which frame is due, and what is told about it. Free of Qt."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

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
    """Counts the frames that were shown."""

    def __init__(self, rate: Fraction, speed: int) -> None:
        self._wanted = float(rate) * abs(speed)
        self._times: deque[float] = deque()
        self.dropped = 0

    def show(self, now: float) -> None:
        """Note a frame that was shown at a time in seconds."""
        self._times.append(now)
        while self._times and self._times[0] < now - WINDOW:
            self._times.popleft()

    def pace(self) -> Pace:
        """Return the pace over the last second."""
        times = self._times
        passed = times[-1] - times[0] if len(times) > 1 else 0.0
        return Pace((len(times) - 1) / passed if passed > 0 else 0.0, self._wanted, self.dropped)


def advanced(number: int, steps: int, area: range, loop: bool) -> int:
    """Return the frame so many steps on inside ``area``, back where negative; at the ends round, or held there.

    A frame outside of the area counts as its nearest end.
    """
    place = min(max(number, area[0]), area[-1]) - area[0] + steps
    return area[place % len(area)] if loop else area[min(max(place, 0), len(area) - 1)]
