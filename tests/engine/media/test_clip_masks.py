"""Masks of clips: one a frame, of its size, in gray."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import UserError
from engine.media.clip_info import ClipInfo
from engine.media.clip_masks import read_clip_masks

HEIGHT, WIDTH, FRAMES = 20, 30, 4
INFO = ClipInfo(Path("clip"), WIDTH, HEIGHT, FRAMES, Fraction(24), first_frame=1001)


def mask(place: int) -> np.ndarray:
    values = np.zeros((HEIGHT, WIDTH), np.uint8)
    values[2:10, 3 + place : 12 + place] = 255
    values[10, 3:20] = 100
    return values


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place in range(FRAMES):
        cv2.imwrite(str(tmp_path / f"mask.{place:05}.png"), mask(place))
    return tmp_path


def test_masks_go_with_the_frames_in_order(folder: Path) -> None:
    masks = read_clip_masks(folder, INFO)
    assert len(masks) == FRAMES
    for place in (2, 0, 3):
        values = masks.read(place)
        assert values.dtype == np.float32
        np.testing.assert_allclose(values, mask(place) / 255, atol=1e-6)
    for place in (-1, FRAMES):
        with pytest.raises(IndexError):
            masks.read(place)


def test_a_pattern_chooses_among_several(folder: Path) -> None:
    for place in range(FRAMES):
        cv2.imwrite(str(folder / f"other.{place}.png"), mask(0))
    assert len(read_clip_masks(folder / "mask.%05d.png", INFO)) == FRAMES


def test_gray_jpegs_saved_in_colour_are_masks_as_well(folder: Path) -> None:
    for place in range(FRAMES):
        (folder / f"mask.{place:05}.png").unlink()
        cv2.imwrite(str(folder / f"{place}.jpg"), cv2.cvtColor(mask(place), cv2.COLOR_GRAY2BGR))
    np.testing.assert_allclose(read_clip_masks(folder, INFO).read(1), mask(1) / 255, atol=0.2)


def test_of_masks_with_alpha_the_luminance_counts(folder: Path) -> None:
    for place in range(FRAMES):
        opaque_nowhere = np.dstack([mask(place)] * 3 + [np.zeros((HEIGHT, WIDTH), np.uint8)])
        cv2.imwrite(str(folder / f"mask.{place:05}.png"), opaque_nowhere)
    np.testing.assert_allclose(read_clip_masks(folder, INFO).read(1), mask(1) / 255, atol=1e-6)


def larger(folder: Path) -> None:
    cv2.imwrite(str(folder / "mask.00002.png"), np.zeros((HEIGHT + 1, WIDTH), np.uint8))


def one_fewer(folder: Path) -> None:
    (folder / "mask.00003.png").unlink()


def one_lost(folder: Path) -> None:
    (folder / "mask.00001.png").unlink()


def in_colour(folder: Path) -> None:
    cv2.imwrite(str(folder / "mask.00000.png"), np.dstack([mask(0), mask(0) * 0, mask(0)]))


def no_picture(folder: Path) -> None:
    (folder / "mask.00000.png").write_text("mask")


def empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (larger, "mask.00002.png is 30 × 21 pixels and the clip 30 × 20; give masks of the clip's size"),
        (one_fewer, "holds 3 masks and the clip has 4 frames; give one mask for every frame"),
        (one_lost, "lacks frame 1"),
        (in_colour, "mask.00000.png is in colour; save it in gray"),
        (no_picture, "is not a picture of a known kind"),
        (empty, "holds no pictures"),
    ],
)
def test_what_is_wrong_is_said_at_once_and_in_a_sentence(
    folder: Path, spoil: Callable[[Path], None], words: str
) -> None:
    spoil(folder)
    with pytest.raises(UserError, match=words):
        read_clip_masks(folder, INFO)


def test_a_later_mask_in_colour_is_refused_when_it_is_read(folder: Path) -> None:
    cv2.imwrite(str(folder / "mask.00002.png"), np.dstack([mask(0), mask(0), mask(0) * 0]))
    masks = read_clip_masks(folder, INFO)
    masks.read(1)
    with pytest.raises(UserError, match="is in colour"):
        masks.read(2)
