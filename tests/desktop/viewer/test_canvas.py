from collections import deque

import numpy as np
import pytest

from desktop.viewer.canvas import BAND, Canvas
from desktop.viewer.plane import Plane
from desktop.viewer.scene import PlacedPlane, Scene
from desktop.viewer.view import EVERYTHING, Rect, Size, View
from engine.colour import to_uint8
from engine.compositing import BlendMode, Placed, composite

RNG = np.random.default_rng(5)
SOURCE = RNG.random((90, 140, 3), np.float32)
RGBA = RNG.random((90, 140, 4), np.float32)
SCENE = Scene(Plane(SOURCE), (PlacedPlane(Plane(RGBA), 0.5, BlendMode.NORMAL),))
VIEWPORT = Size(100, 80)


def drawn(view: View, scene: Scene = SCENE, part: Rect = EVERYTHING) -> Canvas:
    canvas = Canvas(view, scene.size, VIEWPORT)
    deque(canvas.draw(scene, part), maxlen=0)
    return canvas


def test_the_canvas_holds_the_visible_part_blue_first() -> None:
    canvas = drawn(View(1.0, -20, 10))
    expected = to_uint8(composite(SOURCE, [Placed(RGBA, 0.5)]))
    assert canvas.rect == Rect(0, 10, 100, 80)
    np.testing.assert_allclose(canvas.pixels[..., 2::-1].astype(int), expected[:70, 20:120], atol=1)
    assert (canvas.pixels[..., 3] == 255).all()


def test_a_picture_out_of_sight_needs_no_pixels() -> None:
    assert drawn(View(1.0, 500, 0)).pixels.size == 0


def test_only_the_bands_and_columns_asked_for_are_drawn() -> None:
    canvas = drawn(View(), part=Rect(10, 20, 40, 30))
    touched = canvas.pixels[..., 3] == 255
    assert touched[20:30, 10:40].all()
    assert touched.sum() == BAND * 30


@pytest.mark.parametrize(("dx", "dy"), [(7, 0), (-7, 0), (0, 11), (0, -11), (13, -9), (-60, 50), (300, 0)])
@pytest.mark.parametrize("scale", [0.8, 1.0, 2.5])
def test_after_a_pan_only_what_appeared_is_drawn(scale: float, dx: int, dy: int) -> None:
    before = drawn(View(scale, -15, -12))
    after = Canvas(View(scale, -15 + dx, -12 + dy), SCENE.size, VIEWPORT)
    parts = after.adopt(before)
    for part in parts:
        deque(after.draw(SCENE, part), maxlen=0)
    np.testing.assert_array_equal(after.pixels, drawn(after.view).pixels)
    fresh = sum(part.width * part.height for part in parts)
    assert fresh < after.pixels[..., 0].size or dx == 300


def test_nothing_is_adopted_at_another_zoom() -> None:
    canvas = Canvas(View(1.5), SCENE.size, VIEWPORT)
    assert canvas.adopt(drawn(View(1.0))) == [canvas.rect]


def test_drawing_comes_in_pieces() -> None:
    canvas = Canvas(View(), SCENE.size, VIEWPORT)
    assert sum(1 for _ in canvas.draw(SCENE, EVERYTHING)) >= 2
