"""What a delivered file says of its frames besides their pixels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from engine.media.clip_info import ClipInfo, ColourTags
from engine.media.timecode import advanced

AlphaMode = Literal["straight", "premultiplied"]


@dataclass(frozen=True)
class Slate:
    """The frames' size (width, height), timing, tags, and ``texts`` such as prompt, seed, guide and version.

    ``rate`` is in frames a second, exact, None for a still; ``times`` are the seconds from the first written frame's
    beginning to each frame's, where the rate varies, and one more for the last frame's end; else None. ``timecode`` is
    that of the first written frame, "" for none; ``first`` the number of its file.
    """

    size: tuple[int, int]
    rate: Fraction | None = None
    times: tuple[Fraction, ...] | None = None
    timecode: str = ""
    first: int = 1
    pixel_aspect: Fraction = Fraction(1)
    colour: ColourTags = field(default_factory=ColourTags)
    texts: Mapping[str, str] = field(default_factory=dict)

    def time(self, place: int) -> Fraction:
        """Return the seconds from the first written frame's beginning to that of the frame at ``place``, from 0.

        ``place`` may be one behind the last: the end. ValueError for a still.
        """
        if self.rate is None:
            raise ValueError("a still has no time")
        return place / self.rate if self.times is None else self.times[place]


def slate_of(info: ClipInfo, places: range, start: int | None = None, texts: Mapping[str, str] | None = None) -> Slate:
    """Return the slate of the frames of a clip at ``places``, counted from 0.

    ``start`` is the number of the first written file, None for the source's own.
    """
    times = None
    if info.times is not None:
        begin = info.time(places.start)
        ends = (
            info.time(place) if place < info.frames else info.duration for place in range(places.start, places.stop + 1)
        )
        times = tuple(end - begin for end in ends)
    return Slate(
        size=(info.width, info.height),
        rate=info.rate,
        times=times,
        timecode=advanced(info.timecode, places.start, info.rate),
        first=info.number(places.start) if start is None else start,
        pixel_aspect=info.pixel_aspect,
        colour=info.colour,
        texts=texts or {},
    )
