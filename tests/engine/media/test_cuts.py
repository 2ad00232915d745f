"""Cuts: one for each change of scene, none for motion, flashes and changes of light."""

import cv2
import numpy as np
import pytest

from engine.media.cuts import find_cuts

HEIGHT, WIDTH, FRAMES = 90, 160, 12


def scene(seed: int, step: float = 3.0) -> list[np.ndarray]:
    """Return frames of a camera that pans over a landscape of blobs, in the tints of a seed."""
    rng = np.random.default_rng(seed)
    wide = int(WIDTH + step * FRAMES + 8)
    tints = rng.uniform(0.3, 1, 3)
    blobs = cv2.GaussianBlur(rng.random((HEIGHT, wide, 3)).astype(np.float32), (0, 0), 4)
    blobs = (blobs - blobs.min()) / np.ptp(blobs)
    land = np.uint8(np.clip(blobs * 255, 0, 255) * tints)
    return [land[:, round(step * place) : round(step * place) + WIDTH] for place in range(FRAMES)]


@pytest.mark.parametrize("step", [0.0, 3.0, 10.0])
def test_a_moving_camera_is_no_cut(step: float) -> None:
    assert find_cuts(scene(1, step)) == ()


@pytest.mark.parametrize("pair", [(1, 2), (2, 3), (3, 1), (4, 5)])
def test_a_cut_is_told_by_the_place_of_the_new_scenes_first_frame(pair: tuple[int, int]) -> None:
    one, other = pair
    assert find_cuts(scene(one) + scene(other)) == (FRAMES,)


def test_several_cuts_are_found_also_between_short_scenes() -> None:
    assert find_cuts(scene(1)[:3] + scene(2)[:3] + scene(3)[:3]) == (3, 6)


def test_one_frame_has_no_cut() -> None:
    assert find_cuts(scene(1)[:1]) == ()


def test_a_flash_or_a_broken_frame_is_no_cut() -> None:
    for odd in (np.full((HEIGHT, WIDTH, 3), 255, np.uint8), scene(9)[0]):
        frames = scene(1)
        frames[6] = odd
        assert find_cuts(frames) == ()


def test_a_change_of_light_is_no_cut() -> None:
    frames = scene(1)
    darker = [np.uint8(frame * 0.6) for frame in frames[6:]]
    assert find_cuts(frames[:6] + darker) == ()


def test_frames_that_stand_still_are_no_cut() -> None:
    assert find_cuts([frame for frame in scene(1, 8) for _ in range(2)]) == ()


def test_black_before_the_scene_ends_in_a_cut() -> None:
    black = [np.zeros((HEIGHT, WIDTH, 3), np.uint8)] * 4
    assert find_cuts(black + scene(1)) == (4,)
