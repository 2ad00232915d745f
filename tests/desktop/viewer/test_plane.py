from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.viewer import plane as plane_module
from desktop.viewer.plane import Plane, Window
from desktop.viewer.view import Rect, Size, View

RNG = np.random.default_rng(7)


def picture(height: int, width: int, channels: int) -> np.ndarray:
    return RNG.random((height, width, channels), np.float32)


def window(plane: Plane, view: View, size: Size | None = None) -> Window:
    shown = size or plane.size
    return Window(view, view.covered(shown), shown)


def sample(plane: Plane, view: View, size: Size | None = None) -> np.ndarray:
    whole = window(plane, view, size)
    return plane.sample(whole, whole.rect.left, whole.rect.right)


@pytest.mark.parametrize("channels", [3, 4])
def test_one_to_one_shows_the_pixels_themselves(channels: int) -> None:
    pixels = picture(33, 47, channels)
    np.testing.assert_allclose(sample(Plane(pixels), View(1.0, 5.2, -3.7)), pixels, atol=1e-6)


@pytest.mark.parametrize("scale", [2, 3, 7])
def test_pixels_are_crisp_from_200_percent_on(scale: int) -> None:
    pixels = picture(9, 11, 3)
    expected = pixels.repeat(scale, axis=0).repeat(scale, axis=1)
    np.testing.assert_array_equal(sample(Plane(pixels), View(float(scale), 4, 4)), expected)


def test_pixels_that_are_not_square_are_stretched() -> None:
    pixels = picture(9, 11, 3)
    expected = pixels.repeat(2, axis=0).repeat(4, axis=1)
    np.testing.assert_array_equal(sample(Plane(pixels), View(2.0, 4, 4, aspect=2.0)), expected)


@given(st.floats(2, 40), st.integers(0, 30), st.integers(0, 25))
@settings(max_examples=60, deadline=None)
def test_crisp_pixels_at_any_zoom_are_those_under_their_centres(scale: float, left: int, top: int) -> None:
    plane = Plane(picture(13, 17, 3))
    view = View(scale, -3 * left, -2 * top)
    covered = view.covered(plane.size)
    rect = Rect(covered.left + left, covered.top + top, covered.right, covered.bottom)
    shown = plane.sample(Window(view, rect, plane.size), rect.left, rect.right)
    x = (np.arange(rect.left, rect.right) + 0.5 - covered.left) / scale
    y = (np.arange(rect.top, rect.bottom) + 0.5 - covered.top) / scale
    sure_x, sure_y = (np.abs(place - place.round()) > 2e-3 for place in (x, y))
    expected = plane.pixels[np.minimum(y.astype(int), 12)][:, np.minimum(x.astype(int), 16)]
    np.testing.assert_array_equal(shown[sure_y][:, sure_x], expected[sure_y][:, sure_x])


def test_between_one_to_one_and_200_percent_pixels_are_smooth() -> None:
    edge = np.zeros((8, 8, 3), np.float32)
    edge[:, 4:] = 1
    shown = sample(Plane(edge), View(1.9))
    assert ((shown > 0.05) & (shown < 0.95)).any()


def test_a_small_picture_averages_all_pixels() -> None:
    pixels = picture(64, 96, 3)
    blocks = pixels.reshape(16, 4, 24, 4, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(sample(Plane(pixels), View(0.25)), blocks, atol=1e-5)


@pytest.mark.parametrize("scale", [1.0, 0.7, 0.5, 0.3, 0.11])
def test_hidden_colour_stays_out_of_edges(scale: float) -> None:
    rgba = np.zeros((64, 64, 4), np.float32)
    rgba[..., 0] = 1  # red wherever nothing is seen
    rgba[20:45, 13:50] = (0, 1, 0, 1)
    shown = sample(Plane(rgba), View(scale))
    seen = shown[..., 3] > 0.01
    assert seen.any()
    np.testing.assert_allclose(shown[seen][:, :3], np.broadcast_to((0, 1, 0), (seen.sum(), 3)), atol=1e-4)


def test_a_preview_is_stretched_over_the_picture() -> None:
    small = np.zeros((10, 20, 4), np.float32)
    small[:, 10:] = 1
    shown = sample(Plane(small), View(1.0), Size(80, 40))
    assert shown.shape == (40, 80, 4)
    np.testing.assert_array_equal(shown[:, :36, 3], 0)
    np.testing.assert_array_equal(shown[:, 44:, 3], 1)


@pytest.mark.parametrize("scale", [0.2, 0.64, 1.0, 1.5, 3.0])
def test_bands_and_narrow_parts_fit_together(scale: float) -> None:
    plane = Plane(picture(120, 90, 4))
    view = View(scale, 3, 5)
    whole = sample(Plane(plane.pixels), view)
    covered = view.covered(plane.size)
    bands = []
    for top in range(covered.top, covered.bottom, 7):
        rect = Rect(covered.left, top, covered.right, min(top + 7, covered.bottom))
        bands.append(plane.sample(Window(view, rect, plane.size), rect.left, rect.right))
    np.testing.assert_allclose(np.concatenate(bands), whole, atol=1e-5)
    fresh = Plane(plane.pixels)
    narrow = fresh.sample(window(fresh, view), covered.left + 2, covered.left + 5)
    np.testing.assert_allclose(narrow, whole[:, 2:5], atol=1e-5)


def test_the_same_view_is_sampled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    plane = Plane(picture(40, 40, 4))
    first = sample(plane, View(0.8))
    assert np.shares_memory(sample(plane, View(0.8)), first)
    assert not np.shares_memory(sample(plane, View(0.9)), first)
    monkeypatch.setattr(plane_module, "KEPT_BYTES", 0)
    assert not np.shares_memory(sample(plane, View(0.7)), sample(plane, View(0.7)))


@pytest.mark.parametrize("scale", [1.0, 0.2])
def test_painting_shows_after_a_word_of_it(scale: float) -> None:
    matte = np.zeros((64, 64), np.float32)
    plane = Plane(matte)
    assert sample(plane, View(scale)).max() == 0
    matte[:] = 1
    plane.changed()
    np.testing.assert_allclose(sample(plane, View(scale)), 1)


def test_halving_is_done_in_small_pieces() -> None:
    plane = Plane(np.ones((2048, 512, 3), np.float32))
    pieces = plane.prepare(window(plane, View(0.25)))
    assert sum(1 for _ in pieces) >= 4
    assert deque(plane.prepare(window(plane, View(0.25)))) == deque()


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (51, 1), (3, 5)])
def test_tiny_and_thin_pictures_can_be_shown_small(shape: tuple[int, int]) -> None:
    plane = Plane(np.full((*shape, 3), 0.5, np.float32))
    for scale in (1 / 64, 0.3, 1.0, 50.0):
        np.testing.assert_allclose(sample(plane, View(scale)), 0.5, atol=1e-6)


def test_at_returns_the_pixel_at_a_fraction() -> None:
    pixels = picture(4, 8, 4)
    plane = Plane(pixels)
    np.testing.assert_array_equal(plane.at(0.99, 0.0)[0, 0], pixels[0, 7])
    np.testing.assert_array_equal(plane.at(1.0, 1.0)[0, 0], pixels[3, 7])
