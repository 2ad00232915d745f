import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.option_texts import read_value, write_range, write_value
from engine.options import Option


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_being_written(value: float) -> None:
    assert read_value(write_value(value)) == value


@pytest.mark.parametrize(("value", "text"), [(3.0, "3"), (0.25, "0.25"), ("madgrad", "madgrad")])
def test_values_are_written_as_one_would_type_them(value: float | str, text: str) -> None:
    assert write_value(value) == text
    assert read_value(text) == value


def test_ranges_are_written_in_words() -> None:
    assert write_range(Option("Decay", "", 0.5, 1.0)) == "0.5 to 1"
    assert write_range(Option("Optimizer", "", choices=("adam", "madgrad"))) == "adam or madgrad"
