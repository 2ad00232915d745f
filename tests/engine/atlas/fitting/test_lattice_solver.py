import torch

from engine.atlas.fitting.lattice_solver import held_together, solved


def energy(values: torch.Tensor, stiffness: float, in_time: float) -> torch.Tensor:
    across, down, on = (values.diff(dim=dimension).square().sum() / 2 for dimension in (2, 1, 0))
    return stiffness * (across + down) + in_time * on


def test_holding_together_is_the_gradient_of_squared_differences() -> None:
    values = torch.randn(4, 5, 6, 2, generator=torch.Generator().manual_seed(0)).requires_grad_()
    energy(values, 0.7, 0.2).backward()  # type: ignore[no-untyped-call]
    assert values.grad is not None
    assert torch.allclose(held_together(values.detach(), 0.7, 0.2), values.grad, atol=1e-5)


def test_the_solution_leaves_no_pull() -> None:
    draws = torch.Generator().manual_seed(1)
    mass, pull = torch.rand(3, 6, 7, 1, generator=draws) + 0.1, torch.randn(3, 6, 7, 2, generator=draws)
    change = solved(lambda values: mass * values, mass, pull, 0.05, 0.02)
    left = pull - mass * change - 1e-3 * change - held_together(change, 0.05, 0.02)
    assert left.abs().max() < 1e-3


def test_nodes_without_data_follow_those_around() -> None:
    mass, pull = torch.zeros(1, 5, 5, 1), torch.zeros(1, 5, 5, 2)
    mass[:, :, 0] = mass[:, :, -1] = 100
    pull[:, :, 0], pull[:, :, -1] = 100 * 2.0, 100 * 4.0
    change = solved(lambda values: mass * values, mass, pull, 1.0, spring=1e-6)
    assert torch.allclose(change[0, 2, :, 0], torch.tensor([2.0, 2.5, 3.0, 3.5, 4.0]), atol=0.05)


def test_no_pull_changes_nothing() -> None:
    nothing = torch.zeros(2, 4, 4, 2)
    assert (solved(lambda values: 0 * values, torch.zeros(1), nothing, 0.1) == 0).all()
