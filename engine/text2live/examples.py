"""Internal examples: what the generator is shown of its one input (Text2LIVE, section 3.3)."""

import math
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from engine.text2live.generator import STRIDE

LEAST_CROP = 0.85
SCALES = (0.8, 1.2)


@dataclass(frozen=True)
class Example:
    """A picture with what belongs to it, all at one size: ``source`` (1, 3, h, w), ``region`` (1, 1, h, w).

    ``region`` is where the edit belongs, in 0..1; ``wanted`` (1, 3, h, w) is a material's shading, if there is one.
    """

    source: torch.Tensor
    region: torch.Tensor
    wanted: torch.Tensor | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.source.shape[3], self.source.shape[2]


def training_size(width: int, height: int, short_side: int) -> tuple[int, int]:
    """Return the (width, height) to train at: multiples of the generator's stride, no larger than the picture needs."""
    scale = short_side / min(width, height)
    return _multiple(width * scale), _multiple(height * scale)


def random_example(whole: Example, generator: torch.Generator) -> Example:
    """Return a random crop of at least 85 % of each side, scaled by 0.8 to 1.2, mirrored half of the time."""
    width, height = whole.size
    across, down, scale, left, top, mirror = torch.rand(6, generator=generator).tolist()
    crop_width = round(width * (LEAST_CROP + (1 - LEAST_CROP) * across))
    crop_height = round(height * (LEAST_CROP + (1 - LEAST_CROP) * down))
    scale = SCALES[0] + (SCALES[1] - SCALES[0]) * scale
    x, y = round(left * (width - crop_width)), round(top * (height - crop_height))
    size = _multiple(crop_height * scale), _multiple(crop_width * scale)

    def cut(picture: torch.Tensor) -> torch.Tensor:
        picture = picture[..., y : y + crop_height, x : x + crop_width]
        picture = F.interpolate(picture, size, mode="bilinear", antialias=True)
        return picture.flip(3) if mirror < 0.5 else picture

    wanted = None if whole.wanted is None else cut(whole.wanted)
    return Example(cut(whole.source), cut(whole.region), wanted)


def _multiple(pixels: float) -> int:
    # At the coarsest scale there must be something to reflect, so two strides at the least.
    return max(2, math.floor(pixels / STRIDE + 0.5)) * STRIDE
