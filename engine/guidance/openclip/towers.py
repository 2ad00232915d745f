"""The picture half of a model: what the guide asks of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch.nn import functional as F

# From embeddings (N, D) to how well each fits, (N,); differentiable.
Score = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Evidence:
    """The ``scores`` (N,) of pictures, and what each of their ``places`` (N, h, w) did for it, at least 0."""

    scores: torch.Tensor
    places: torch.Tensor


class Tower(Protocol):
    """Pictures are (N, 3, H, W), normalised as the model wants them, of any size."""

    input_size: int

    def embedded(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the embeddings (N, D) of ``pictures``; differentiable."""
        ...

    def tokens(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return deep spatial features (N, T, C) of ``pictures``, at a size of its own choice; differentiable."""
        ...

    def evidence(self, pictures: torch.Tensor, score: Score) -> Evidence:
        """Return the scores of ``pictures``, and which places of them raised them."""
        ...


def resized(pictures: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Return (N, C, H, W) pictures at another size, without aliasing; the same where they have it."""
    if pictures.shape[-2:] == (height, width):
        return pictures
    return F.interpolate(pictures, (height, width), mode="bilinear", antialias=True)


def fitted(pictures: torch.Tensor, step: int) -> torch.Tensor:
    """Return the pictures with both sides a multiple of ``step``, the nearest."""
    height, width = (max(1, round(side / step)) * step for side in pictures.shape[-2:])
    return resized(pictures, height, width)


def with_short_side(pictures: torch.Tensor, cells: int, step: int) -> torch.Tensor:
    """Return the pictures with ``cells`` cells of ``step`` pixels along the short side, their proportions kept."""
    shorter = min(pictures.shape[-2:])
    height, width = (round(cells * side / shorter) * step for side in pictures.shape[-2:])
    return resized(pictures, height, width)
