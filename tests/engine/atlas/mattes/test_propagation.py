import numpy as np
import pytest

from engine.atlas.finishing import finish
from engine.atlas.mattes.propagation import propagate, propagating
from engine.atlas.motion.flow import Flows
from engine.errors import UserError
from tests.engine.atlas.moving_clips import HEIGHT, WIDTH, moving_clip


def overlap(mattes: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Return the intersection over union of each frame's matte."""
    on = mattes > 127
    union = (on | true).sum((1, 2))
    return np.where(union > 0, (on & true).sum((1, 2)) / np.maximum(union, 1), 1.0)


def test_the_first_mask_reaches_the_last_frame():
    clip = moving_clip(14)
    shares: list[float] = []
    found = finish(propagating(clip.frames, Flows(clip.frames), {0: clip.mattes[0]}), shares.append)
    assert found.dtype == np.uint8
    assert overlap(found, clip.mattes).min() > 0.9
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_mask_in_the_middle_is_carried_both_ways():
    clip = moving_clip(9)
    key = (clip.mattes[4] * 255).astype(np.uint8)
    found = propagate(clip.frames, Flows(clip.frames), {4: key})
    assert np.array_equal(found[4], key)
    assert overlap(found, clip.mattes).min() > 0.9


def test_masks_at_both_ends_meet():
    clip = moving_clip(9)
    found = propagate(clip.frames, Flows(clip.frames), {0: clip.mattes[0], 8: clip.mattes[8]})
    assert overlap(found, clip.mattes).min() > 0.9


def test_a_thing_in_front_is_left_out_and_what_it_hid_comes_back():
    clip = moving_clip(16, speed=3, turn=0)
    frames, mattes = clip.frames.copy(), clip.mattes.copy()
    random = np.random.default_rng(4)
    bar = np.repeat(random.integers(0, 90, (HEIGHT, 40, 1)), 3, 2) // np.array([3, 2, 1]) + np.array([30, 30, 150])
    for index in range(16):
        left = 190 - 10 * index
        part = slice(max(0, left), max(0, left + 22))
        frames[index][:, part] = bar[:, : part.stop - part.start]
        mattes[index][:, part] = False
    found = propagate(frames, Flows(frames), {0: mattes[0]})
    scores = overlap(found, mattes)
    assert scores.mean() > 0.85
    assert scores[-1] > 0.85  # all of it is seen again


def test_an_object_that_leaves_the_frame_is_let_go():
    clip = moving_clip(26, speed=14, camera_speed=0, turn=0)
    frames, mattes = clip.frames[12:], clip.mattes[12:]
    assert not mattes[-1].any()
    found = propagate(frames, Flows(frames), {0: mattes[0]})
    assert (found[-1] > 127).sum() < 0.2 * mattes[0].sum()


def test_empty_masks_are_refused():
    clip = moving_clip(2)
    with pytest.raises(UserError, match="shows nothing"):
        propagate(clip.frames, Flows(clip.frames), {0: np.zeros((HEIGHT, WIDTH), np.uint8)})


def test_a_clip_of_one_frame_keeps_its_mask():
    clip = moving_clip(1)
    found = propagate(clip.frames, Flows(clip.frames), {0: clip.mattes[0]})
    assert np.array_equal(found[0] > 127, clip.mattes[0])
