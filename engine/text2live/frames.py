"""Frames of a clip that show a layer of its atlas, differentiable down to the layer."""

from dataclasses import dataclass, replace
from typing import Self

import torch
from torch.nn import functional as F


@dataclass(frozen=True)
class Frames:
    """N neighbouring frames, or one part of them all: ``source`` (N, 3, h, w) and ``matte`` (N, 1, h, w), in 0..1.

    ``matte`` is how much of the layer is seen, ``places`` (N, h, w, 2) where in the painted picture's -1..1 square;
    outside of it nothing is painted. ``light`` (N, 3, h, w) are factors of the colour, None where it is constant.
    """

    source: torch.Tensor
    matte: torch.Tensor
    places: torch.Tensor
    light: torch.Tensor | None = None

    def seen(self, layer: torch.Tensor) -> torch.Tensor:
        """Return a painted layer (1, 4, H, W) as each frame shows it, (N, 4, h, w)."""
        every = layer.expand(len(self.source), -1, -1, -1)
        seen = F.grid_sample(every, self.places, mode="bilinear", padding_mode="border", align_corners=False)
        inside = (self.places.abs() <= 1).all(3)[:, None]
        colour = seen[:, :3] if self.light is None else (seen[:, :3] * self.light).clamp(0, 1)
        return torch.cat([colour, seen[:, 3:] * self.matte * inside], 1)

    def moved(self, places: torch.Tensor) -> Self:
        """Return the frames with other ``places``."""
        return replace(self, places=places)
