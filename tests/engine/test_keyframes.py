import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.keyframes import Keys, moved_key, sorted_keys, value_at, with_key, without_key

numbers = st.integers(-1000, 100_000)
values = st.floats(0, 1)
keys = st.dictionaries(numbers, values, min_size=1, max_size=6).map(lambda drawn: sorted_keys(drawn.items()))


@given(keys)
def test_a_key_is_met_exactly(given_: Keys) -> None:
    for number, value in given_:
        assert value_at(given_, number) == pytest.approx(value)


@given(keys, numbers)
def test_values_stay_between_their_neighbours(given_: Keys, number: int) -> None:
    below = [value for at, value in given_ if at <= number][-1:] or [given_[0][1]]
    above = [value for at, value in given_ if at >= number][:1] or [given_[-1][1]]
    low, high = sorted([below[0], above[0]])
    assert low - 1e-9 <= value_at(given_, number) <= high + 1e-9


def test_values_are_linear_between_keys_and_held_beyond() -> None:
    ramp = ((10, 0.2), (20, 0.8), (30, 0.0))
    assert [round(value_at(ramp, at), 6) for at in (0, 10, 15, 20, 25, 30, 99)] == [0.2, 0.2, 0.5, 0.8, 0.4, 0, 0]


@given(keys, numbers, values)
def test_adding_and_removing(given_: Keys, number: int, value: float) -> None:
    added = with_key(given_, number, value)
    assert dict(added) == {**dict(given_), number: value}
    assert list(added) == sorted(added)
    assert without_key(added, number) == without_key(given_, number)


@given(keys, numbers, st.data())
def test_moving_keeps_the_value_and_replaces_what_lies_there(given_: Keys, to: int, data: st.DataObject) -> None:
    number, value = data.draw(st.sampled_from(given_))
    moved = dict(moved_key(given_, number, to))
    assert moved == {**{at: each for at, each in given_ if at != number}, to: value}


def test_what_are_no_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="one frame"):
        sorted_keys([(1, 0.5), (1, 0.6)])
    for value in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="is not in 0"):
            sorted_keys([(1, value)])
    with pytest.raises(ValueError, match="no keyframes"):
        value_at((), 1)
    with pytest.raises(KeyError):
        moved_key(((1, 0.5),), 2, 3)
