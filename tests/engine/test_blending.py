"""Each blend mode against the published formula, written here for one colour at a time."""

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.blending import BlendMode, mixed

Colour = tuple[float, float, float]

# Multiples of 1/1024 are exact in both precisions, so that both take the same branch.
level = st.integers(0, 1024).map(lambda number: number / 1024)
colours = st.tuples(level, level, level)
EDGES: tuple[Colour, ...] = ((0, 0, 0), (1, 1, 1), (0.5, 0.25, 1), (1, 0, 0.5))


def screen(backdrop: float, source: float) -> float:
    return 1 - (1 - backdrop) * (1 - source)


def hard_light(backdrop: float, source: float) -> float:
    return backdrop * 2 * source if source <= 0.5 else screen(backdrop, 2 * source - 1)


def colour_dodge(backdrop: float, source: float) -> float:
    if backdrop == 0:
        return 0
    return 1 if source == 1 else min(1, backdrop / (1 - source))


def colour_burn(backdrop: float, source: float) -> float:
    if backdrop == 1:
        return 1
    return 0 if source == 0 else 1 - min(1, (1 - backdrop) / source)


def soft_light(backdrop: float, source: float) -> float:
    if source <= 0.5:
        return backdrop - (1 - 2 * source) * backdrop * (1 - backdrop)
    lifted = ((16 * backdrop - 12) * backdrop + 4) * backdrop if backdrop <= 0.25 else sqrt(backdrop)
    return backdrop + (2 * source - 1) * (lifted - backdrop)


SEPARABLE: dict[BlendMode, Callable[[float, float], float]] = {
    BlendMode.NORMAL: lambda _backdrop, source: source,
    BlendMode.DARKEN: min,
    BlendMode.MULTIPLY: lambda backdrop, source: backdrop * source,
    BlendMode.COLOUR_BURN: colour_burn,
    BlendMode.LIGHTEN: max,
    BlendMode.SCREEN: screen,
    BlendMode.COLOUR_DODGE: colour_dodge,
    BlendMode.ADD: lambda backdrop, source: min(1, backdrop + source),
    BlendMode.OVERLAY: lambda backdrop, source: hard_light(source, backdrop),
    BlendMode.SOFT_LIGHT: soft_light,
    BlendMode.HARD_LIGHT: hard_light,
    BlendMode.DIFFERENCE: lambda backdrop, source: abs(backdrop - source),
}


def lum(colour: Colour) -> float:
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]


def sat(colour: Colour) -> float:
    return max(colour) - min(colour)


def set_lum(colour: Colour, wanted: float) -> Colour:
    shift = wanted - lum(colour)
    red, green, blue = (channel + shift for channel in colour)
    light, low, high = lum((red, green, blue)), min(red, green, blue), max(red, green, blue)
    channels = [red, green, blue]
    if low < 0:
        channels = [light + (channel - light) * light / (light - low) for channel in channels]
    if high > 1:
        channels = [light + (channel - light) * (1 - light) / (high - light) for channel in channels]
    return channels[0], channels[1], channels[2]


def set_sat(colour: Colour, wanted: float) -> Colour:
    order = sorted(range(3), key=lambda index: colour[index])
    smallest, middle, largest = order
    result = [0.0, 0.0, 0.0]
    if colour[largest] > colour[smallest]:
        result[middle] = (colour[middle] - colour[smallest]) * wanted / (colour[largest] - colour[smallest])
        result[largest] = wanted
    return result[0], result[1], result[2]


NON_SEPARABLE: dict[BlendMode, Callable[[Colour, Colour], Colour]] = {
    BlendMode.HUE: lambda backdrop, source: set_lum(set_sat(source, sat(backdrop)), lum(backdrop)),
    BlendMode.SATURATION: lambda backdrop, source: set_lum(set_sat(backdrop, sat(source)), lum(backdrop)),
    BlendMode.COLOUR: lambda backdrop, source: set_lum(source, lum(backdrop)),
    BlendMode.LUMINOSITY: lambda backdrop, source: set_lum(backdrop, lum(source)),
}


def reference(backdrop: Colour, source: Colour, mode: BlendMode) -> Colour:
    if mode in NON_SEPARABLE:
        return NON_SEPARABLE[mode](backdrop, source)
    red, green, blue = (SEPARABLE[mode](under, top) for under, top in zip(backdrop, source, strict=True))
    return red, green, blue


def test_every_mode_has_a_reference() -> None:
    assert {*SEPARABLE, *NON_SEPARABLE} == set(BlendMode)


@pytest.mark.parametrize("mode", BlendMode)
@given(backdrop=colours, source=colours)
@example(backdrop=EDGES[0], source=EDGES[0])
@example(backdrop=EDGES[0], source=EDGES[1])
@example(backdrop=EDGES[1], source=EDGES[0])
@example(backdrop=EDGES[1], source=EDGES[1])
@example(backdrop=EDGES[2], source=EDGES[3])
@settings(deadline=None, max_examples=60)
def test_a_mode_follows_its_formula(mode: BlendMode, backdrop: Colour, source: Colour) -> None:
    got = mixed(np.float32([[backdrop]]), np.float32([[source]]), mode)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got[0, 0], reference(backdrop, source, mode), atol=2e-5)


@pytest.mark.parametrize("mode", BlendMode)
def test_a_mode_stays_in_range_and_changes_nothing_given(mode: BlendMode) -> None:
    rng = np.random.default_rng(1)
    backdrop, source = rng.random((2, 40, 40, 3), dtype=np.float32)
    backdrop[:5], source[5:10], source[10:15] = 0, 1, 0
    given_backdrop, given_source = backdrop.copy(), source.copy()
    got = mixed(backdrop, source, mode)
    assert got.min() >= -1e-6
    assert got.max() <= 1 + 1e-6
    assert not np.shares_memory(got, backdrop)
    assert not np.shares_memory(got, source)
    np.testing.assert_array_equal(backdrop, given_backdrop)
    np.testing.assert_array_equal(source, given_source)


def test_labels_are_fit_for_a_menu() -> None:
    assert BlendMode.COLOUR_DODGE.label == "Colour dodge"
    assert BlendMode("soft light") is BlendMode.SOFT_LIGHT
    assert len({mode.label for mode in BlendMode}) == len(BlendMode)
