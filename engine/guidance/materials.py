"""Materials and colours: how a surface is shaded when words name what it is made of."""

import math
from dataclasses import dataclass, replace
from typing import Self

Rgb = tuple[float, float, float]

_RAMP_STOPS = 7
_YELLOW_HUE = math.radians(110)
_YELLOW_SPREAD = math.radians(24)
_YELLOW_TURN = math.radians(28)


@dataclass(frozen=True)
class Material:
    """How a surface looks.

    ``ramp`` holds at least three display-space sRGB colours in 0..1, from deep shadow to highlight, evenly spaced
    over the rank of lightness in the shaded region. All in 0..1: ``metallic``, contrast and mirror-like
    reflections; ``gloss``, specular highlights; ``texture``, how much of the source's fine detail is kept;
    ``grain``, mottling of its own, as rust has. ``concepts`` names the picture classes that show its texture.
    """

    name: str
    ramp: tuple[Rgb, ...]
    metallic: float = 0.0
    gloss: float = 0.2
    texture: float = 0.5
    grain: float = 0.0
    concepts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.ramp) < 3:
            raise ValueError(f"{self.name}: a ramp needs at least three colours")
        numbers = [value for colour in self.ramp for value in colour]
        if not all(0.0 <= value <= 1.0 for value in [*numbers, self.metallic, self.gloss, self.texture, self.grain]):
            raise ValueError(f"{self.name}: colours and amounts must lie in 0..1")

    @classmethod
    def of_colour(cls, name: str, rgb: Rgb) -> Self:
        """Return plain paint of the colour ``rgb`` (display-space sRGB, 0..1).

        Its ramp goes from shadow through the colour to highlight in OKLCh, so that the hue stays and the ends do not
        turn chalky.
        """
        return cls(name, _ramp(rgb, contrast=0.0))

    def tinted(self, colour: str, rgb: Rgb) -> Self:
        """Return the material in another colour, as blue glass is glass; ``rgb`` is display-space sRGB in 0..1."""
        return replace(self, name=f"{colour} {self.name}", ramp=_ramp(rgb, contrast=max(self.metallic, self.gloss / 2)))


def _ramp(rgb: Rgb, contrast: float) -> tuple[Rgb, ...]:
    """Return a ramp through ``rgb``; ``contrast`` in 0..1 pushes its ends apart, as reflections do."""
    lightness, chroma, hue = _lch_from_srgb(rgb)
    # A white thing in shadow is grey, and a black one in light is dark grey: the ends lean towards the colour,
    # and the nearer end gets the smaller share of the ramp.
    dark = lightness * (0.22 + 0.26 * lightness**3) * (1.0 - 0.7 * contrast)
    bright = lightness + (1.0 - lightness) * (0.38 + 0.15 * lightness)
    bright += (1.0 - bright) * 0.7 * contrast
    last = _RAMP_STOPS - 1
    place = round((0.2 + 0.6 * lightness) * last)
    stops = []
    for index in range(_RAMP_STOPS):
        if index <= place:
            share = index / place
            target = dark + (lightness - dark) * share
            scale = target / lightness if lightness > 0.0 else 1.0
            stops.append(_srgb_from_lch(target, chroma * scale**0.6, _shadow_hue(hue, 1.0 - share)))
        else:
            share = (index - place) / (last - place)
            target = lightness + (bright - lightness) * share
            stops.append(_srgb_from_lch(target, chroma * (1.0 - 0.45 * share), hue))
    return tuple(stops)


def _shadow_hue(hue: float, depth: float) -> float:
    """Turn yellows towards amber in shadow, where a constant hue would read as olive green."""
    yellow = math.exp(-(((hue - _YELLOW_HUE) / _YELLOW_SPREAD) ** 2))
    return hue - _YELLOW_TURN * yellow * depth


def _lch_from_srgb(rgb: Rgb) -> tuple[float, float, float]:
    """Return OKLab lightness 0..1, chroma and hue in radians (Ottosson 2020)."""
    red, green, blue = (_linear(value) for value in rgb)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return min(max(lightness, 0.0), 1.0), math.hypot(a, b), math.atan2(b, a)


def _srgb_from_lch(lightness: float, chroma: float, hue: float) -> Rgb:
    """Return the display-space colour; chroma falls until it is in gamut, so that lightness and hue stay."""
    low, high = 0.0, chroma
    if not _in_gamut(_linear_from_lch(lightness, chroma, hue)):
        for _ in range(16):
            middle = (low + high) / 2
            low, high = (middle, high) if _in_gamut(_linear_from_lch(lightness, middle, hue)) else (low, middle)
        chroma = low
    red, green, blue = (_display(value) for value in _linear_from_lch(lightness, chroma, hue))
    return red, green, blue


def _linear_from_lch(lightness: float, chroma: float, hue: float) -> Rgb:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _in_gamut(linear: Rgb) -> bool:
    return all(-1e-4 <= value <= 1.0001 for value in linear)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _display(value: float) -> float:
    value = min(max(value, 0.0), 1.0)
    return 12.92 * value if value <= 0.0031308 else min(1.055 * value ** (1 / 2.4) - 0.055, 1.0)
