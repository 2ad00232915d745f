from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.playback.timing import Timing

NUMBERS = range(11, 15)
VARYING = Timing(NUMBERS, Fraction(1), tuple(map(Fraction, (0, 1, 3, 6))))  # the last one ends at 7


def test_frames_stay_until_the_next_begins() -> None:
    assert [VARYING.seconds(number) for number in NUMBERS] == [1, 2, 3, 1]
    assert Timing(NUMBERS, Fraction(25)).seconds(13) == pytest.approx(1 / 25)


def test_what_is_due_follows_the_times_round_and_round() -> None:
    places = ((11, 0.5), (11, 1.5), (12, 1.5), (12, 2.5), (13, 4.5), (13, 5.5), (11, 8.5))
    assert [VARYING.steps(number, NUMBERS, seconds) for number, seconds in places] == [0, 1, 0, 1, 2, 3, 5]


def test_backwards_frames_stay_as_long() -> None:
    places = ((14, 0.5), (14, 1.5), (14, 4.5), (11, 0.5), (11, 1.5), (11, 2.5), (12, 8.5), (12, 9.5))
    assert [VARYING.steps(number, NUMBERS, -seconds) for number, seconds in places] == [0, 1, 2, 0, 1, 2, 4, 5]


def test_what_is_due_stays_in_the_work_area() -> None:
    area = range(12, 14)  # five seconds
    assert [VARYING.steps(12, area, seconds) for seconds in (1.5, 2.5, 5.5, 7.5)] == [0, 1, 2, 3]
    assert VARYING.steps(14, area, 2.9) == 0  # as from 13
    assert VARYING.steps(11, area, 1.9) == 0  # as from 12


@given(
    st.lists(st.integers(1, 100), min_size=1, max_size=20),
    st.data(),
    st.floats(0, 2000, allow_subnormal=False),
)
def test_turning_back_takes_as_long_as_going(lengths: list[int], data: st.DataObject, seconds: float) -> None:
    times = [Fraction(sum(lengths[:place])) for place in range(len(lengths))]
    numbers = range(5, 5 + len(lengths))
    timing = Timing(numbers, Fraction(1, lengths[-1]), tuple(times))
    mirrored = Timing(
        numbers, Fraction(1, lengths[0]), tuple(Fraction(sum(lengths[::-1][:p])) for p in range(len(lengths)))
    )
    number = data.draw(st.sampled_from(numbers))
    assert timing.steps(number, numbers, -seconds) in {
        mirrored.steps(numbers[0] + numbers[-1] - number, numbers, seconds + nudge) for nudge in (-1e-6, 0, 1e-6)
    }
