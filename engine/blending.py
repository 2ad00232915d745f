"""Blend modes: W3C Compositing and Blending Level 1, sections 9.1 (separable) and 9.2 (non-separable); `add` is plain.

A formula takes the backdrop's and the layer's colour, (H, W, 3) float32 in 0..1, and returns a new array.
"""

from collections.abc import Callable
from enum import StrEnum

import numpy as np

Formula = Callable[[np.ndarray, np.ndarray], np.ndarray]

LUM_WEIGHTS = np.array([0.30, 0.59, 0.11], np.float32)
TINY = np.float32(1e-12)


class BlendMode(StrEnum):
    """How a layer's colour meets the picture below it, in the order of a menu."""

    NORMAL = "normal"
    DARKEN = "darken"
    MULTIPLY = "multiply"
    COLOUR_BURN = "colour burn"
    LIGHTEN = "lighten"
    SCREEN = "screen"
    COLOUR_DODGE = "colour dodge"
    ADD = "add"
    OVERLAY = "overlay"
    SOFT_LIGHT = "soft light"
    HARD_LIGHT = "hard light"
    DIFFERENCE = "difference"
    HUE = "hue"
    SATURATION = "saturation"
    COLOUR = "colour"
    LUMINOSITY = "luminosity"

    @property
    def label(self) -> str:
        """The mode's name for a menu."""
        return self.value.capitalize()


def mixed(backdrop: np.ndarray, layer: np.ndarray, mode: BlendMode) -> np.ndarray:
    """Return B(Cb, Cs), the colour of an opaque layer in this mode: (H, W, 3) float32 in 0..1, a new array."""
    return FORMULAS[mode](backdrop, layer)


def _normal(_backdrop: np.ndarray, layer: np.ndarray) -> np.ndarray:
    return layer.copy()


def _screen(backdrop: np.ndarray, layer: np.ndarray) -> np.ndarray:
    return backdrop + layer - backdrop * layer


def _add(backdrop: np.ndarray, layer: np.ndarray) -> np.ndarray:
    total = backdrop + layer
    return np.minimum(total, 1, out=total)


def _difference(backdrop: np.ndarray, layer: np.ndarray) -> np.ndarray:
    difference = backdrop - layer
    return np.abs(difference, out=difference)


def _colour_dodge(backdrop: np.ndarray, layer: np.ndarray) -> np.ndarray:
    # With the divisor kept above zero, black stays black and all else under a white layer turns white.
    quotient = backdrop / np.maximum(1 - layer, TINY)
    return np.minimum(quotient, 1, out=quotient)


def _colour_burn(backdrop: np.ndarray, layer: np.ndarray) -> np.ndarray:
    return 1 - _colour_dodge(1 - backdrop, 1 - layer)


def _hard_light(backdrop: np.ndarray, layer: np.ndarray) -> np.ndarray:
    twice = 2 * layer
    return np.where(layer <= 0.5, backdrop * twice, _screen(backdrop, twice - 1))


def _overlay(backdrop: np.ndarray, layer: np.ndarray) -> np.ndarray:
    return _hard_light(layer, backdrop)


def _soft_light(backdrop: np.ndarray, layer: np.ndarray) -> np.ndarray:
    lifted = np.where(backdrop <= 0.25, ((16 * backdrop - 12) * backdrop + 4) * backdrop, np.sqrt(backdrop))
    reach = np.where(layer <= 0.5, backdrop * (1 - backdrop), lifted - backdrop)
    return backdrop + (2 * layer - 1) * reach


def _hue(backdrop: np.ndarray, layer: np.ndarray) -> np.ndarray:
    return _with_lum(_with_sat(layer, _sat(backdrop)), _lum(backdrop))


def _saturation(backdrop: np.ndarray, layer: np.ndarray) -> np.ndarray:
    return _with_lum(_with_sat(backdrop, _sat(layer)), _lum(backdrop))


def _colour(backdrop: np.ndarray, layer: np.ndarray) -> np.ndarray:
    return _with_lum(layer, _lum(backdrop))


def _luminosity(backdrop: np.ndarray, layer: np.ndarray) -> np.ndarray:
    return _with_lum(backdrop, _lum(layer))


def _lum(colour: np.ndarray) -> np.ndarray:
    return (colour @ LUM_WEIGHTS)[..., None]


def _sat(colour: np.ndarray) -> np.ndarray:
    return _largest(colour) - _smallest(colour)


def _with_sat(colour: np.ndarray, sat: np.ndarray) -> np.ndarray:
    """SetSat: stretched so that the smallest channel is 0 and the largest is ``sat``; a gray turns black."""
    smallest = _smallest(colour)
    return (colour - smallest) * (sat / np.maximum(_largest(colour) - smallest, TINY))


def _with_lum(colour: np.ndarray, lum: np.ndarray) -> np.ndarray:
    """SetLum and ClipColor: shifted to the luminosity, then drawn towards that gray until it fits into 0..1."""
    shifted = colour + (lum - _lum(colour))
    above, below = _largest(shifted) - lum, lum - _smallest(shifted)
    fit = np.minimum((1 - lum) / np.maximum(above, TINY), lum / np.maximum(below, TINY))
    shifted -= lum
    shifted *= np.minimum(fit, 1)
    shifted += lum
    return np.clip(shifted, 0, 1, out=shifted)  # rounding alone can leave the range


def _largest(colour: np.ndarray) -> np.ndarray:
    # Three channels: pairwise maxima are many times faster than a reduction over so short an axis.
    return np.maximum(np.maximum(colour[..., :1], colour[..., 1:2]), colour[..., 2:3])


def _smallest(colour: np.ndarray) -> np.ndarray:
    return np.minimum(np.minimum(colour[..., :1], colour[..., 1:2]), colour[..., 2:3])


FORMULAS: dict[BlendMode, Formula] = {
    BlendMode.NORMAL: _normal,
    BlendMode.DARKEN: np.minimum,
    BlendMode.MULTIPLY: np.multiply,
    BlendMode.COLOUR_BURN: _colour_burn,
    BlendMode.LIGHTEN: np.maximum,
    BlendMode.SCREEN: _screen,
    BlendMode.COLOUR_DODGE: _colour_dodge,
    BlendMode.ADD: _add,
    BlendMode.OVERLAY: _overlay,
    BlendMode.SOFT_LIGHT: _soft_light,
    BlendMode.HARD_LIGHT: _hard_light,
    BlendMode.DIFFERENCE: _difference,
    BlendMode.HUE: _hue,
    BlendMode.SATURATION: _saturation,
    BlendMode.COLOUR: _colour,
    BlendMode.LUMINOSITY: _luminosity,
}
