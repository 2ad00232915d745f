"""Timecode, with and without dropped frame numbers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.media.timecode import advanced

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("timecode", "frames", "rate", "later"),
    [
        ("01:00:00:00", 0, Fraction(24), "01:00:00:00"),
        ("01:00:00:23", 1, Fraction(24000, 1001), "01:00:01:00"),
        ("09:59:59:24", 1, Fraction(25), "10:00:00:00"),
        ("23:59:59:24", 1, Fraction(25), "00:00:00:00"),
        ("00:00:59:29", 1, NTSC, "00:01:00:00"),
        ("00:00:59;29", 1, NTSC, "00:01:00;02"),
        ("00:09:59;29", 1, NTSC, "00:10:00;00"),
        ("00:00:59;59", 1, 2 * NTSC, "00:01:00;04"),
        ("23:59:59;29", 1, NTSC, "00:00:00;00"),
        ("00:00:00;00", 107892, NTSC, "01:00:00;00"),  # an hour of 29.97 a second
        ("01:00:00:00", -1, Fraction(24), "00:59:59:23"),
        ("", 5, Fraction(24), ""),
        ("yesterday", 5, Fraction(24), ""),
    ],
)
def test_timecode_goes_on(timecode: str, frames: int, rate: Fraction, later: str) -> None:
    assert advanced(timecode, frames, rate) == later


@given(st.integers(0, 3_000_000), st.integers(0, 3_000_000), st.sampled_from([":", ";"]))
def test_two_steps_are_one(first: int, second: int, separator: str) -> None:
    start = f"00:00:00{separator}00"
    assert advanced(advanced(start, first, NTSC), second, NTSC) == advanced(start, first + second, NTSC)


@given(st.integers(0, 2_589_407))
def test_dropped_numbers_never_appear(frames: int) -> None:
    _, minutes, rest = advanced("00:00:00;00", frames, NTSC).split(":")
    assert not (rest in ("00;00", "00;01") and int(minutes) % 10)
