"""What is known of a clip before its frames are read."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from engine.colour import Bits
from engine.errors import UserError

UNSPECIFIED = 2
UNSPECIFIED_RANGE, LIMITED_RANGE, FULL_RANGE = 0, 1, 2


@dataclass(frozen=True)
class ColourTags:
    """How a movie's samples are meant: code points of ITU-T H.273, 2 where the file does not say.

    ``range`` is 0 where the file does not say, 1 limited (video levels), 2 full.
    """

    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    matrix: int = UNSPECIFIED
    range: int = UNSPECIFIED_RANGE


@dataclass(frozen=True)
class ClipInfo:
    """A clip's properties; ``width`` and ``height`` are those of the upright frames.

    ``first_frame`` is the source's own number of the first frame: that of a sequence's first file, 1 for movies.
    ``bits`` are those of the samples that `Clip.read` gives. ``timecode`` is that of the first frame, "" where there is
    none. ``times`` are seconds from the first frame, one a frame, where the frame rate varies (``rate`` is their mean
    then), else None.
    """

    path: Path
    width: int
    height: int
    frames: int
    rate: Fraction
    first_frame: int = 1
    bits: Bits = 8
    pixel_aspect: Fraction = Fraction(1)
    timecode: str = ""
    colour: ColourTags = field(default_factory=ColourTags)
    has_audio: bool = False
    times: tuple[Fraction, ...] | None = None
    codec: str = ""

    @property
    def last_frame(self) -> int:
        """The source's own number of the last frame."""
        return self.first_frame + self.frames - 1

    @property
    def duration(self) -> Fraction:
        """Seconds from the first frame's beginning to the last one's end."""
        return self.frames / self.rate if self.times is None else self.times[-1] + 1 / self.rate

    def number(self, index: int) -> int:
        """Return the source's own number of the frame at a place counted from 0."""
        return self.first_frame + index

    def index(self, number: int) -> int:
        """Return the place, counted from 0, of the source's frame ``number``; raises UserError outside the clip."""
        if not self.first_frame <= number <= self.last_frame:
            raise UserError(
                f"{self.path} has no frame {number}; choose one from {self.first_frame} to {self.last_frame}."
            )
        return number - self.first_frame

    def time(self, index: int) -> Fraction:
        """Return the seconds from the first frame's beginning to that of the frame at ``index``."""
        return index / self.rate if self.times is None else self.times[index]
