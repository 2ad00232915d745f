import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.atlas.fitting.untangling import untangled


def even(rows: int = 9, columns: int = 12) -> torch.Tensor:
    y, x = torch.meshgrid(torch.arange(rows) * 7.0, torch.arange(columns) * 7.0, indexing="ij")
    return torch.stack([x, y], -1)[None]


def corner_areas(mapping: torch.Tensor) -> torch.Tensor:
    right, down = mapping[:, :, 1:] - mapping[:, :, :-1], mapping[:, 1:] - mapping[:, :-1]
    corners = [(a, b) for a in (right[:, :-1], right[:, 1:]) for b in (down[:, :, :-1], down[:, :, 1:])]
    return torch.stack([a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0] for a, b in corners])


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.floats(0, 5), st.booleans())
def test_no_cell_stays_folded(seed: int, most: float, mirrored: bool) -> None:
    pushed = torch.randn(1, 9, 12, 2, generator=torch.Generator().manual_seed(seed)) * most
    pushed[:, [0, -1]] = 0
    pushed[:, :, [0, -1]] = 0
    mapping = even() + pushed
    if mirrored:  # published atlases may be
        mapping = mapping * torch.tensor([-1.0, 1.0])
    areas = corner_areas(untangled(mapping))
    assert bool((areas < 0).all() if mirrored else (areas > 0).all())


def test_what_does_not_fold_stays() -> None:
    mapping = even() + torch.sin(even() / 9)
    assert torch.equal(untangled(mapping), mapping)


def test_only_the_surroundings_of_a_fold_change() -> None:
    mapping = even()
    mapping[0, 4, 5] += torch.tensor([20.0, 0.0])
    mended = untangled(mapping)
    assert torch.equal(mended[0, :, :3], mapping[0, :, :3])
    assert mended[0, 4, 5, 0] == pytest.approx(35, abs=4)
