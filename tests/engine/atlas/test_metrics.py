"""What judges an atlas, tried on the sample scene, whose atlas is known."""

import dataclasses

import numpy as np
import pytest

from engine.atlas.atlas import Atlas
from engine.atlas.metrics import (
    checkerboard,
    folded_share,
    mapping_error,
    matte_iou,
    measure_atlas,
    psnr_db,
    warp_ratio,
)
from engine.atlas.motion.flow import warp
from engine.atlas.rendering import positions, sampled
from resources.sample.scene import SampleTruth
from tests.sample_atlas import true_atlas

FRAMES = 6


@pytest.fixture(scope="module")
def truth() -> SampleTruth:
    return SampleTruth()


@pytest.fixture(scope="module")
def frames(truth: SampleTruth) -> list[np.ndarray]:
    return [truth.frame(index) for index in range(FRAMES)]


@pytest.fixture(scope="module")
def atlas(truth: SampleTruth) -> Atlas:
    return true_atlas(truth, FRAMES)


def _with_mapping(atlas: Atlas, mapping: np.ndarray) -> Atlas:
    background, foreground = atlas.layers
    return dataclasses.replace(atlas, layers=(background, dataclasses.replace(foreground, mapping=mapping)))


def test_the_true_atlas_is_good_in_all_figures(atlas, frames, truth):
    figures = measure_atlas(atlas, frames, [truth.matte(index) for index in range(FRAMES)])

    assert len(figures.psnr_db) == FRAMES
    assert min(figures.psnr_db) > 36
    assert 0.7 < figures.warp_ratio < 1.05  # a bilinear look into the texture is softer than the scene's cubic
    assert figures.iou == pytest.approx(1, abs=0.002)
    assert [layer.name for layer in figures.layers] == ["background", "foreground"]
    assert all(layer.mapping_error < 0.25 for layer in figures.layers)
    assert all(layer.folded_share == 0 for layer in figures.layers)


def test_figures_need_a_frame_each(atlas, frames):
    with pytest.raises(ValueError, match="5 frames cannot judge an atlas of 6"):
        measure_atlas(atlas, frames[1:])


def test_the_psnr_of_a_known_error():
    gray = np.full((4, 5, 3), 100, np.uint8)

    assert psnr_db(gray, gray + 10) == pytest.approx(20 * np.log10(25.5), abs=1e-3)
    assert psnr_db(np.float32(gray / 255), np.float32((gray + 10) / 255)) == pytest.approx(28.13, abs=0.01)
    assert psnr_db(gray, gray) == pytest.approx(100)


def test_the_iou_of_known_areas():
    matte, mask = np.zeros((10, 10)), np.zeros((10, 10), bool)
    assert matte_iou(matte, mask) == 1
    matte[:, :6], mask[:, 4:8] = 0.7, True
    assert matte_iou(matte, mask) == pytest.approx(2 / 8)
    assert matte_iou(matte * 0.5, mask) == 0


def test_a_clip_flickers_as_much_as_itself_and_more_with_noise(frames):
    noise = np.random.default_rng(0).normal(0, 4, (4, *frames[0].shape))
    assert warp_ratio(frames[:4], frames[:4]) == pytest.approx(1)
    assert warp_ratio(frames[:4], frames[:4] + noise) > 1.5
    assert warp_ratio(frames[:4], [np.zeros_like(frame) for frame in frames[:4]]) == 0


def test_a_mapping_that_slides_is_off_by_what_it_slides(atlas, frames):
    layer = atlas.layer("foreground")
    slide = np.arange(FRAMES)[:, None, None, None] * np.float32([0.5, 0])  # texture pixels a frame
    sliding = _with_mapping(atlas, layer.mapping + slide)

    in_frame_pixels = 5 * 0.5 * 1.12
    assert mapping_error(sliding, "foreground", frames) == pytest.approx(in_frame_pixels, rel=0.15)
    assert mapping_error(sliding, "foreground", frames, span=2) == pytest.approx(in_frame_pixels * 2 / 5, rel=0.15)
    assert mapping_error(sliding, "background", frames) < 0.25


def test_a_mapping_that_leads_nowhere_is_infinitely_off(atlas, frames):
    mapping = atlas.layer("foreground").mapping.copy()
    mapping[5::5] += 5000

    assert mapping_error(_with_mapping(atlas, mapping), "foreground", frames) == np.inf


def test_a_layer_that_is_not_seen_has_no_error(atlas, frames):
    unseen = dataclasses.replace(atlas, mattes=np.zeros_like(atlas.mattes))

    assert np.isnan(mapping_error(unseen, "foreground", frames))
    assert folded_share(unseen, "foreground") == 0


def test_folds_are_counted_by_cells_that_show_the_layer(atlas):
    mapping = atlas.layer("foreground").mapping.copy()
    mapping[0, 20, 10, 0] += 40  # a node beyond its right neighbours turns the two cells between over
    mapping[0, 20, 70, 0] += 40  # where the cat is not seen
    folded = folded_share(_with_mapping(atlas, mapping), "foreground")

    cells = sum(np.count_nonzero(atlas.matte("foreground", index) > 0.5) for index in range(FRAMES)) / 49
    assert folded * cells == pytest.approx(2, abs=0.1)


def test_a_mirrored_mapping_is_not_folded(atlas):
    assert folded_share(_with_mapping(atlas, -atlas.layer("foreground").mapping), "foreground") == 0


def test_a_checkerboard_on_the_atlas_moves_with_the_cat(atlas, truth):
    layer = atlas.layer("foreground")
    board = checkerboard(layer.size, 30)
    first, last = (sampled(board, positions(layer, index, atlas.size, atlas.size), layer.size) for index in (0, 5))

    followed, inside = warp(last, truth.cat_flow(0, 5))
    sure = inside & (truth.matte(0) > 0.99)
    assert np.abs(last - first)[sure].mean() > 0.05
    assert np.abs(followed - first)[sure].mean() < 0.01


def test_a_checkerboard_has_squares_of_the_side_asked_for():
    board = checkerboard((100, 60), 20)

    assert board.shape == (60, 100, 3)
    green = board[..., 1]
    assert np.unique(green[:20, :20]).size == 1
    assert green[0, 0] != green[0, 20] != green[20, 20]
    assert green[0, 0] == green[20, 20]
    assert board[0, 99, 0] > board[0, 0, 0]
