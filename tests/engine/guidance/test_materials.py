"""Ramps: from shadow to highlight, in the hue that was asked for."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.guidance.materials import Material, Rgb
from engine.guidance.vocabulary import vocabulary

unit = st.floats(0, 1)
colours = st.tuples(unit, unit, unit)


def lab(ramp: tuple[Rgb, ...]) -> np.ndarray:
    """Return CIE Lab (N, 3), by another library than the one under test."""
    return cv2.cvtColor(np.array([ramp], np.float32), cv2.COLOR_RGB2Lab)[0]


def hue_difference(first: np.ndarray, second: np.ndarray) -> float:
    """Return the angle between two Lab colours' hues in degrees."""
    angles = np.degrees([np.arctan2(colour[2], colour[1]) for colour in (first, second)])
    return float(abs((angles[0] - angles[1] + 180) % 360 - 180))


@given(colours)
def test_a_derived_ramp_rises_in_lightness_and_stays_in_gamut(rgb: Rgb) -> None:
    ramp = Material.of_colour("paint", rgb).ramp
    lightness = lab(ramp)[:, 0]
    assert (np.diff(lightness) > -0.05).all()
    assert lightness[-1] > lightness[0] + 15
    assert all(0 <= value <= 1 for colour in ramp for value in colour)


@given(colours)
def test_a_derived_ramp_goes_through_its_colour(rgb: Rgb) -> None:
    distances = np.linalg.norm(lab(Material.of_colour("paint", rgb).ramp) - lab((rgb,)), axis=1)
    assert distances.min() < 0.5


@pytest.mark.parametrize("rgb", [(0.9, 0.1, 0.1), (0.1, 0.6, 0.1), (0.5, 0.1, 0.6), (1.0, 0.5, 0.7), (0.1, 0.5, 0.5)])
def test_a_derived_ramp_keeps_its_hue_and_does_not_turn_chalky(rgb: Rgb) -> None:
    ramp = lab(Material.of_colour("paint", rgb).ramp)
    asked = lab((rgb,))[0]
    assert all(hue_difference(colour, asked) < 20 for colour in ramp[1:])
    assert np.hypot(*ramp[-1, 1:]) > 0.3 * np.hypot(*asked[1:])


def test_yellow_has_amber_shadows_not_olive_ones() -> None:
    shadow = Material.of_colour("yellow", (1.0, 0.95, 0.0)).ramp[0]
    assert shadow[0] > shadow[1] * 1.25 > shadow[2]


def test_white_keeps_grey_shadows_and_black_keeps_dark_highlights() -> None:
    assert lab(Material.of_colour("white", (1, 1, 1)).ramp)[0, 0] > 35
    assert lab(Material.of_colour("black", (0, 0, 0)).ramp)[-1, 0] < 45


def test_tinting_keeps_how_a_material_shines_and_takes_the_colour() -> None:
    glass = vocabulary().materials["glass"]
    blue = (0.1, 0.2, 0.9)
    tinted = glass.tinted("blue", blue)
    assert tinted.name == "blue glass"
    assert (tinted.metallic, tinted.gloss, tinted.texture) == (glass.metallic, glass.gloss, glass.texture)
    assert hue_difference(lab(tinted.ramp)[3], lab((blue,))[0]) < 20
    plain = lab(Material.of_colour("blue", blue).ramp)
    assert np.ptp(lab(tinted.ramp)[:, 0]) > np.ptp(plain[:, 0]) + 5


@pytest.mark.parametrize(
    ("ramp", "gloss"), [(((0, 0, 0), (1, 1, 1)), 0.2), (((0, 0, 0),) * 2 + ((2, 0, 0),), 0.2), (((0, 0, 0),) * 3, 1.5)]
)
def test_a_material_out_of_range_is_refused(ramp: tuple[Rgb, ...], gloss: float) -> None:
    with pytest.raises(ValueError, match="odd"):
        Material("odd", ramp, gloss=gloss)


def test_the_table_has_many_materials_whose_ramps_all_rise() -> None:
    materials = set(vocabulary().materials.values())
    assert len(materials) >= 60
    for material in materials:
        assert (np.diff(lab(material.ramp)[:, 0]) > 0).all(), material.name


def test_gold_goes_from_brown_black_over_amber_to_pale_yellow() -> None:
    ramp = lab(vocabulary().materials["golden"].ramp)
    assert ramp[0, 0] < 8
    assert ramp[-1, 0] > 93
    middle = vocabulary().materials["golden"].ramp[3]
    assert middle[0] > middle[1] * 1.3 > middle[2] * 3


def test_every_texture_of_a_material_is_a_class() -> None:
    for material in vocabulary().materials.values():
        assert len(vocabulary().members(material.concepts)) == len(material.concepts)
