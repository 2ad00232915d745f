"""Layers over pictures, and straight alpha that survives scaling."""

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.compositing import (
    BlendMode,
    Placed,
    bleed,
    blend,
    composite,
    on_checkerboard,
    on_green_screen,
    over,
    premultiply,
    unpremultiply,
)

unit = st.floats(0, 1, width=32)
layers = arrays(np.float32, (3, 4, 4), elements=unit)
backdrops = arrays(np.float32, (3, 4, 3), elements=unit)


def random_layer(seed: int, height: int = 70, width: int = 50) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width, 4), dtype=np.float32)


@given(layers, backdrops, unit)
@settings(deadline=None)
def test_over_follows_its_formula(layer: np.ndarray, backdrop: np.ndarray, opacity: float) -> None:
    alpha = layer[..., 3:].astype(float) * opacity
    np.testing.assert_allclose(
        over(layer, backdrop, opacity), alpha * layer[..., :3] + (1 - alpha) * backdrop, atol=1e-6
    )


@given(layers, backdrops)
@settings(deadline=None)
def test_over_shows_the_backdrop_through_nothing_and_the_layer_where_opaque(
    layer: np.ndarray, backdrop: np.ndarray
) -> None:
    clear, opaque = layer.copy(), layer.copy()
    clear[..., 3], opaque[..., 3] = 0, 1
    np.testing.assert_array_equal(over(clear, backdrop), backdrop)
    np.testing.assert_array_equal(over(layer, backdrop, 0), backdrop)
    np.testing.assert_allclose(over(opaque, backdrop), layer[..., :3], atol=1e-6)


@pytest.mark.parametrize("mode", BlendMode)
def test_blend_fades_a_mode_by_alpha_and_opacity(mode: BlendMode) -> None:
    layer, backdrop = random_layer(1), random_layer(2)[..., :3]
    opaque = layer.copy()
    opaque[..., 3] = 1
    alpha = layer[..., 3:] * 0.6
    expected = (1 - alpha) * backdrop + alpha * blend(opaque, backdrop, 1.0, mode)
    np.testing.assert_allclose(blend(layer, backdrop, 0.6, mode), expected, atol=1e-6)


def test_composite_stacks_the_bottom_layer_first() -> None:
    backdrop, under, top = random_layer(1)[..., :3], random_layer(2), random_layer(3)
    expected = blend(top, blend(under, backdrop, 0.5, BlendMode.MULTIPLY), 0.8, BlendMode.HUE)
    got = composite(backdrop, [Placed(under, 0.5, BlendMode.MULTIPLY), Placed(top, 0.8, BlendMode.HUE)])
    np.testing.assert_array_equal(got, expected)


def test_composite_of_nothing_is_a_copy_of_the_backdrop() -> None:
    backdrop = random_layer(1)[..., :3]
    for placed in ([], [Placed(random_layer(2), 0.0)]):
        got = composite(backdrop, placed)
        np.testing.assert_array_equal(got, backdrop)
        assert not np.shares_memory(got, backdrop)


def test_nothing_given_is_changed() -> None:
    layer, backdrop = random_layer(1), random_layer(2)[..., :3]
    layer[:20, :, 3] = 0
    given_layer, given_backdrop = layer.copy(), backdrop.copy()
    composite(backdrop, [Placed(layer, 0.5, mode) for mode in BlendMode])
    for function in (premultiply, unpremultiply, bleed, on_green_screen, on_checkerboard):
        function(layer)
    np.testing.assert_array_equal(layer, given_layer)
    np.testing.assert_array_equal(backdrop, given_backdrop)


@given(arrays(np.float32, (3, 4, 4), elements=st.floats(1 / 65536, 1, width=32)))
@settings(deadline=None)
def test_unpremultiply_undoes_premultiply_where_there_is_alpha(layer: np.ndarray) -> None:
    premultiplied = premultiply(layer)
    assert (premultiplied[..., :3] <= layer[..., 3:]).all()
    np.testing.assert_allclose(unpremultiply(premultiplied), layer, rtol=1e-6, atol=1e-6)


@given(layers)
@example(np.float32([[[1, 1, 1, 0], [1, 1, 0, 1e-45]]]))
@settings(deadline=None)
def test_unpremultiply_is_black_without_alpha_and_never_leaves_the_range(layer: np.ndarray) -> None:
    layer[0, :, 3] = 0
    straight = unpremultiply(layer)
    assert (straight[0, :, :3] == 0).all()
    assert np.isfinite(straight).all()
    assert straight.min() >= 0
    assert straight.max() <= 1


def test_unpremultiply_takes_gray_with_alpha() -> None:
    np.testing.assert_allclose(unpremultiply(np.float32([[[0.25, 0.5]]])), [[[0.5, 0.5]]])


@given(arrays(np.float32, (5, 7, 4), elements=unit), arrays(np.bool_, (5, 7)))
@settings(deadline=None)
def test_bleed_keeps_visible_pixels_and_takes_hidden_colours_from_a_nearest_one(
    layer: np.ndarray, hidden: np.ndarray
) -> None:
    layer[hidden, 3] = 0
    bled = bleed(layer)
    visible = layer[..., 3] > 0
    np.testing.assert_array_equal(bled[visible], layer[visible])
    np.testing.assert_array_equal(bled[..., 3], layer[..., 3])
    if not visible.any():
        np.testing.assert_array_equal(bled, layer)
        return
    places = np.argwhere(visible)
    for row, column in np.argwhere(~visible):
        distances = np.hypot(*(places - (row, column)).T)
        # The distance is measured in steps to the side and across, which err by some per cent.
        near = places[distances <= distances.min() * 1.1]
        assert any((bled[row, column, :3] == layer[tuple(place)][:3]).all() for place in near)


@pytest.mark.parametrize("size", [(37, 53), (77, 131), (100, 160)])
def test_no_dark_fringe_is_left_when_a_bled_layer_is_scaled_down(size: tuple[int, int]) -> None:
    rows, columns = np.mgrid[:200, :320]
    layer = np.zeros((200, 320, 4), np.float32)
    layer[..., 3] = np.hypot(rows - 100, columns - 160) < 70
    layer[layer[..., 3] > 0, :3] = (1, 0.8, 0.1)

    def darkest_visible_red(picture: np.ndarray) -> float:
        small = cv2.resize(picture, size[::-1], interpolation=cv2.INTER_LINEAR)
        return float(small[small[..., 3] > 0, 0].min())

    assert darkest_visible_red(layer) < 0.9  # the fringe that bleeding is for
    assert darkest_visible_red(bleed(layer)) > 0.999


def test_a_layer_without_hidden_pixels_bleeds_nothing() -> None:
    layer = random_layer(1)
    layer[..., 3] = 0.5
    np.testing.assert_array_equal(bleed(layer), layer)


def test_the_green_screen_is_green_behind_a_half_opaque_red() -> None:
    layer = np.zeros((2, 2, 4), np.float32)
    layer[0] = (1, 0, 0, 0.5)
    picture = on_green_screen(layer)
    np.testing.assert_allclose(picture[1, 0] * 255, (0, 177, 64), atol=1e-4)
    np.testing.assert_allclose(picture[0, 0] * 255, (127.5, 88.5, 32), atol=1e-4)


def test_the_checkerboard_alternates_by_cells() -> None:
    board = on_checkerboard(np.zeros((9, 12, 4), np.float32), cell=3)
    corners = board[::3, ::3, 0]
    assert len(np.unique(board)) == 2
    assert (corners[:, 1:] != corners[:, :-1]).all()
    assert (corners[1:] != corners[:-1]).all()
    np.testing.assert_array_equal(board, np.repeat(np.repeat(board[::3, ::3], 3, 0), 3, 1))
