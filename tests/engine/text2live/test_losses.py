"""Every loss against a plain, slow reference written from the equations."""

import math

import pytest
import torch

from engine.text2live import losses


def _random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def test_over():
    layer, backdrop = _random(1, 4, 3, 5), _random(1, 3, 3, 5, seed=1)
    mine = losses.over(layer, backdrop)
    for c in range(3):
        for y in range(3):
            for x in range(5):
                alpha = layer[0, 3, y, x]
                expected = alpha * layer[0, c, y, x] + (1 - alpha) * backdrop[0, c, y, x]
                assert mine[0, c, y, x] == pytest.approx(expected.item(), abs=1e-6)


def test_structure():
    mine, theirs = _random(1, 6, 4) - 0.5, _random(1, 6, 4, seed=1) - 0.5

    def cosine(a, b):
        return sum(p * q for p, q in zip(a, b, strict=True)) / math.sqrt(sum(p * p for p in a) * sum(q * q for q in b))

    gaps = [
        (cosine(mine[0, i].tolist(), mine[0, j].tolist()) - cosine(theirs[0, i].tolist(), theirs[0, j].tolist())) ** 2
        for i in range(6)
        for j in range(6)
    ]
    assert losses.structure(mine, theirs).item() == pytest.approx(sum(gaps) / 36, rel=1e-4)


def test_structure_is_blind_to_the_features_scale():
    tokens = _random(1, 6, 4)
    assert losses.structure(3 * tokens, tokens).item() == pytest.approx(0, abs=1e-10)


def test_coverage_and_presence():
    alpha = _random(1, 1, 4, 5)
    values = alpha.flatten().tolist()
    assert losses.coverage(alpha).item() == pytest.approx(sum(values) / 20, rel=1e-5)
    presence = sum(2 / (1 + math.exp(-5 * v)) - 1 for v in values) / 20
    assert losses.presence(alpha).item() == pytest.approx(presence, rel=1e-5)


def test_avoidance():
    assert losses.avoidance(torch.tensor([0.0, 1.0, 3.0])).item() == pytest.approx(
        (1 + math.exp(-1) + math.exp(-3)) / 3
    )


def test_annealing():
    assert [losses.annealed(step, 4) for step in range(6)] == [1, 0.75, 0.5, 0.25, 0, 0]
    assert losses.annealed(0, 0) == 0


def test_bootstrap():
    alpha, region = _random(1, 1, 4, 5), _random(1, 1, 4, 5, seed=1)
    pairs = zip(alpha.flatten().tolist(), region.flatten().tolist(), strict=True)
    expected = sum((a - r) ** 2 for a, r in pairs) / 20
    assert losses.bootstrap(alpha, region).item() == pytest.approx(expected, rel=1e-5)


def test_roughness():
    picture = _random(1, 1, 3, 4)
    p = picture[0, 0].tolist()
    across = [abs(p[y][x + 1] - p[y][x]) for y in range(3) for x in range(3)]
    down = [abs(p[y + 1][x] - p[y][x]) for y in range(2) for x in range(4)]
    expected = sum(across) / len(across) + sum(down) / len(down)
    assert losses.roughness(picture).item() == pytest.approx(expected, rel=1e-5)


def test_edges_of_a_picture_are_its_own_at_any_contrast():
    picture = _random(1, 3, 16, 16)
    assert losses.edges(picture, picture).item() == pytest.approx(0, abs=1e-5)
    assert losses.edges(0.5 * picture + 0.2, picture).item() == pytest.approx(0, abs=0.01)
    assert losses.edges(_random(1, 3, 16, 16, seed=9), picture).item() > 0.5
    few = picture + 0.1 * _random(1, 3, 16, 16, seed=9)
    assert losses.edges(few, picture).item() == 0


def test_gaudiness_spares_natural_colours_and_hidden_ones():
    region = torch.ones(1, 1, 2, 2)

    def layer(colour, alpha=1.0):
        return torch.tensor([*colour, alpha])[None, :, None, None].expand(1, 4, 2, 2)

    assert losses.gaudiness(layer((0.6, 0.5, 0.45)), region).item() == 0
    assert losses.gaudiness(layer((0.9, 0.1, 0.9)), region).item() > 3
    assert losses.gaudiness(layer((0.9, 0.1, 0.9), alpha=0), region).item() == 0


def test_appearance_is_zero_where_the_picture_is_as_wanted():
    wanted, region = _random(1, 3, 8, 8), torch.zeros(1, 1, 8, 8)
    region[..., 2:6, 2:6] = 1
    picture = torch.where(region > 0, wanted, _random(1, 3, 8, 8, seed=2))

    inside = losses.appearance(picture, wanted, region)
    assert losses.appearance(wanted, wanted, region).item() == 0
    assert inside.item() < losses.appearance(picture, wanted, 1 - region).item()
