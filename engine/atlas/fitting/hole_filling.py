"""Filling what no frame shows of a texture, from around: a pyramid of weighted averages (pull and push)."""

import torch
import torch.nn.functional as F

COARSEST = 2
LITTLE = 1e-3  # weight at which half of a texel comes from the level above


def filled(colour: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Return ``colour`` (3, h, w) where ``weight`` (1, h, w) is high, and averages from around where it is nil.

    The weights are in 0..1.
    """
    levels = [(colour * weight, weight)]
    while min(levels[-1][0].shape[-2:]) > COARSEST:
        sums, weights = levels[-1]
        levels.append((F.avg_pool2d(sums, 2, ceil_mode=True), F.avg_pool2d(weights, 2, ceil_mode=True)))
    sums, weights = levels[-1]
    result = sums / weights.clamp(min=1e-9)
    for sums, weights in reversed(levels[:-1]):
        coarse = F.interpolate(result[None], sums.shape[-2:], mode="bilinear")[0]
        share = weights / (weights + LITTLE)
        result = share * (sums / weights.clamp(min=1e-9)) + (1 - share) * coarse
    return result
