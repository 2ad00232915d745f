import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.timeline.frame_scale import FrameScale

SCALES = st.builds(
    lambda first, frames, left, width: FrameScale(range(first, first + frames), left, width),
    st.integers(-100, 100_000),
    st.integers(1, 20_000),
    st.floats(0, 300),
    st.floats(10, 4000),
)


@given(SCALES, st.data())
def test_a_place_inside_a_frame_is_that_frame(scale: FrameScale, data: st.DataObject) -> None:
    frame = data.draw(st.sampled_from(scale.frames))
    assert scale.frame_at(scale.start_of(frame) + scale.frame_width / 2) == frame


@given(SCALES, st.floats(-1e5, 1e5))
def test_every_place_has_a_frame(scale: FrameScale, x: float) -> None:
    assert scale.frame_at(x) in scale.frames


@given(SCALES)
def test_numbers_have_room(scale: FrameScale) -> None:
    ticks = scale.ticks(56)
    assert ticks[0] == scale.frames[0]
    assert set(ticks) <= set(scale.frames)
    places = [scale.start_of(frame) for frame in ticks]
    assert all(after - before >= 56 - 1e-6 for before, after in itertools.pairwise(places))
    assert all(place + 56 <= scale.left + scale.width + 1e-6 for place in places[1:])


@pytest.mark.parametrize(("width", "expected"), [(600, [1001, *range(1020, 1100, 10)]), (20_000, None)])
def test_numbers_are_round(width: float, expected: list[int] | None) -> None:
    ticks = FrameScale(range(1001, 1101), 0, width).ticks(56)
    assert ticks == (expected or list(range(1001, 1101)))
