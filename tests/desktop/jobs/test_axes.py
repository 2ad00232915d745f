import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from desktop.jobs.axes import Axes, number_text

BOX = QRectF(50, 10, 200, 100)
values = st.floats(1e-9, 1e9)
points = st.lists(st.tuples(st.integers(0, 100_000), values), min_size=1, max_size=20)


@given(points, st.booleans())
def test_every_point_that_is_shown_lies_in_the_box(points: list[tuple[int, float]], logarithmic: bool) -> None:
    axes = Axes.around(points, BOX, logarithmic)
    assert axes is not None
    room = BOX.adjusted(-1e-6, -1e-6, 1e-6, 1e-6)
    for step, value in points:
        place = axes.place(step, max(value, axes.low))
        assert room.contains(place)
        assert axes.step_at(place.x()) == pytest.approx(step, abs=1e-6 * (axes.last - axes.first) + 1e-6)


@given(points, st.booleans(), st.integers(1, 12))
def test_ticks_stand_in_the_box_apart_from_each_other(
    points: list[tuple[int, float]], logarithmic: bool, most: int
) -> None:
    axes = Axes.around(points, BOX, logarithmic)
    assert axes is not None
    ticks = axes.value_ticks(most)
    assert ticks == sorted(set(ticks))
    assert len(ticks) <= 3 * most + 3
    assert all(axes.low <= tick <= axes.high * (1 + 1e-9) for tick in ticks)
    steps = axes.step_ticks(most)
    assert steps == sorted(set(steps))
    assert len(steps) <= most + 1
    assert all(axes.first <= step <= axes.last for step in steps)


def test_larger_values_lie_higher_and_decades_are_even() -> None:
    axes = Axes.around([(0, 0.01), (10, 1.0)], BOX, logarithmic=True)
    assert axes is not None
    assert axes.y(1.0) < axes.y(0.1) < axes.y(0.01)
    assert axes.y(0.01) - axes.y(0.1) == pytest.approx(axes.y(0.1) - axes.y(1.0))


def test_a_linear_axis_begins_at_zero() -> None:
    axes = Axes.around([(0, 5.0), (10, 9.0)], BOX, logarithmic=False)
    assert axes is not None
    assert axes.y(0) == BOX.bottom()
    assert 0 in axes.value_ticks(4)


def test_zero_has_no_place_on_a_logarithmic_axis() -> None:
    axes = Axes.around([(0, 0.0), (1, 0.5)], BOX, logarithmic=True)
    assert axes is not None
    assert not axes.shows(0.0)
    assert Axes.around([(0, 0.0)], BOX, logarithmic=True) is None
    assert Axes.around([], BOX, logarithmic=False) is None


def test_one_value_alone_still_has_axes() -> None:
    for logarithmic in (True, False):
        axes = Axes.around([(7, 0.0 if not logarithmic else 0.3)], BOX, logarithmic)
        assert axes is not None
        assert math.isfinite(axes.y(axes.low))
        assert axes.high > axes.low


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.0206, "0.0206"), (1.254, "1.25"), (0.00004, "4.0e-5"), (2e5, "2.0e5"), (50, "50")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number_text(value) == text
