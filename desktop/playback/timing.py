"""When each frame of a clip is due. Free of Qt."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property


@dataclass(frozen=True)
class Timing:
    """How the frames ``numbers`` follow each other: ``rate`` a second, or at ``times`` where their rate varies.

    ``times`` are seconds, one a frame; ``rate`` is their mean then.
    """

    numbers: range
    rate: Fraction
    times: tuple[Fraction, ...] | None = None

    def seconds(self, number: int) -> float:
        """Return how long a frame stays."""
        place = number - self.numbers[0]
        return self._starts[place + 1] - self._starts[place]

    def steps(self, number: int, area: range, seconds: float) -> int:
        """Return how many frames have followed so many seconds after ``number`` began, round and round in ``area``.

        Backwards where ``seconds`` is negative: each frame stays as long as it does forwards. A frame outside of the
        area counts as its nearest end.
        """
        starts, first = self._starts, area[0] - self.numbers[0]
        end = first + len(area)
        place = min(max(number - self.numbers[0], first), end - 1)
        whole = starts[end] - starts[first]
        if seconds >= 0:
            rounds, rest = divmod(starts[place] - starts[first] + seconds, whole)
            there = min(bisect_right(starts, starts[first] + rest) - 1, end - 1)
            return int(rounds) * len(area) + there - place
        rounds, rest = divmod(starts[end] - starts[place + 1] - seconds, whole)
        there = max(bisect_left(starts, starts[end] - rest) - 1, first)
        return int(rounds) * len(area) + place - there

    @cached_property
    def _starts(self) -> list[float]:
        """When each frame begins, and, last, when the last one ends."""
        if self.times is None:
            return [float(place / self.rate) for place in range(len(self.numbers) + 1)]
        return [float(time) for time in (*self.times, self.times[-1] + 1 / self.rate)]
