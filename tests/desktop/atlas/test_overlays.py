"""What lies over a frame, against an atlas of which everything is known."""

import cv2
import numpy as np
import pytest

from desktop.atlas.overlays import (
    Overlay,
    checkerboard,
    flow_colours,
    flow_overlay,
    mapping_overlay,
    reconstruction_overlay,
    residual_overlay,
)
from engine.atlas.rendering import reconstructed
from tests.small_atlas import HEIGHT, SQUARE, WIDTH, small_atlas, square_corner

ATLAS = small_atlas()


def test_the_checkerboard_lies_on_its_layer_alone_and_moves_with_it() -> None:
    first, later = (mapping_overlay(ATLAS, "foreground", index) for index in (0, 2))
    parts = []
    for overlay, index in ((first, 0), (later, 2)):
        left, top = square_corner(index)
        inside = np.zeros((HEIGHT, WIDTH), bool)
        inside[top : top + SQUARE, left : left + SQUARE] = True
        assert (overlay[inside][:, 3] > 0.5).all()
        assert not overlay[~inside][:, 3].any()
        parts.append(overlay[top : top + SQUARE, left : left + SQUARE, :3])
    np.testing.assert_allclose(parts[0], parts[1], atol=1e-4)


def test_the_checkerboard_alternates_and_no_place_has_anothers_colour() -> None:
    board = checkerboard(ATLAS.layer("background"))
    value = board.max(2)
    assert set(np.round(np.unique(value), 2)) == {np.float32(0.3), np.float32(0.95)}
    bright = np.unique(np.round(board[value > 0.5], 4), axis=0)
    assert len(bright) > 0.9 * (value > 0.5).sum()


@pytest.mark.parametrize(
    ("motion", "channel"), [((5, 0), 0), ((-2.5, 4.33), 1), ((-2.5, -4.33), 2)], ids=["right", "down", "up"]
)
def test_each_direction_has_its_colour(motion: tuple[float, float], channel: int) -> None:
    colours = flow_colours(np.full((8, 8, 2), motion, np.float32))
    assert colours[..., :3].argmax(-1).tolist() == [[channel] * 8] * 8
    assert (colours[..., 3] == 1).all()


def test_what_stands_still_is_white_and_speed_brings_colour() -> None:
    flow = np.zeros((8, 8, 2), np.float32)
    flow[:, 4:, 0] = 6
    colours = flow_colours(flow)
    np.testing.assert_allclose(colours[:, :4, :3], 1)
    np.testing.assert_allclose(colours[:, 4:, :3], np.broadcast_to((1, 0, 0), (8, 4, 3)), atol=1e-6)


def test_flow_is_seen_between_two_frames() -> None:
    noise = cv2.GaussianBlur(np.random.default_rng(0).random((90, 120, 3), np.float32), (0, 0), 2)
    texture = (noise - noise.min()) / np.ptp(noise)
    overlay = flow_overlay(texture[:, 4:], texture[:, :-4])  # everything moves 4 pixels to the right
    middle = overlay[20:-20, 20:-20, :3].reshape(-1, 3).mean(0)
    assert middle[0] > 0.9
    assert middle[1:].max() < 0.4


def test_the_reconstruction_and_what_it_misses() -> None:
    truth = reconstructed(ATLAS, 1)
    np.testing.assert_array_equal(reconstruction_overlay(ATLAS, 1)[..., :3], truth)
    assert residual_overlay(ATLAS, 1, truth)[..., :3].max() < 1e-5
    off = truth.copy()
    off[:10] = np.clip(off[:10] + 0.1, 0, 1)
    residual = residual_overlay(ATLAS, 1, off)
    assert residual[:10, :, 2].mean() == pytest.approx(0.4, abs=0.01)
    assert residual[11:, :, :3].max() < 1e-5


def test_only_flow_does_without_an_atlas() -> None:
    assert [overlay for overlay in Overlay if not overlay.needs_atlas] == [Overlay.NONE, Overlay.FLOW]
    assert len({overlay.label for overlay in Overlay}) == len(Overlay)
