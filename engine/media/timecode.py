"""SMPTE timecode (SMPTE ST 12-1), dropped frame numbers included."""

import re
from fractions import Fraction

TIMECODE = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})([:;.,])(\d{2,3})")
DAY_MINUTES = 24 * 60


def advanced(timecode: str, frames: int, rate: Fraction) -> str:
    """Return the timecode that many frames later; "" for "", and for what is no timecode.

    After a semicolon or point the last number counts with drop frames: at 29.97 a second, the numbers 0 and 1 are left
    out at the beginning of every minute but each tenth one.
    """
    parts = TIMECODE.fullmatch(timecode)
    if parts is None:
        return ""
    hours, minutes, seconds, last = (int(parts[group]) for group in (1, 2, 3, 5))
    a_second = round(rate)
    dropped = a_second // 15 if parts[4] != ":" and a_second % 30 == 0 else 0
    all_minutes = 60 * hours + minutes
    count = (60 * all_minutes + seconds) * a_second + last - dropped * (all_minutes - all_minutes // 10)
    return _written(count + frames, a_second, dropped, parts[4])


def _written(count: int, a_second: int, dropped: int, separator: str) -> str:
    a_minute = 60 * a_second - dropped
    ten_minutes = 10 * a_minute + dropped
    count %= DAY_MINUTES // 10 * ten_minutes
    tens, rest = divmod(count, ten_minutes)
    # The first minute of ten is the longer one.
    minute = 0 if rest < a_minute + dropped else 1 + (rest - a_minute - dropped) // a_minute
    number = count + dropped * (9 * tens + minute)
    seconds, last = divmod(number, a_second)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{separator}{last:02}"
