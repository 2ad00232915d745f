import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.viewer.brush import LARGEST_BRUSH, SMALLEST_BRUSH, Brush, Stroke
from desktop.viewer.view import NOTHING

BRUSHES = st.builds(Brush, st.floats(1, 60), st.floats(0, 1), st.booleans())
PLACES = st.tuples(st.floats(-40, 120), st.floats(-40, 120))


def empty() -> np.ndarray:
    return np.zeros((80, 100), np.float32)


def test_a_dab_is_round_and_full_in_its_core() -> None:
    stroke = Stroke(empty(), Brush(size=20, hardness=0.5))
    stroke.to(50, 40)
    y, x = np.mgrid[:80, :100] + 0.5
    distance = np.hypot(x - 50, y - 40)
    assert (stroke.matte[distance < 5] == 1).all()
    assert (stroke.matte[distance > 11] == 0).all()
    ring = stroke.matte[(distance > 6.5) & (distance < 9)]
    assert ((ring > 0) & (ring < 1)).all()
    np.testing.assert_allclose(stroke.matte, stroke.matte[::-1], atol=1e-6)


def test_a_hard_brush_covers_its_own_area() -> None:
    stroke = Stroke(empty(), Brush(size=30, hardness=1.0))
    stroke.to(50, 40)
    assert stroke.matte.sum() == pytest.approx(np.pi * 15**2, rel=0.02)


def test_a_line_has_no_gaps() -> None:
    stroke = Stroke(empty(), Brush(size=6, hardness=1.0))
    stroke.to(5, 40)
    stroke.to(95, 40)
    assert (stroke.matte[39:41, 5:95] == 1).all()
    assert stroke.matte[30].max() == 0


def test_crossing_its_own_path_adds_nothing() -> None:
    once, twice = Stroke(empty(), Brush(20, 0.0)), Stroke(empty(), Brush(20, 0.0))
    for stroke in (once, twice):
        stroke.to(20, 40)
        stroke.to(80, 40)
    twice.to(20, 40)
    np.testing.assert_allclose(once.matte, twice.matte, atol=1e-6)


@given(BRUSHES, st.lists(PLACES, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_a_stroke_moves_values_one_way_and_only_where_it_says(brush: Brush, places: list[tuple[float, float]]) -> None:
    before = np.random.default_rng(0).random((80, 100), np.float32)
    given = before.copy()
    stroke = Stroke(before, brush)
    for place in places:
        previous = stroke.matte.copy()
        part = stroke.to(*place)
        outside = np.ones_like(before, bool)
        outside[part.top : part.bottom, part.left : part.right] = False
        np.testing.assert_array_equal(stroke.matte[outside], previous[outside])
    np.testing.assert_array_equal(before, given)
    change = stroke.matte - before
    assert (change <= 1e-6).all() if brush.erase else (change >= -1e-6).all()
    assert stroke.matte.min() >= 0
    assert stroke.matte.max() <= 1


def test_drawing_beside_the_picture_changes_nothing() -> None:
    stroke = Stroke(empty(), Brush(10))
    assert stroke.to(-50, -50) == NOTHING
    assert not stroke.matte.any()


def test_a_brush_stays_within_its_sizes() -> None:
    assert Brush().resized(-3).size == SMALLEST_BRUSH
    assert Brush().resized(1e9).size == LARGEST_BRUSH
    assert Brush(erase=True).resized(50) == Brush(size=50, erase=True)
