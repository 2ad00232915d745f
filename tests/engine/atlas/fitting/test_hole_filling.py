import pytest
import torch

from engine.atlas.fitting.hole_filling import filled


def test_what_was_seen_stays() -> None:
    colour = torch.rand(3, 37, 51)
    assert torch.allclose(filled(colour, torch.ones(1, 37, 51)), colour, atol=5e-3)


def test_holes_take_the_colours_around_them() -> None:
    colour, weight = torch.zeros(3, 40, 64), torch.ones(1, 40, 64)
    colour[0, :, :32], colour[2, :, 32:] = 1, 1
    weight[:, 10:30, 4:12] = weight[:, 10:30, 50:60] = 0
    hidden = colour * weight
    result = filled(hidden, weight)
    assert result[0, 20, 8] == pytest.approx(1, abs=0.1)
    assert result[2, 20, 55] == pytest.approx(1, abs=0.1)
    assert result[1].abs().max() < 1e-6


def test_nothing_seen_is_black() -> None:
    assert filled(torch.rand(3, 9, 5), torch.zeros(1, 9, 5)).abs().max() == 0
