import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.timeline.zoom import FEWEST, holding, moved, zoomed

CLIP = range(1001, 1101)


@st.composite
def views(draw: st.DrawFn) -> tuple[range, range]:
    first, length = draw(st.integers(-50, 2000)), draw(st.integers(1, 500))
    frames = range(first, first + length)
    seen = draw(st.integers(1, length))
    start = draw(st.integers(first, first + length - seen))
    return range(start, start + seen), frames


def inside(seen: range, frames: range) -> bool:
    return len(seen) > 0 and frames[0] <= seen[0] and seen[-1] <= frames[-1]


@given(views(), st.floats(-20, 20), st.data())
def test_zooming_stays_in_the_footage(view: tuple[range, range], notches: float, data: st.DataObject) -> None:
    seen, frames = view
    after = zoomed(seen, frames, notches, data.draw(st.sampled_from(seen)))
    assert inside(after, frames)
    assert len(after) >= min(FEWEST, len(frames))


@given(views(), st.integers(-1000, 1000), st.data())
def test_moving_and_holding_keep_the_zoom(view: tuple[range, range], steps: int, data: st.DataObject) -> None:
    seen, frames = view
    number = data.draw(st.sampled_from(frames))
    for after in (moved(seen, frames, steps), holding(seen, frames, number)):
        assert inside(after, frames)
        assert len(after) == len(seen)
    assert number in holding(seen, frames, number)
    if number in seen:
        assert holding(seen, frames, number) == seen


@pytest.mark.parametrize("about", [1001, 1040, 1100])
def test_the_frame_under_the_mouse_stays_put(about: int) -> None:
    after = zoomed(CLIP, CLIP, 2, about)
    assert len(after) == 50
    assert (about - after[0]) / len(after) == pytest.approx((about - CLIP[0]) / len(CLIP), abs=0.03)
    assert zoomed(after, CLIP, -2, about) == CLIP


def test_playing_turns_the_page() -> None:
    assert holding(range(1001, 1011), CLIP, 1011) == range(1011, 1021)
    assert holding(range(1011, 1021), CLIP, 1010) == range(1001, 1011)
    assert holding(range(1011, 1021), CLIP, 1099) == range(1091, 1101)
