"""Internal examples: what the generator is shown of its one input (Text2LIVE, section 3.3)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch.nn import functional as F

from engine.text2live.frames import Frames
from engine.text2live.generator import STRIDE
from engine.text2live.settings import Settings

LEAST_CROP = 0.85
SCALES = (0.8, 1.2)


@dataclass(frozen=True)
class Example:
    """A picture with what belongs to it, all at one size: ``source`` (1, 3, h, w), ``region`` (1, 1, h, w).

    ``region`` is where the edit belongs, in 0..1; ``wanted`` (1, 3, h, w) is a material's shading, if there is one.
    The guide looks at the picture itself, or, where the picture is an atlas, at ``frames`` that show it.
    """

    source: torch.Tensor
    region: torch.Tensor
    wanted: torch.Tensor | None = None
    frames: Frames | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.source.shape[3], self.source.shape[2]

    @property
    def shown(self) -> torch.Tensor:
        """What the guide looks at before the edit, (N, 3, H, W)."""
        return self.source if self.frames is None else self.frames.source

    @property
    def focus(self) -> torch.Tensor:
        """Where in it the edit is, (H, W)."""
        return self.region[0, 0] if self.frames is None else self.frames.matte.amax(0)[0]

    def seen(self, layer: torch.Tensor) -> torch.Tensor:
        """Return the layer (1, 4, h, w) as it lies over ``shown``, (N, 4, H, W); differentiable."""
        return layer if self.frames is None else self.frames.seen(layer)


class Examples(Protocol):
    """All that a generator is trained on; ``whole`` is the picture that it paints in the end."""

    whole: Example

    def draw(self, step: int, draws: torch.Generator) -> Example:
        """Return the example of a step."""
        ...

    def tensors(self) -> Iterator[torch.Tensor]:
        """Yield all that examples are made of, by which two inputs are told apart."""
        ...


class PictureExamples:
    """A picture and random crops of it."""

    def __init__(self, whole: Example, settings: Settings) -> None:
        self.whole, self._settings = whole, settings

    def draw(self, step: int, draws: torch.Generator) -> Example:
        """Return the whole or, in some steps, a crop."""
        return random_example(self.whole, draws) if crops_at(step, self._settings, draws) else self.whole

    def tensors(self) -> Iterator[torch.Tensor]:
        """Yield the picture with what belongs to it."""
        yield from tensors_of(self.whole)


@dataclass(frozen=True)
class Crop:
    """A part of a picture: ``left``, ``top``, ``width``, ``height`` in its pixels; ``size`` is its (height, width)."""

    left: int
    top: int
    width: int
    height: int
    size: tuple[int, int]
    mirrored: bool

    def of(self, picture: torch.Tensor) -> torch.Tensor:
        """Return the part of ``picture`` (N, C, h, w)."""
        part = picture[..., self.top : self.top + self.height, self.left : self.left + self.width]
        part = F.interpolate(part, self.size, mode="bilinear", antialias=True)
        return part.flip(3) if self.mirrored else part

    def places(self, places: torch.Tensor, picture_size: tuple[int, int]) -> torch.Tensor:
        """Return ``places`` (..., 2) of the picture's -1..1 square in that of the crop; they may lie outside."""
        whole = places.new_tensor(picture_size)
        offset = 2 * places.new_tensor((self.left, self.top)) / whole
        inside = ((places + 1) - offset) * whole / places.new_tensor((self.width, self.height)) - 1
        return inside * inside.new_tensor((-1.0, 1.0)) if self.mirrored else inside


def crops_at(step: int, settings: Settings, draws: torch.Generator) -> bool:
    """Return whether a step is to be trained on a crop."""
    cropped = torch.rand(1, generator=draws).item() < settings.example_share
    return cropped and step < settings.steps * (1 - settings.whole_share)


def tensors_of(example: Example) -> Iterator[torch.Tensor]:
    """Yield the tensors of a picture, its region and what is wanted of it."""
    yield from (each for each in (example.source, example.region, example.wanted) if each is not None)


def training_size(width: int, height: int, short_side: int) -> tuple[int, int]:
    """Return the (width, height) to train at: multiples of the generator's stride, no larger than the picture needs."""
    scale = short_side / min(width, height)
    return multiple(width * scale), multiple(height * scale)


def random_example(whole: Example, draws: torch.Generator) -> Example:
    """Return a random crop of at least 85 % of each side, scaled by 0.8 to 1.2, mirrored half of the time."""
    width, height = whole.size
    across, down, scale, left, top, mirror = torch.rand(6, generator=draws).tolist()
    crop_width = round(width * (LEAST_CROP + (1 - LEAST_CROP) * across))
    crop_height = round(height * (LEAST_CROP + (1 - LEAST_CROP) * down))
    scale = SCALES[0] + (SCALES[1] - SCALES[0]) * scale
    x, y = round(left * (width - crop_width)), round(top * (height - crop_height))
    size = multiple(crop_height * scale), multiple(crop_width * scale)
    return cropped(whole, Crop(x, y, crop_width, crop_height, size, mirror < 0.5))


def cropped(example: Example, crop: Crop) -> Example:
    """Return the part of an example, whose frames then show no more than that part of the layer."""
    wanted = None if example.wanted is None else crop.of(example.wanted)
    frames = None if example.frames is None else example.frames.moved(crop.places(example.frames.places, example.size))
    return Example(crop.of(example.source), crop.of(example.region), wanted, frames)


def multiple(pixels: float) -> int:
    """Return the nearest side that the generator can paint."""
    # At the coarsest scale there must be something to reflect, so two strides at the least.
    return max(2, math.floor(pixels / STRIDE + 0.5)) * STRIDE
