"""Strokes on a frame land on the atlas where every frame then shows them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.atlas.atlas import Atlas
from engine.atlas.painting import Part, blank_picture, painted, picture_on_atlas, seen_layer, stroke_on_atlas
from engine.atlas.rendering import positions, sampled
from tests.small_atlas import HEIGHT, WIDTH, small_atlas

CLIP = (2 * WIDTH, 2 * HEIGHT)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return small_atlas()


def disc(x: float, y: float, radius: float) -> np.ndarray:
    """Return a soft disc on a frame of the clip's size."""
    columns, rows = np.meshgrid(np.arange(CLIP[0]), np.arange(CLIP[1]))
    return np.clip(radius - np.hypot(columns - x, rows - y), 0, 1).astype(np.float32)


def seen(atlas: Atlas, name: str, index: int, picture: np.ndarray) -> np.ndarray:
    """Return a picture over a layer's texture as a frame of the clip's size shows it."""
    return sampled(picture, positions(atlas.layer(name), index, CLIP, atlas.size), atlas.layer(name).size)


def centre(alpha: np.ndarray) -> np.ndarray:
    rows, columns = np.indices(alpha.shape)
    return np.array([(columns * alpha).sum(), (rows * alpha).sum()]) / alpha.sum()


@pytest.mark.parametrize(("name", "step"), [("background", -3 * 2), ("foreground", -2 * 2)])
def test_a_stroke_is_seen_where_it_was_painted_and_moves_with_the_surface(atlas: Atlas, name: str, step: int) -> None:
    stroke, part = disc(50, 30, 8), Part(40, 20, 61, 41)
    picture = blank_picture(atlas, name)
    laid = stroke_on_atlas(atlas, name, 1, stroke[part.box], part, (picture.shape[1], picture.shape[0]))
    assert laid is not None
    picture = painted(picture, *laid, (1.0, 0.0, 0.0))
    np.testing.assert_allclose(seen(atlas, name, 1, picture)[..., 3], stroke, atol=0.35)  # sampled twice
    assert np.abs(seen(atlas, name, 1, picture)[..., 3] - stroke).mean() < 0.005
    moved = centre(seen(atlas, name, 2, picture)[..., 3]) - centre(stroke)
    np.testing.assert_allclose(moved, (step, 0), atol=0.2)


def test_only_the_part_that_was_reached_is_worked_on(atlas: Atlas) -> None:
    part = Part(40, 20, 61, 41)
    laid = stroke_on_atlas(atlas, "background", 0, np.ones((21, 21), np.float32), part, (128, 72))
    assert laid is not None
    strength, landed = laid
    assert strength.shape == (landed.bottom - landed.top, landed.right - landed.left)
    assert landed.right - landed.left < 40
    assert strength.max() == pytest.approx(1)


def test_a_stroke_beside_the_texture_lands_nowhere(atlas: Atlas) -> None:
    beside = Part(0, 0, 8, 8)  # the foreground's texture begins at x = 10, y = 6
    assert stroke_on_atlas(atlas, "foreground", 0, np.ones((8, 8), np.float32), beside, (60, 44)) is None


def test_a_picture_on_a_frame_is_seen_there_again(atlas: Atlas) -> None:
    picture = np.zeros((HEIGHT, WIDTH, 4), np.float32)
    picture[8:24, 12:36] = (0.2, 0.6, 0.9, 1)
    laid = picture_on_atlas(atlas, "background", 2, picture, (64, 36))
    again = sampled(laid, positions(atlas.layer("background"), 2, (WIDTH, HEIGHT), atlas.size), (64, 36))
    np.testing.assert_allclose(again[10:22, 14:34], picture[10:22, 14:34], atol=1e-3)
    assert np.abs(again[..., 3] - picture[..., 3]).mean() < 0.01
    assert laid[..., 3].mean() < 0.25  # what the frame does not see stays transparent


def test_a_stroke_finds_the_layer_that_is_seen_under_it(atlas: Atlas) -> None:
    on_square, beside = Part(40, 20, 61, 41), Part(4, 4, 14, 14)
    assert seen_layer(atlas, 1, disc(50, 30, 8)[on_square.box], on_square) == "foreground"
    assert seen_layer(atlas, 1, np.ones((10, 10), np.float32), beside) == "background"


def test_a_blank_picture_is_as_fine_as_the_clip(atlas: Atlas) -> None:
    assert blank_picture(atlas, "background").shape == (72, 128, 4)
    assert not blank_picture(atlas, "background").any()


pixels = st.floats(0, 1, width=32)


@given(pixels, pixels, pixels, pixels)
def test_colour_goes_over_colour_and_the_eraser_takes_it_away(
    before: float, alpha: float, colour: float, strength: float
) -> None:
    rgba = np.array([[[before, before, before, alpha]]], np.float32)
    whole = Part(0, 0, 1, 1)
    stroke = np.full((1, 1), strength, np.float32)
    result = painted(rgba, stroke, whole, (colour, colour, colour))[0, 0]
    over_black = strength * colour + (1 - strength) * alpha * before
    assert result[3] == pytest.approx(strength + (1 - strength) * alpha, abs=1e-5)
    assert result[3] * result[0] == pytest.approx(over_black, abs=1e-5)
    erased = painted(rgba, stroke, whole, None)[0, 0]
    assert erased[3] == pytest.approx(alpha * (1 - strength), abs=1e-5)
    assert erased[0] == rgba[0, 0, 0]


def test_painting_leaves_the_picture_before_alone() -> None:
    before = np.zeros((4, 4, 4), np.float32)
    painted(before, np.ones((2, 2), np.float32), Part(1, 1, 3, 3), (1.0, 1.0, 1.0))
    assert not before.any()
