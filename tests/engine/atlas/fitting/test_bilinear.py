import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.atlas.fitting.bilinear import sampled, spread


def drawn(seed: int, beyond: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a texture and places, some of them beyond its rim by that share of its size."""
    draws = torch.Generator().manual_seed(seed)
    texture = torch.rand(3, 17, 29, generator=draws)
    size = torch.tensor([28.0, 16.0])
    return texture, (torch.rand(9, 11, 2, generator=draws) * (1 + 2 * beyond) - beyond) * size


@settings(deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.3]))
def test_spreading_is_the_adjoint_of_sampling(seed: int, beyond: float) -> None:
    texture, places = drawn(seed, beyond)
    values = torch.rand(3, 9, 11, generator=torch.Generator().manual_seed(seed + 1))
    onto = torch.zeros_like(texture)
    spread(values, places, onto)
    assert float((sampled(texture, places) * values).sum()) == pytest.approx(float((texture * onto).sum()), rel=1e-4)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_whole_numbers_are_texels(seed: int) -> None:
    texture, places = drawn(seed, 0.0)
    whole = places.round()
    x, y = whole.long().unbind(-1)
    assert torch.allclose(sampled(texture, whole), texture[:, y, x], atol=1e-4)


def test_few_places_cost_a_small_part_of_a_large_texture() -> None:
    texture, places = torch.rand(3, 40, 60), torch.full((2, 2, 2), 7.25)
    expected = texture[:, 7:9, 7:9] * torch.tensor([[0.5625, 0.1875], [0.1875, 0.0625]])
    assert torch.allclose(sampled(texture, places)[:, 0, 0], expected.sum((1, 2)), atol=1e-5)
    onto = torch.zeros_like(texture)
    spread(torch.ones(3, 2, 2), places, onto)
    assert set(map(tuple, onto[0].nonzero().tolist())) == {(7, 7), (7, 8), (8, 7), (8, 8)}
