"""Places and numbers of frames, and their times."""

from fractions import Fraction
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.media.clip_info import ClipInfo

SEQUENCE = ClipInfo(Path("shot"), 64, 48, 50, Fraction(24000, 1001), first_frame=1001)
VARYING = ClipInfo(Path("phone.mp4"), 64, 48, 3, Fraction(2), times=(Fraction(0), Fraction(1, 3), Fraction(1)))


def test_numbers_are_the_sources_own() -> None:
    assert (SEQUENCE.number(0), SEQUENCE.last_frame, SEQUENCE.index(1050)) == (1001, 1050, 49)
    for number in (0, 1000, 1051):
        with pytest.raises(UserError, match=f"shot has no frame {number}; choose one from 1001 to 1050"):
            SEQUENCE.index(number)


def test_times_follow_from_the_rate_or_are_kept() -> None:
    assert SEQUENCE.time(24) == Fraction(1001, 1000)
    assert SEQUENCE.duration == Fraction(50 * 1001, 24000)
    assert (VARYING.time(1), VARYING.duration) == (Fraction(1, 3), Fraction(3, 2))
