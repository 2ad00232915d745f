import numpy as np
import pytest

from engine.colour import luminance
from engine.guidance.materials import Material
from engine.text2live.shading import shaded

GOLD = Material("gold", ((0.05, 0.03, 0.0), (0.6, 0.4, 0.1), (1.0, 0.95, 0.7)), metallic=0.9, gloss=0.6)
PAINT = Material("paint", ((0.1, 0.0, 0.0), (0.7, 0.1, 0.1), (0.9, 0.6, 0.6)), gloss=0.0)


def _ball(brightness: float) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = (np.mgrid[:160, :160] - 80) / 60
    inside = rows**2 + columns**2 < 1
    light = brightness * np.clip(-0.5 * columns - 0.6 * rows + 0.6, 0.1, 1)
    picture = np.where(inside, light, 0.9)[..., None] * np.ones(3)
    return picture.astype(np.float32), inside.astype(np.float32)


@pytest.mark.parametrize("material", [GOLD, PAINT])
def test_a_material_is_shaded_not_flat(material):
    picture, matte = _ball(0.8)
    light = luminance(shaded(material, picture, matte))[matte > 0.5]

    assert np.quantile(light, 0.95) - np.quantile(light, 0.05) > 0.35


def test_a_dark_thing_shines_as_a_bright_one():
    dark, matte = _ball(0.15)
    bright, _ = _ball(0.9)
    inside = matte > 0.5

    gap = np.abs(shaded(PAINT, dark, matte) - shaded(PAINT, bright, matte))[inside]
    assert gap.mean() < 0.06


def test_the_source_light_stays_where_it_was():
    picture, matte = _ball(0.8)
    inside = matte > 0.5
    mine, theirs = luminance(shaded(PAINT, picture, matte))[inside], luminance(picture)[inside]

    assert np.corrcoef(mine, theirs)[0, 1] > 0.9


def test_colours_come_from_the_ramp():
    picture, matte = _ball(0.8)
    colour = shaded(GOLD, picture, matte)
    ramp = np.array(GOLD.ramp)

    assert colour.min() >= ramp.min() - 1e-6
    assert (colour[..., 0] >= colour[..., 1] - 1e-6).all()
    assert (colour[..., 1] >= colour[..., 2] - 1e-6).all()


def test_metal_mirrors_its_surroundings():
    picture, matte = _ball(0.8)
    flat = np.full_like(picture, 0.5)
    dull = shaded(Material("dull", GOLD.ramp, metallic=0.0, gloss=0.0), flat, matte)[matte > 0.5]
    metal = shaded(Material("metal", GOLD.ramp, metallic=1.0, gloss=0.0), flat, matte)[matte > 0.5]

    assert metal.std() > 3 * dull.std()
