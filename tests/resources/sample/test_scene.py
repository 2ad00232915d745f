"""The sample scene: what it says of its frames must hold in their pixels."""

import cv2
import numpy as np
import pytest

from resources.sample.scene import Camera, SampleTruth

PAIRS = [(0, 1), (10, 15), (30, 25), (47, 46)]


@pytest.fixture(scope="module")
def truth() -> SampleTruth:
    return SampleTruth()


def _carried(values, flow):
    """Return what ``values`` of another frame hold where ``flow`` takes each pixel."""
    x, y = np.meshgrid(np.arange(flow.shape[1]), np.arange(flow.shape[0]))
    return cv2.remap(values, np.float32(x + flow[..., 0]), np.float32(y + flow[..., 1]), cv2.INTER_LINEAR)


def test_a_frame_is_its_layers_over_each_other(truth):
    matte, frame = truth.matte(20), truth.frame(20).astype(np.float32)

    assert frame.shape == (288, 512, 3)
    assert 0.4 < matte.mean() < 0.7
    assert np.abs(frame - truth.cat(20))[matte == 1].max() <= 0.5
    assert np.abs(frame - truth.table(20))[matte == 0].max() <= 0.5
    assert 0.003 < ((matte > 0.05) & (matte < 0.95)).mean() < 0.03  # the edge is soft, and no more than an edge


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_flow_carries_points_to_where_they_are_mapped_the_same(truth, start, end):
    flow = truth.cat_flow(start, end)

    inner = np.s_[20:-20, 20:-20]
    error = np.linalg.norm(_carried(truth.cat_mapping(end), flow) - truth.cat_mapping(start), axis=-1)
    assert error[inner].max() < 0.05
    assert np.linalg.norm(flow, axis=-1).max() > 0.5  # it moves


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_flow_explains_the_frames_but_for_hidden_points(truth, start, end):
    seen = ~truth.hidden(start, end)
    first, second = (truth.frame(index).astype(np.float32) for index in (start, end))

    still = np.abs(second - first)[seen].mean()
    followed = np.abs(_carried(second, truth.flow(start, end)) - first)[seen].mean()
    assert followed < 2.0
    assert followed < still / 2
    assert seen.mean() > 0.9


def test_points_that_the_cat_covers_or_the_frame_leaves_out_are_hidden(truth):
    there = truth.flow(20, 30)
    hidden = truth.hidden(20, 30)

    covered = _carried(truth.matte(30), there) > 0.9
    assert hidden[covered & (truth.matte(20) < 0.1)].all()
    assert hidden[(truth.matte(20) < 0.1) & covered].size > 500
    x = np.arange(truth.width) + there[..., 0]
    assert hidden[(x < 0) | (x > truth.width - 1)].all()


def test_the_cat_bends_and_never_folds(truth):
    for index in range(0, truth.frames, 6):
        mapping = truth.cat_mapping(index).astype(np.float64)
        along, down = np.gradient(mapping, axis=1), np.gradient(mapping, axis=0)
        area = along[..., 0] * down[..., 1] - along[..., 1] * down[..., 0]
        assert area.min() > 0.3
        assert area.max() / area.min() > 1.1  # no similarity has that


def test_a_wider_scene_is_the_same_scene(truth):
    wide = SampleTruth(width=1024)

    small = cv2.resize(wide.frame(30), (512, 288), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(np.float32) - truth.frame(30)).mean() < 1.5
    assert np.abs(wide.flow(10, 15)[1::2, 1::2] / 2 - truth.flow(10, 15)).mean() < 0.1


def test_the_scene_goes_on_beyond_the_bundled_clip():
    later = SampleTruth(frames=300)

    assert 0.3 < later.matte(299).mean() < 0.8
    assert np.linalg.norm(later.flow(298, 299), axis=-1).max() > 0.5


def test_another_camera_moves_the_table_alone(truth):
    fixed = SampleTruth(camera=Camera(pan=0, zoom=0, roll=0))

    assert np.array_equal(fixed.cat_mapping(40), truth.cat_mapping(40))
    assert np.abs(fixed.table_mapping(40) - fixed.table_mapping(0)).max() < 3  # the hand's sway
    assert np.abs(truth.table_mapping(40) - truth.table_mapping(0)).max() > 80
