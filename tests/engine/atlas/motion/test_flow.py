import numpy as np
import pytest

from engine.atlas.finishing import finish
from engine.atlas.motion.flow import DisFlow, Flows, consistency, grid, warp
from tests.engine.atlas.moving_clips import HEIGHT, WIDTH, moving_clip, texture

CLIP = moving_clip(4)


class CountingFlow(DisFlow):
    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def between(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        self.calls += 1
        return super().between(a, b)


def test_flow_is_the_known_motion():
    expected = np.linalg.inv(CLIP.camera[1]) @ CLIP.camera[0]
    away = (CLIP.mattes[0] | CLIP.mattes[1]) == 0
    away[:12], away[-12:], away[:, :12], away[:, -12:] = False, False, False, False
    found = Flows(CLIP.frames).between(0, 1)
    assert found.dtype == np.float32
    error = np.linalg.norm(found[away] - expected[:2, 2], axis=-1)
    assert np.median(error) < 0.1
    assert np.mean(error < 0.5) > 0.9


def test_consistency_fails_where_a_thing_uncovers_and_covers():
    flows = Flows(moving_clip(2, speed=10, camera_speed=0).frames)
    clip = moving_clip(2, speed=10, camera_speed=0)
    agreed = flows.consistent(0, 1)
    covered = clip.mattes[1] & ~clip.mattes[0]
    middle = clip.mattes[0] & clip.mattes[1]
    assert agreed[middle].mean() > 0.9
    assert agreed[covered].mean() < 0.5


def test_consistency_fails_outside_the_frame():
    shift = np.full((20, 30, 2), (6.0, 0.0), np.float32)
    agreed = consistency(shift, -shift)
    assert agreed[:, :24].all()
    assert not agreed[:, 24:].any()


def test_warp_undoes_a_shift():
    picture = texture(HEIGHT, WIDTH, 3, (0, 0, 0), (255, 255, 255)).astype(np.float32)
    moved = np.roll(picture, 5, axis=1)
    back, inside = warp(moved, np.full((HEIGHT, WIDTH, 2), (5.0, 0.0), np.float32))
    assert np.allclose(back[inside], picture[inside])
    assert inside.sum() == HEIGHT * (WIDTH - 5)


def test_grid_holds_x_then_y():
    assert grid(3, 5)[2, 4].tolist() == [4, 2]


def test_flows_between_neighbours_are_computed_once():
    flow = CountingFlow()
    flows = Flows(CLIP.frames, flow)
    shares: list[float] = []
    finish(flows.compute(), shares.append)
    assert flow.calls == 6
    assert shares == pytest.approx([1 / 3, 2 / 3, 1])
    first = flows.between(1, 2)
    assert flow.calls == 6
    assert np.array_equal(first, flows.between(1, 2))


def test_kept_flows_stay_within_their_room():
    flow = CountingFlow()
    flows = Flows(CLIP.frames, flow, kept_bytes=2 * HEIGHT * WIDTH * 4)
    finish(flows.compute())
    flows.between(2, 3)
    flows.between(3, 2)
    assert flow.calls == 6
    flows.between(0, 1)
    assert flow.calls == 7
