from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.timeline.frame_rate import COMMON, FASTEST, SLOWEST, parse_rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("24", Fraction(24)),
        (" 25 ", Fraction(25)),
        ("23.976", Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        ("29,97", Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        ("24000/1001", Fraction(24000, 1001)),
        ("12.5", Fraction(25, 2)),
        ("0", None),
        ("-24", None),
        ("1e9", None),
        ("24/0", None),
        ("fast", None),
        ("", None),
    ],
)
def test_a_text_names_a_rate(text: str, rate: Fraction | None) -> None:
    assert parse_rate(text) == rate


@given(st.text())
def test_any_text_is_a_rate_in_bounds_or_none(text: str) -> None:
    rate = parse_rate(text)
    assert rate is None or SLOWEST <= rate <= FASTEST * Fraction(1001, 1000)


def test_what_is_offered_is_understood() -> None:
    assert None not in map(parse_rate, COMMON)
