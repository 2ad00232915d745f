"""Lattices that fit weighted values and hold together: least squares, solved by conjugate gradients."""

from collections.abc import Callable

import torch

SPRING = 1e-3  # towards no change, so that a lattice without any data has a solution
STEPS = 30
TOLERANCE = 1e-8  # of the squared error at the beginning


def held_together(values: torch.Tensor, stiffness: float, stiffness_in_time: float = 0.0) -> torch.Tensor:
    """Return the gradient of half the squared differences between neighbouring nodes, of the shape of ``values``.

    ``values`` are (T, gh, gw, C); ``stiffness`` weights neighbours in the frame, the other those in time.
    """
    gradient = torch.zeros_like(values)
    for dimension, weight in ((0, stiffness_in_time), (1, stiffness), (2, stiffness)):
        if not weight:
            continue
        length = values.shape[dimension] - 1
        change = weight * (values.narrow(dimension, 1, length) - values.narrow(dimension, 0, length))
        gradient.narrow(dimension, 1, length).add_(change)
        gradient.narrow(dimension, 0, length).sub_(change)
    return gradient


def solved(
    weight: Callable[[torch.Tensor], torch.Tensor],
    diagonal: torch.Tensor,
    pull: torch.Tensor,
    stiffness: float,
    stiffness_in_time: float = 0.0,
    spring: float = SPRING,
) -> torch.Tensor:
    """Return the change (T, gh, gw, C) that follows ``pull`` as far as its own stiffness lets it.

    ``weight`` multiplies a change by the data's weights at each node; ``diagonal`` is its diagonal, broadcastable to
    ``pull``.
    """
    conditioning = diagonal + spring + 4 * stiffness + 2 * stiffness_in_time
    change, left = torch.zeros_like(pull), pull.clone()
    scaled = left / conditioning
    direction, size = scaled.clone(), (left * scaled).sum()
    enough = TOLERANCE * float(size)
    for _ in range(STEPS):
        if float(size) <= enough:
            break
        bent = weight(direction) + spring * direction + held_together(direction, stiffness, stiffness_in_time)
        step = size / (direction * bent).sum()
        change += step * direction
        left -= step * bent
        scaled = left / conditioning
        new_size = (left * scaled).sum()
        direction = scaled + new_size / size * direction
        size = new_size
    return change
