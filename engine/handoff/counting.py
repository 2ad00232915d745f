"""Timecode as a count of frames."""

import re
from fractions import Fraction

from opentimelineio.opentime import from_timecode

DROP_SEPARATOR = re.compile(r"[;.,](?=\d+$)")


def counted(timecode: str, rate: Fraction) -> int | None:
    """Return the frames since 00:00:00:00, dropped numbers left out; None where there is no timecode of that rate."""
    try:
        return round(from_timecode(DROP_SEPARATOR.sub(";", timecode), float(rate)).value)
    except ValueError:
        return None


def drops_frames(timecode: str) -> bool:
    """Return whether a timecode counts with dropped frame numbers."""
    return DROP_SEPARATOR.search(timecode) is not None
