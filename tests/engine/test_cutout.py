"""Cutting objects out of drawn scenes of which the truth is known."""

import cv2
import numpy as np
import pytest

from engine.cutout import cut_box, cut_mask

HEIGHT, WIDTH = 240, 320


@pytest.fixture
def truth() -> np.ndarray:
    """Return the mask of a tilted ellipse."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(mask, ((170, 120), (120, 70), 25), 1, -1)
    return mask.astype(np.float32)


@pytest.fixture
def picture(truth: np.ndarray) -> np.ndarray:
    """Return an orange object on a noisy green ground."""
    noise = np.random.default_rng(0).normal(0, 0.06, (HEIGHT, WIDTH, 3))
    ground, thing = np.array((0.2, 0.45, 0.2)), np.array((0.85, 0.5, 0.15))
    return np.clip(ground + (thing - ground) * truth[..., None] + noise, 0, 1).astype(np.float32)


def iou(matte: np.ndarray, truth: np.ndarray) -> float:
    inside, wanted = matte > 0.5, truth > 0.5
    return float((inside & wanted).sum() / (inside | wanted).sum())


def test_a_box_is_enough_to_find_the_object(picture: np.ndarray, truth: np.ndarray) -> None:
    box = (100, 60, 240, 180)
    matte = cut_box(picture, box)
    assert matte.shape == truth.shape
    assert matte.dtype == np.float32
    assert iou(matte, truth) > 0.95


def test_nothing_is_found_outside_the_box(picture: np.ndarray, truth: np.ndarray) -> None:
    matte = cut_box(picture, (100, 60, 215, 180))
    assert not matte[:, 215:].any()
    assert not matte[:60].any()
    assert matte.any()


@pytest.mark.parametrize("grow", [-12, 14])
def test_a_mask_too_small_or_too_large_comes_nearer_to_the_object(
    picture: np.ndarray, truth: np.ndarray, grow: int
) -> None:
    kernel = np.ones((abs(grow),) * 2, np.uint8)
    rough = (cv2.dilate if grow > 0 else cv2.erode)(truth, kernel)
    refined = cut_mask(picture, rough)
    assert iou(refined, truth) > iou(rough, truth) + 0.04
    assert iou(refined, truth) > 0.93


def test_the_same_box_gives_the_same_matte(picture: np.ndarray) -> None:
    box = (100, 60, 240, 180)
    np.testing.assert_array_equal(cut_box(picture, box), cut_box(picture, box))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_mask_that_says_nothing_stays_as_it_is(picture: np.ndarray, value: float) -> None:
    mask = np.full((HEIGHT, WIDTH), value, np.float32)
    np.testing.assert_array_equal(cut_mask(picture, mask), mask)


@pytest.mark.parametrize("box", [(0, 0, WIDTH, HEIGHT), (0, 0, 1, 1), (318, 238, 320, 240)])
def test_boxes_at_the_rim_are_taken(picture: np.ndarray, box: tuple[int, int, int, int]) -> None:
    matte = cut_box(picture, box)
    assert 0 <= matte.min() <= matte.max() <= 1
