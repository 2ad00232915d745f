"""Patina's blend modes in Nuke, for opaque colours: operations of Merge, and where it has no equal, expressions.

Of an expression, {A} is the layer's channel and {B} that below it. Nuke's expressions give 1 for what is true, and 0
for what is false. Sources as in `engine.blending`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.blending import LUM_WEIGHTS, BlendMode

MERGE_OPERATIONS: Mapping[BlendMode, str] = {
    BlendMode.DARKEN: "min",
    BlendMode.MULTIPLY: "multiply",
    BlendMode.LIGHTEN: "max",
    BlendMode.SCREEN: "screen",
    BlendMode.OVERLAY: "overlay",
    BlendMode.HARD_LIGHT: "hard-light",
    BlendMode.DIFFERENCE: "difference",
}
TINY = "0.000000000001"


@dataclass(frozen=True)
class Blending:
    """What a MergeExpression works out: a formula for each channel, and names of what all of them use."""

    formula: str
    names: Mapping[str, str]

    def of_channel(self, channel: str) -> str:
        """Return the formula of channel r, g or b."""
        return self.formula.format(A=f"A{channel}", B=f"B{channel}")


def _lum(picture: str) -> str:
    weights = (f"{weight:.2f}*{picture}{channel}" for weight, channel in zip(LUM_WEIGHTS, "rgb", strict=True))
    return f"({'+'.join(weights)})"


def _largest(picture: str) -> str:
    return f"max({picture}r,max({picture}g,{picture}b))"


def _smallest(picture: str) -> str:
    return f"min({picture}r,min({picture}g,{picture}b))"


def _with_lum(picture: str, lum: str, sat: str = "1") -> Blending:
    """SetLum and ClipColor: a picture's colour, its distance to gray times ``sat``, at a luminosity."""
    names = {
        "lum": lum,
        "gray": _lum(picture),
        "sat": sat,
        "fit": f"min(1,min((1-lum)/max(sat*({_largest(picture)}-gray),{TINY}),"
        f"lum/max(sat*(gray-{_smallest(picture)}),{TINY})))",
    }
    channel = "{" + picture + "}"
    return Blending(f"clamp(lum+fit*sat*({channel}-gray),0,1)", names)


def _sat_ratio(of: str, to: str) -> str:
    return f"({_largest(of)}-{_smallest(of)})/max({_largest(to)}-{_smallest(to)},{TINY})"


EXPRESSIONS: Mapping[BlendMode, Blending] = {
    BlendMode.COLOUR_BURN: Blending(f"1-min(1,(1-{{B}})/max({{A}},{TINY}))", {}),
    BlendMode.COLOUR_DODGE: Blending(f"min(1,{{B}}/max(1-{{A}},{TINY}))", {}),
    BlendMode.ADD: Blending("min(1,{A}+{B})", {}),
    BlendMode.SOFT_LIGHT: Blending(
        "{B}+(2*{A}-1)*(({A}<=0.5)*{B}*(1-{B})+({A}>0.5)*"
        "(({B}<=0.25)*((16*{B}-12)*{B}+4)*{B}+({B}>0.25)*sqrt(max({B},0))-{B}))",
        {},
    ),
    BlendMode.HUE: _with_lum("A", _lum("B"), _sat_ratio("B", "A")),
    BlendMode.SATURATION: _with_lum("B", _lum("B"), _sat_ratio("A", "B")),
    BlendMode.COLOUR: _with_lum("A", _lum("B")),
    BlendMode.LUMINOSITY: _with_lum("B", _lum("A")),
}
