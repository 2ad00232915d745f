"""A composition for other programs: footage, edit layers over it, and when and how each of them lies there.

All frame numbers are the composition's own. Programs that make a picture from it composite display values, as Patina
does, see `engine.compositing`.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from engine.blending import BlendMode
from engine.keyframes import Keys, sorted_keys, value_at
from engine.media.sequences import FrameFile

MediaKind = Literal["still", "sequence", "movie"]
MediaAlpha = Literal["none", "straight", "premultiplied"]

NUMBER_PLACE = re.compile(r"%0?(\d*)d")


@dataclass(frozen=True)
class Media:
    """A still, a sequence of numbered stills, or a movie.

    ``path`` is absolute; a sequence's has the place of the number in its name, such as layer.%04d.exr, and ``first`` is
    the number of the first file (1 for a movie). ``frames`` is how many there are. The first of them lies at number
    ``begins`` of the composition; a still lies at all. ``rate`` is in frames a second, None for a still. ``is_linear``
    where colour is stored as linear light by sRGB's curve, else it is stored as display values; ``bits`` are those of a
    sample.
    """

    path: Path
    kind: MediaKind
    begins: int = 1
    first: int = 1
    frames: int = 1
    rate: Fraction | None = None
    alpha: MediaAlpha = "none"
    is_linear: bool = False
    bits: int = 8

    def __post_init__(self) -> None:
        if not self.path.is_absolute():
            raise ValueError(f"{self.path} is not absolute")
        if self.frames < 1 or (self.kind != "still" and not self.rate):
            raise ValueError(f"{self.path} has no frames or no rate")
        if self.kind == "sequence" and not NUMBER_PLACE.search(self.path.name):
            raise ValueError(f"{self.path.name} has no place for a number")

    @property
    def numbers(self) -> range:
        """The composition's numbers at which the frames of a sequence or movie lie."""
        return range(self.begins, self.begins + self.frames)

    @property
    def name_parts(self) -> tuple[str, int, str]:
        """What a sequence's names have before the number, the least digits of the number, and what comes after."""
        # The last place: what the name itself has of such a look stands before it.
        place = list(NUMBER_PLACE.finditer(self.path.name))[-1]
        return self.path.name[: place.start()], int(place[1] or 1), self.path.name[place.end() :]

    @property
    def first_file(self) -> Path:
        """The file itself, or the first one of a sequence."""
        if self.kind != "sequence":
            return self.path
        before, digits, after = self.name_parts
        return self.path.with_name(f"{before}{self.first:0{digits}d}{after}")


@dataclass(frozen=True)
class CompLayer:
    """An edit layer in a composition: it shows from number ``first`` to ``last``, both included.

    ``opacity`` is in 0..1; ``opacity_keys`` (see `engine.keyframes`) take its place where there are any.
    """

    name: str
    media: Media
    first: int
    last: int
    opacity: float = 1.0
    opacity_keys: Keys = ()
    blend: BlendMode = BlendMode.NORMAL

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"the layer {self.name!r} ends before it begins")
        object.__setattr__(self, "opacity_keys", sorted_keys(self.opacity_keys))

    def opacity_at(self, number: int) -> float:
        """Return the opacity at a frame, 0..1."""
        return value_at(self.opacity_keys, number) if self.opacity_keys else self.opacity


@dataclass(frozen=True)
class Composition:
    """``source`` and ``layers`` over it, the bottom one first, of ``frames`` frames from number ``first``.

    ``rate`` is in frames a second, exact, also for a still. ``timecode`` is that of the first frame, "" for none;
    ``sidecar`` the file that tells more of the layers. ``notices`` are sentences that a reader of a script should see.
    """

    name: str
    width: int
    height: int
    rate: Fraction
    first: int
    frames: int
    source: Media
    layers: tuple[CompLayer, ...] = ()
    timecode: str = ""
    pixel_aspect: Fraction = Fraction(1)
    sidecar: Path | None = None
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if min(self.width, self.height, self.frames) < 1 or self.rate <= 0 or self.pixel_aspect <= 0:
            raise ValueError(f"the composition {self.name!r} has no frames, no rate or no size")

    @property
    def last(self) -> int:
        """The number of the last frame."""
        return self.first + self.frames - 1

    @property
    def seen_layers(self) -> tuple[CompLayer, ...]:
        """The layers that show at some frame."""
        return tuple(layer for layer in self.layers if self.shown(layer))

    def shown(self, layer: CompLayer) -> range:
        """Return the numbers at which a layer shows: those of its range at which it has a picture."""
        first, last = max(self.first, layer.first), min(self.last, layer.last)
        if layer.media.kind != "still":
            first, last = max(first, layer.media.numbers.start), min(last, layer.media.numbers.stop - 1)
        return range(first, last + 1)

    def opacity_curve(self, layer: CompLayer) -> Keys:
        """Return a layer's opacity for a program in which only that says when it shows: 0 before and after.

        Linear between its keys and held at its ends, as all keys are, the curve is right at every whole frame.
        """
        shown = self.shown(layer)
        inner = (number for number, _ in layer.opacity_keys if number in shown)
        curve = {number: layer.opacity_at(number) for number in (shown[0], *inner, shown[-1])}
        if shown[0] > self.first:
            curve[shown[0] - 1] = 0.0
        if shown[-1] < self.last:
            curve[shown[-1] + 1] = 0.0
        return sorted_keys(curve.items())


def pattern_of(file: FrameFile) -> Path:
    """Return the path of a sequence, such as shot.%04d.png, from that of its first file."""
    before, after = file.around
    digits = len(file.path.name) - len(before) - len(after)
    return file.path.with_name(f"{before}%0{digits}d{after}")
