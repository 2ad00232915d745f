"""The axes of a chart: where a step and a value lie, and where ticks stand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from PySide6.QtCore import QPointF, QRectF

# A logarithmic axis shows at most this many decades under its largest value; less is as good as nothing.
MOST_DECADES = 6
NICE = (1, 2, 5, 10)


@dataclass(frozen=True)
class Axes:
    """Steps run to the right over ``box``, values upwards, from ``low`` to ``high``."""

    box: QRectF
    first: int
    last: int
    low: float
    high: float
    logarithmic: bool

    @classmethod
    def around(cls, points: Sequence[tuple[int, float]], box: QRectF, logarithmic: bool) -> Self | None:
        """Return axes that hold all (step, value) ``points``; None where there are none that can be shown."""
        values = [value for _, value in points if value > 0 or not logarithmic]
        if not values or box.width() < 1 or box.height() < 1:
            return None
        steps = [step for step, _ in points]
        low, high = _log_range(values) if logarithmic else _linear_range(values)
        return cls(box, min(steps), max(max(steps), min(steps) + 1), low, high, logarithmic)

    def shows(self, value: float) -> bool:
        """Whether the value has a place; on a logarithmic axis zero and less have none."""
        return value > 0 or not self.logarithmic

    def x(self, step: float) -> float:
        """Return the place of ``step``."""
        return self.box.left() + (step - self.first) / (self.last - self.first) * self.box.width()

    def y(self, value: float) -> float:
        """Return the place of ``value``."""
        low, high, value = (self._scaled(each) for each in (self.low, self.high, value))
        return self.box.bottom() - (value - low) / (high - low) * self.box.height()

    def place(self, step: int, value: float) -> QPointF:
        """Return the place of a point."""
        return QPointF(self.x(step), self.y(value))

    def step_at(self, x: float) -> float:
        """Return the step at the place ``x``."""
        return self.first + (x - self.box.left()) / self.box.width() * (self.last - self.first)

    def step_ticks(self, most: int) -> list[int]:
        """Return at most about ``most`` round steps."""
        spacing = max(round(_nice_step((self.last - self.first) / max(most, 1))), 1)
        start = math.ceil(self.first / spacing) * spacing
        return list(range(start, self.last + 1, spacing))

    def value_ticks(self, most: int) -> list[float]:
        """Return about ``most`` round values."""
        if not self.logarithmic:
            spacing = _nice_step((self.high - self.low) / max(most, 1))
            start = math.ceil(self.low / spacing)
            return [index * spacing for index in range(start, math.floor(self.high / spacing) + 1)]
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        factors = (1, 2, 5) if last - first <= max(most // 2, 1) else (1,)
        every = math.ceil((last - first) / max(most, 1))
        ticks = [factor * 10.0**power for power in range(first, last + 1, max(every, 1)) for factor in factors]
        return [tick for tick in ticks if self.low <= tick <= self.high]

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self.logarithmic else value


def number_text(value: float) -> str:
    """Return a number in few characters: three digits that count, in powers of ten where very small or large."""
    if value == 0:
        return "0"
    return f"{value:.3g}" if 1e-3 <= abs(value) < 1e5 else f"{value:.1e}".replace("e-0", "e-").replace("e+0", "e")


def _linear_range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(*values, 0), max(*values, 0)
    return (low, high * 1.05 + 1e-12) if high > low else (low, low + 1)


def _log_range(values: Sequence[float]) -> tuple[float, float]:
    high = max(values)
    low = max(min(values), high / 10**MOST_DECADES)
    return low / 1.15, high * 1.15


def _nice_step(least: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is not under ``least``."""
    if least <= 0:
        return 1
    power = 10.0 ** math.floor(math.log10(least))
    return next(nice * power for nice in NICE if nice * power >= least * (1 - 1e-9))
