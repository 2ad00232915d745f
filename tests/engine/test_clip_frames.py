"""A clip's layers as its frames show them, against what a known atlas says."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.atlas.atlas import Atlas, AtlasClip, AtlasLayer
from engine.blending import BlendMode
from engine.clip_frames import QuickLayers, layers_at
from engine.compositing import composite
from engine.errors import UserError
from engine.project import EditLayer, Footage, Project

WIDTH, HEIGHT, STEP = 80, 48, 6  # frames in fitting; the background moves by STEP a frame
NUMBERS = range(101, 104)
FOOTAGE = Footage(Path("/clip"), 2 * WIDTH, 2 * HEIGHT, 5, Fraction(25), 101)


def known_atlas() -> Atlas:
    """Return a background that moves to the left, and a still foreground on the right half."""
    x, y = np.meshgrid(np.linspace(0, WIDTH - 1, 5), np.linspace(0, HEIGHT - 1, 4))
    still = np.stack([x, y], -1).astype(np.float32)
    moving = np.stack([still + np.array([STEP * index, 0], np.float32) for index in range(len(NUMBERS))])
    wide, narrow = WIDTH + STEP * 2, WIDTH
    layers = (
        AtlasLayer("background", np.zeros((HEIGHT, wide, 3), np.float32), np.ones((HEIGHT, wide), np.float32), moving),
        AtlasLayer(
            "foreground",
            np.zeros((HEIGHT, narrow, 3), np.float32),
            np.ones((HEIGHT, narrow), np.float32),
            np.broadcast_to(still, moving.shape).copy(),
        ),
    )
    mattes = np.zeros((len(NUMBERS), 1, HEIGHT, WIDTH), np.uint8)
    mattes[..., WIDTH // 2 :] = 255
    light = np.ones((len(NUMBERS), 2, 2, 3), np.float32)
    light[1] = 0.5
    return Atlas(AtlasClip(Path("/clip"), NUMBERS, Fraction(25), (160, 96)), (WIDTH, HEIGHT), layers, mattes, light)


def bar(column: int, width: int) -> np.ndarray:
    """Return a white bar, 12 wide, over a texture of that width."""
    rgba = np.zeros((HEIGHT, width, 4), np.float32)
    rgba[:, column : column + 12] = 1
    return rgba


ATLAS = known_atlas()
PICTURES = {
    "layers/back.png": bar(20, WIDTH + 2 * STEP),
    "layers/front.png": np.dstack(
        [np.full((HEIGHT, WIDTH, 3), 0.25, np.float32), np.ones((HEIGHT, WIDTH), np.float32)]
    ),
    "layers/flat.png": np.full((HEIGHT, WIDTH, 4), 0.5, np.float32),
}
BACK = EditLayer("back", "back", "layers/back.png", atlas_layer="background")
FRONT = EditLayer("front", "front", "layers/front.png", atlas_layer="foreground")
FLAT = EditLayer("flat", "flat", "layers/flat.png", blend=BlendMode.MULTIPLY, opacity=0.5)


def project(*layers: EditLayer) -> Project:
    return Project(FOOTAGE, layers, atlas="atlases/a")


def source(width: int = 2 * WIDTH, height: int = 2 * HEIGHT) -> np.ndarray:
    return np.full((height, width, 3), 0.1, np.float32)


def exact(shown: Project, number: int) -> list[object]:
    return layers_at(shown, number, source(), PICTURES.__getitem__, lambda _name: ATLAS)


def test_a_layer_moves_with_its_atlas_and_hides_behind_what_is_in_front() -> None:
    for index, number in enumerate(NUMBERS):
        (placed,) = exact(project(BACK), number)
        assert placed.rgba.shape == (2 * HEIGHT, 2 * WIDTH, 4)
        alpha = placed.rgba[HEIGHT, :, 3]
        middle = 2 * (20 + 6 - STEP * index)  # of the bar, in frames twice as large
        assert alpha[middle - 8 : middle + 8] == pytest.approx(1, abs=0.01)
        assert alpha[: max(middle - 16, 0)] == pytest.approx(0, abs=0.01)
        assert alpha[WIDTH + 4 :] == pytest.approx(0, abs=0.01), "the foreground stands before it"


def test_the_light_falls_on_the_edit() -> None:
    lit, dim = (exact(project(FRONT), number)[0].rgba[HEIGHT, -5, :3] for number in (101, 102))
    assert lit == pytest.approx(0.25, abs=0.01)
    assert dim == pytest.approx(0.125, abs=0.01)


def test_a_picture_in_the_frame_is_the_same_in_all_frames() -> None:
    for number in (101, 105):
        (placed,) = exact(project(FLAT), number)
        assert placed.rgba == pytest.approx(0.5, abs=1e-3)
        assert (placed.opacity, placed.mode) == (0.5, BlendMode.MULTIPLY)


def test_ranges_keyframes_and_order_are_kept() -> None:
    layers = project(
        replace(FRONT, opacity_keys=((101, 0.0), (103, 1.0))), replace(BACK, first=102), replace(FLAT, visible=False)
    )
    assert [placed.opacity for placed in exact(layers, 101)] == [0.0]
    assert [placed.opacity for placed in exact(layers, 102)] == [0.5, 1.0]


def test_frames_outside_of_the_atlas_show_no_layer_of_it() -> None:
    assert exact(project(BACK, FRONT), 104) == []
    assert len(exact(project(BACK, FLAT), 104)) == 1


def test_a_layer_that_the_atlas_lacks_is_told() -> None:
    lost = replace(BACK, atlas_layer="foreground 2")
    with pytest.raises(UserError, match="“back” lies on “foreground 2”"):
        exact(project(lost), 101)
    with pytest.raises(UserError, match="foreground 2"):
        QuickLayers().layers_at(project(lost), 101, (80, 48), PICTURES.__getitem__, lambda _name: ATLAS)


@pytest.mark.parametrize("size", [(160, 96), (80, 48), (40, 24)])
@pytest.mark.parametrize("number", NUMBERS)
def test_quick_layers_show_nearly_the_same(size: tuple[int, int], number: int) -> None:
    shown = project(BACK, FRONT, FLAT)
    quick = QuickLayers().layers_at(shown, number, size, PICTURES.__getitem__, lambda _name: ATLAS)
    assert {placed.rgba.shape for placed in quick} == {(size[1], size[0], 4)}
    small = composite(source(*size), quick)
    whole = composite(source(), exact(shown, number))
    factor = whole.shape[0] // size[1]
    shrunk = whole.reshape(size[1], factor, size[0], factor, 3).mean((1, 3))
    assert np.abs(small - shrunk).mean() < 0.02
    assert np.quantile(np.abs(small - shrunk), 0.9) < 0.05


def test_a_layer_of_an_older_atlas_is_rendered_through_that_one() -> None:
    asked: list[str] = []

    def atlas(name: str) -> Atlas:
        asked.append(name)
        return ATLAS

    shown = project(BACK).with_atlas("atlases/b").add_layer(FRONT)
    layers_at(shown, 101, source(), PICTURES.__getitem__, atlas)
    assert asked == ["atlases/a", "atlases/b"]


def test_a_layer_with_a_picture_for_each_frame_shows_the_frames_own() -> None:
    layer = EditLayer("film", "film", "layers/film", frames=(102, 103))
    pictures = {
        f"layers/film/{number}.png": np.full((2 * HEIGHT, 2 * WIDTH, 4), (number - 101) / 2, np.float32)
        for number in (102, 103)
    }
    quick = QuickLayers()

    def no_atlas(_name: str) -> Atlas:
        raise AssertionError("the layer lies on none")

    for number in (102, 103):
        (placed,) = layers_at(project(layer), number, source(), pictures.__getitem__, no_atlas)
        assert placed.rgba is pictures[f"layers/film/{number}.png"]
        (fast,) = quick.layers_at(project(layer), number, (40, 24), pictures.__getitem__, no_atlas)
        assert fast.rgba == pytest.approx((number - 101) / 2, abs=0.01)
    for number in (101, 104):
        assert layers_at(project(layer), number, source(), pictures.__getitem__, no_atlas) == []
    assert len(layers_at(project(replace(layer, first=103)), 103, source(), pictures.__getitem__, no_atlas)) == 1
    assert layers_at(project(replace(layer, first=103)), 102, source(), pictures.__getitem__, no_atlas) == []
