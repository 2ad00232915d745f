from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.guidance.view_settings import ViewSettings
from engine.guidance.views import LUMA, draw_light, draw_views, relit, sample, view_frames

STILL = ViewSettings(
    sides=(32,),
    smallest=1.0,
    rotation=0,
    perspective=0,
    brightness=0,
    contrast=0,
    white_balance=0,
    grayscale=0,
)


def _draws(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_whole_picture_seen_straight_is_the_picture():
    picture = torch.rand(1, 3, 32, 32)
    seen = sample(picture, torch.eye(3)[None], 32)

    assert torch.allclose(seen, picture, atol=1e-5)


def test_views_of_one_batch_are_the_views_made_one_by_one():
    picture = torch.rand(1, 3, 48, 64)
    frames = view_frames(5, (64, 48), torch.ones(48, 64), ViewSettings(sides=(32,)), _draws())

    batch = sample(picture, frames, 32)

    one_by_one = torch.cat([sample(picture, frame[None], 32) for frame in frames])
    assert torch.equal(batch, one_by_one)


def test_a_mirrored_frame_mirrors_the_view():
    picture = torch.rand(1, 3, 32, 32)
    mirror = torch.diag(torch.tensor([-1.0, 1.0, 1.0]))[None]

    assert torch.allclose(sample(picture, mirror, 32), picture.flip(3), atol=1e-5)


@given(seed=st.integers(0, 10_000), width=st.integers(64, 200), height=st.integers(64, 200))
def test_views_without_rotation_stay_inside_the_picture(seed, width, height):
    settings = replace(STILL, smallest=0.3)
    frames = view_frames(8, (width, height), torch.ones(height, width), settings, _draws(seed))

    corners = torch.tensor([[x, y, 1.0] for x in (-1, 1) for y in (-1, 1)])
    reached = corners @ frames.transpose(1, 2)

    assert reached[..., :2].abs().max() <= 1 + 1e-4


@given(seed=st.integers(0, 10_000))
def test_views_look_at_the_focus(seed):
    focus = torch.zeros(100, 100)
    focus[70:75, 20:25] = 1
    frames = view_frames(16, (100, 100), focus, ViewSettings(sides=(32,), smallest=0.45), _draws(seed))

    # Where the focus (its centre at x -0.55, y 0.45) lies in each view's own square.
    inside = torch.linalg.solve(frames, torch.tensor([-0.55, 0.45, 1.0]))
    place = inside[:, :2] / inside[:, 2:]

    assert place.abs().max() < 1.25  # a rotation may carry a corner just outside


def test_a_wide_picture_is_not_skipped_through():
    stripes = (torch.arange(1024) % 2).float().expand(1, 3, 1024, 1024)
    seen = sample(stripes, torch.eye(3)[None], 64)

    assert (seen - 0.5).abs().max() < 0.05


def test_light_without_amounts_changes_nothing():
    views = torch.rand(4, 3, 8, 8)
    settings = replace(STILL, saturation=0.0)
    grey = (views * torch.tensor(LUMA)[None, :, None, None]).sum(1, keepdim=True).expand(-1, 3, -1, -1)

    assert torch.allclose(relit(views, draw_light(4, settings, _draws())), grey, atol=1e-6)
    assert torch.allclose(relit(views, torch.ones(4, 6)), views, atol=1e-6)


def test_the_share_of_grey_views_is_kept():
    views = torch.rand(400, 3, 2, 2)
    settings = replace(STILL, grayscale=0.25)
    seen = relit(views, draw_light(400, settings, _draws(3)))

    grey = ((seen - seen.mean(1, keepdim=True)).abs().amax((1, 2, 3)) < 1e-5).float().mean()
    assert grey == pytest.approx(0.25, abs=0.06)


def test_views_and_light_repeat_with_the_seed():
    picture, settings = torch.rand(1, 3, 64, 64), ViewSettings(sides=(32, 48))

    def seen(seed: int) -> torch.Tensor:
        return draw_views(3, (64, 64), torch.ones(64, 64), settings, _draws(seed)).of(picture)

    assert torch.equal(seen(7), seen(7))
    assert not torch.equal(seen(7).mean(), seen(8).mean())


def test_views_in_parts_are_the_same_views():
    picture = torch.rand(1, 3, 64, 64)
    views = draw_views(5, (64, 64), torch.ones(64, 64), ViewSettings(sides=(32,)), _draws())

    parts = list(views.parts(2))
    assert [len(part.frames) for part in parts] == [2, 2, 1]
    assert torch.allclose(torch.cat([part.of(picture) for part in parts]), views.of(picture), atol=1e-6)


def test_gradients_reach_the_picture():
    picture = torch.rand(1, 3, 64, 64, requires_grad=True)
    frames = view_frames(24, (64, 64), torch.ones(64, 64), ViewSettings(sides=(32,)), _draws())
    sample(picture, frames, 64).square().mean().backward()

    assert (picture.grad.abs() > 0).float().mean() > 0.9
