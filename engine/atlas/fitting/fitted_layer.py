"""One layer of an atlas while it is fitted: its texture, and its mapping as tensors."""

from dataclasses import dataclass

import numpy as np
import torch

from engine.atlas.fitting.bilinear import spread
from engine.atlas.fitting.untangling import untangled
from engine.atlas.lattice import basis

LEAST_SEEN = 1e-6


@dataclass(frozen=True)
class Lattice:
    """A lattice's nodes over frames of one size: ``rows`` (H, gh) and ``columns`` (W, gw) are their weights."""

    rows: torch.Tensor
    columns: torch.Tensor

    @classmethod
    def over(cls, width: int, height: int, spacing: float, device: str) -> "Lattice":
        """Return a lattice whose nodes are about ``spacing`` pixels apart."""
        across, down = (max(2, round((side - 1) / spacing) + 1) for side in (width, height))
        rows, columns = basis(down, height, height), basis(across, width, width)
        return cls(torch.from_numpy(rows).to(device), torch.from_numpy(columns).to(device))

    @property
    def size(self) -> tuple[int, int]:
        """The number of nodes down and across."""
        return self.rows.shape[1], self.columns.shape[1]

    def nodes(self) -> np.ndarray:
        """Return the pixels (x, y) at which the nodes lie, (gh, gw, 2) float64."""
        down, across = self.size
        columns = np.linspace(0, self.columns.shape[0] - 1, across)
        rows = np.linspace(0, self.rows.shape[0] - 1, down)
        return np.stack(np.meshgrid(columns, rows), -1)

    def dense(self, values: torch.Tensor) -> torch.Tensor:
        """Return the values (gh, gw, C) of the nodes at all pixels, (H, W, C)."""
        across = torch.tensordot(self.columns, values, ([1], [1]))  # (W, gh, C)
        return torch.tensordot(self.rows, across, ([1], [1]))

    def gathered(self, values: torch.Tensor) -> torch.Tensor:
        """Return the sums (gh, gw, C) of pixels' values (H, W, C), weighted by the nodes: the adjoint of `dense`."""
        across = torch.tensordot(self.columns, values, ([0], [1]))  # (gw, H, C)
        return torch.tensordot(self.rows, across, ([0], [1]))


class FittedLayer:
    """A layer's texture (3, h, w), how often its texels were seen (1, h, w), and its mapping (T, gh, gw, 2)."""

    def __init__(self, lattice: Lattice, mapping: torch.Tensor, size: tuple[int, int]) -> None:
        """Begin with a first ``mapping``, in texels, of an empty texture of ``size`` (height, width)."""
        self.lattice = lattice
        self.mapping = mapping
        self.moved = torch.zeros_like(mapping)  # since the first mapping; only this is held together
        self.texture = mapping.new_zeros(3, *size)
        self.seen = mapping.new_zeros(1, *size)

    @classmethod
    def blank(cls, lattice: Lattice, device: str) -> "FittedLayer":
        """Return a layer that a checkpoint fills."""
        return cls(lattice, torch.zeros(0, *lattice.size, 2, device=device), (0, 0))

    def places(self, index: int) -> torch.Tensor:
        """Return where in the texture frame ``index`` lies, (H, W, 2) x, y in texels."""
        return self.lattice.dense(self.mapping[index])

    def move(self, index: slice, change: torch.Tensor) -> None:
        """Change the mapping of the frames in ``index``, as far as it does not turn over."""
        wanted = untangled(self.mapping[index] + change)
        self.moved[index] += wanted - self.mapping[index]
        self.mapping[index] = wanted

    def average(self) -> "Average":
        """Return an empty average over the texture."""
        return Average(self.texture.new_zeros(4, *self.texture.shape[1:]))


@dataclass(frozen=True)
class Average:
    """A weighted average of what was spread onto a texture: sums of colour times weight, and of weights, (4, h, w)."""

    sums: torch.Tensor

    def add(self, colour: torch.Tensor, weight: torch.Tensor, places: torch.Tensor) -> None:
        """Take in a picture (3, H, W) with its weights (1, H, W), seen at ``places``."""
        spread(torch.cat([colour * weight, weight]), places, self.sums)

    @property
    def weight(self) -> torch.Tensor:
        """The weights' sums, (1, h, w)."""
        return self.sums[3:]

    @property
    def colour(self) -> torch.Tensor:
        """The average, (3, h, w); black where nothing was seen."""
        return self.sums[:3] / self.sums[3:].clamp(min=LEAST_SEEN)
