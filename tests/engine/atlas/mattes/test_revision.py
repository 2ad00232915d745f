import cv2
import numpy as np
import pytest

from engine.atlas.finishing import finish
from engine.atlas.mattes.carrying import Key
from engine.atlas.mattes.motions import Motions
from engine.atlas.mattes.revision import revising
from tests.engine.atlas.moving_clips import MovingClip, moving_clip

DAMAGED = 4  # the first frame in which the mattes are wrong


@pytest.fixture(scope="module")
def clip() -> MovingClip:
    return moving_clip(10, speed=4, turn=0.5)


def true_motions(clip: MovingClip) -> Motions:
    motions = Motions(len(clip.frames))
    for here in range(len(clip.frames) - 1):
        steps = [np.linalg.inv(onto[here + 1]) @ onto[here] for onto in (clip.object, clip.camera)]
        motions.note(here, here + 1, *steps)
    return motions


def revised(clip: MovingClip, mattes: np.ndarray) -> np.ndarray:
    """Return the overlap of each frame's matte with the true one, once ``mattes`` (T, H, W) uint8 are revised."""
    key = Key(cv2.cvtColor(clip.frames[0], cv2.COLOR_RGB2Lab), clip.mattes[0].astype(np.float32))
    finish(revising(clip.frames, mattes, true_motions(clip), {0: key}))
    on = mattes > 127
    return (on & clip.mattes).sum((1, 2)) / (on | clip.mattes).sum((1, 2))


def test_a_part_that_was_lost_comes_back(clip: MovingClip) -> None:
    mattes = clip.mattes.astype(np.uint8) * 255
    for matte in mattes[DAMAGED:]:
        middle = int(np.argwhere(matte)[:, 1].mean())
        matte[:, middle:] = 0
    found = revised(clip, mattes)
    assert found.min() > 0.75
    assert found.mean() > 0.88


def test_an_object_that_was_lost_wholly_comes_back(clip: MovingClip) -> None:
    mattes = clip.mattes.astype(np.uint8) * 255
    mattes[DAMAGED : DAMAGED + 3] = 0
    assert revised(clip, mattes).min() > 0.9


def test_ground_that_was_taken_for_the_object_is_let_go(clip: MovingClip) -> None:
    mattes = clip.mattes.astype(np.uint8) * 255
    for matte in mattes[DAMAGED:]:
        bottom, middle = np.argwhere(matte).max(0)[0], int(np.argwhere(matte)[:, 1].mean())
        matte[bottom - 8 : bottom + 10, middle - 15 : middle + 15] = 255
    assert revised(clip, mattes).min() > 0.9


def test_the_given_frames_keep_their_mattes(clip: MovingClip) -> None:
    mattes = clip.mattes.astype(np.uint8) * 255
    revised(clip, mattes)
    assert np.array_equal(mattes[0] > 0, clip.mattes[0])


def test_motions_lead_there_and_back() -> None:
    motions = Motions(4)
    shift = np.array([[1, 0, 5.0], [0, 1, -2], [0, 0, 1]])
    for a, b in ((0, 1), (2, 1), (2, 3)):  # noted in the direction in which a matte was carried
        motions.note(a, b, shift if a < b else np.linalg.inv(shift), np.eye(3))
    assert np.allclose(motions.of_object(0, 3)[:2, 2], [15, -6])
    assert np.allclose(motions.of_object(3, 0) @ motions.of_object(0, 3), np.eye(3))
    assert np.allclose(motions.of_ground(0, 3), np.eye(3))
