"""An atlas while it is fitted: all that changes, and how it explains a frame."""

from dataclasses import dataclass

import numpy as np
import torch

from engine.atlas.fitting.bilinear import sampled
from engine.atlas.fitting.fitted_layer import FittedLayer, Lattice
from engine.atlas.fitting.settings import FitSettings


@dataclass(frozen=True)
class Explained:
    """A frame as the layers explain it.

    For each layer ``places`` (H, W, 2) and ``colours`` (3, H, W); ``weights`` (L, H, W) sum to 1; ``light`` and
    ``picture`` are (3, H, W).
    """

    places: list[torch.Tensor]
    colours: list[torch.Tensor]
    weights: torch.Tensor
    light: torch.Tensor
    picture: torch.Tensor


@dataclass
class Fit:
    """The layers, background first, and what they share.

    ``frames`` are (T, H, W, 3) uint8; ``masks`` (T, N, H, W) uint8 as given for the N layers above the background, and
    ``mattes`` as they are now; ``light`` (T, lh, lw, 3) are factors on ``light_lattice``.
    """

    frames: np.ndarray
    masks: np.ndarray
    mattes: np.ndarray
    layers: list[FittedLayer]
    light_lattice: Lattice
    light: torch.Tensor
    settings: FitSettings
    device: str

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def size(self) -> tuple[int, int]:
        """The frames' (width, height)."""
        return self.frames.shape[2], self.frames.shape[1]

    def frame(self, index: int) -> torch.Tensor:
        """Return a frame, (3, H, W) float32 in 0..1."""
        return torch.from_numpy(self.frames[index]).to(self.device).permute(2, 0, 1).float() / 255

    def weights(self, index: int) -> torch.Tensor:
        """Return how much of each layer a frame shows, (L, H, W) float32, of sum 1."""
        seen = torch.from_numpy(self.mattes[index]).to(self.device).float() / 255
        return torch.cat([(1 - seen.sum(0, keepdim=True)).clamp(min=0), seen])

    def lit(self, index: int) -> torch.Tensor:
        """Return the light on a frame, (3, H, W)."""
        return self.light_lattice.dense(self.light[index]).permute(2, 0, 1)

    def explained(self, index: int) -> Explained:
        """Return a frame as the layers explain it now."""
        places = [layer.places(index) for layer in self.layers]
        colours = [sampled(layer.texture, where) for layer, where in zip(self.layers, places, strict=True)]
        weights, light = self.weights(index), self.lit(index)
        return Explained(places, colours, weights, light, light * mixed(colours, weights))


def mixed(colours: list[torch.Tensor], weights: torch.Tensor) -> torch.Tensor:
    """Return the layers' colours (3, H, W) in the mixture of ``weights`` (L, H, W)."""
    return torch.stack([colour * weight for colour, weight in zip(colours, weights, strict=True)]).sum(0)
