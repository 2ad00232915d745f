import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.viewer.view import (
    EVERYTHING,
    LARGEST_SCALE,
    NOTHING,
    SMALLEST_SCALE,
    Rect,
    Size,
    View,
    fitted,
    zoom_step,
)

SIZES = st.builds(Size, st.integers(16, 8000), st.integers(16, 8000))
ASPECTS = st.just(1.0) | st.floats(0.4, 2.5)
VIEWS = st.builds(View, st.floats(0.02, 60), st.floats(-5000, 5000), st.floats(-5000, 5000), ASPECTS)
PLACES = st.floats(-2000, 2000)


def rects(largest: int = 60) -> st.SearchStrategy[Rect]:
    sides = st.integers(0, largest)
    return st.builds(lambda x, y, w, h: Rect(x, y, x + w, y + h), sides, sides, sides, sides)


def pixels(rect: Rect) -> set[tuple[int, int]]:
    return {(x, y) for x in range(rect.left, rect.right) for y in range(rect.top, rect.bottom)}


@given(VIEWS, PLACES, PLACES)
def test_screen_and_picture_are_inverse(view: View, x: float, y: float) -> None:
    assert view.to_screen(*view.to_picture(x, y)) == pytest.approx((x, y), abs=1e-6)


@given(VIEWS, st.floats(0.001, 100), PLACES, PLACES)
def test_zooming_keeps_what_is_under_the_pointer(view: View, scale: float, x: float, y: float) -> None:
    zoomed = view.zoomed(scale, x, y)
    before = ((x - view.left) / view.scales[0], (y - view.top) / view.scales[1])
    after = ((x - zoomed.left) / zoomed.scales[0], (y - zoomed.top) / zoomed.scales[1])
    assert after == pytest.approx(before, rel=1e-6, abs=1e-6)
    assert SMALLEST_SCALE <= zoomed.scale <= LARGEST_SCALE


@given(SIZES, SIZES, ASPECTS)
def test_a_fitted_picture_is_whole_and_centred(picture: Size, viewport: Size, aspect: float) -> None:
    view = fitted(picture, viewport, aspect)
    assert view.aspect == aspect
    width, height = picture.width * view.scales[0], picture.height * view.scales[1]
    if view.scale > SMALLEST_SCALE:
        assert width <= viewport.width
        assert height <= viewport.height
    assert view.left + width / 2 == pytest.approx(viewport.width / 2)
    assert view.top + height / 2 == pytest.approx(viewport.height / 2)


def test_a_fitted_picture_touches_the_margin_on_one_side() -> None:
    assert fitted(Size(1800, 1200), Size(1232, 900)) == View(1200 / 1800, 16, 50)


@given(SIZES, SIZES, VIEWS)
def test_a_picture_cannot_be_lost_from_sight(picture: Size, viewport: Size, view: View) -> None:
    kept = view.kept_in_sight(picture, viewport)
    assert kept.scale == view.scale
    assert not kept.covered(picture).cut(Rect(-1, -1, viewport.width + 1, viewport.height + 1)).empty


@given(SIZES, SIZES, ASPECTS)
def test_a_fitted_picture_needs_no_shift(picture: Size, viewport: Size, aspect: float) -> None:
    view = fitted(picture, viewport, aspect)
    kept = view.kept_in_sight(picture, viewport)
    assert (kept.left, kept.top) == pytest.approx((view.left, view.top))


@given(st.floats(0.02, 60), st.floats(-3, 3))
def test_zoom_steps_stop_at_one_to_one(scale: float, notches: float) -> None:
    stepped = zoom_step(scale, notches)
    assert not (scale < 1 < stepped)
    assert not (stepped < 1 < scale)


def test_four_notches_double_the_zoom() -> None:
    assert zoom_step(2.0, 4) == pytest.approx(4.0)
    assert zoom_step(0.9, 4) == 1.0
    assert zoom_step(1.0, -4) == pytest.approx(0.5)


@given(rects(), rects())
def test_cut_and_joined_hold_the_right_pixels(one: Rect, other: Rect) -> None:
    shared = one.cut(other)
    assert pixels(shared) == pixels(one) & pixels(other)
    assert shared.empty == (not pixels(one) & pixels(other))
    assert pixels(one) | pixels(other) <= pixels(one.joined(other))
    assert one.joined(NOTHING) == one or one.empty
    assert one.cut(EVERYTHING) == one


@given(VIEWS, rects(200))
def test_touched_surrounds_the_part(view: View, part: Rect) -> None:
    touched = view.touched(part)
    left, top = view.to_screen(part.left, part.top)
    right, bottom = view.to_screen(part.right, part.bottom)
    assert touched.left < left
    assert touched.top < top
    assert touched.right > right
    assert touched.bottom > bottom
