"""What is known of pictures with alpha before they are read."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from engine.media.writers.slate import AlphaMode


@dataclass(frozen=True)
class RgbaInfo:
    """A still, a sequence or a movie with alpha; ``width`` and ``height`` are those of the upright frames.

    ``rate`` is a movie's, None for pictures; ``first`` the number in the name of a sequence's first file, None for
    others; ``timecode`` a movie's, "" for none. ``bits`` are those of a sample in the file; ``is_exact`` says that
    samples are what was written, not nearly that, as after lossy compression. ``is_linear`` where they are linear
    light. ``declared`` is how colour lies under alpha where the file, or its format's convention, says so.
    """

    path: Path
    width: int
    height: int
    frames: int
    bits: int
    is_exact: bool
    rate: Fraction | None = None
    first: int | None = None
    timecode: str = ""
    is_linear: bool = False
    declared: AlphaMode | None = None

    @property
    def is_still(self) -> bool:
        """Whether it is a single picture, of no sequence."""
        return self.rate is None and self.first is None
