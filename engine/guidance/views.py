"""Augmented views of a picture, a whole batch by one sampling at the guide's input size."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from engine.guidance.view_settings import ViewSettings

LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True)
class Views:
    """N views of any picture of one shape: ``frames`` (N, 3, 3), ``light`` (N, 6), and their ``side`` in pixels."""

    frames: torch.Tensor
    light: torch.Tensor
    side: int

    def of(self, picture: torch.Tensor) -> torch.Tensor:
        """Return the views (N, 3, side, side) of ``picture`` (1, 3, H, W); differentiable."""
        return relit(sample(picture, self.frames, self.side), self.light)

    def parts(self, most: int) -> Iterator["Views"]:
        """Yield these views in batches of at most ``most``."""
        for frames, light in zip(self.frames.split(most), self.light.split(most), strict=True):
            yield Views(frames, light, self.side)


def draw_views(
    count: int, size: tuple[int, int], focus: torch.Tensor, settings: ViewSettings, generator: torch.Generator
) -> Views:
    """Return ``count`` views, all at one of the sides; see `view_frames`."""
    side = settings.sides[int(torch.randint(len(settings.sides), (1,), generator=generator))]
    frames = view_frames(count, size, focus, settings, generator)
    return Views(frames, draw_light(count, settings, generator), side)


def view_frames(
    count: int, size: tuple[int, int], focus: torch.Tensor, settings: ViewSettings, generator: torch.Generator
) -> torch.Tensor:
    """Return (count, 3, 3) homographies from a view's -1..1 square to the picture's -1..1 square.

    ``size`` is the picture's (width, height). ``focus`` (h, w), at least one value above 0, says where views may
    be centred; they are moved so that they stay inside the picture. Some keep the picture's proportions, others
    squash the whole of it into the square, as guides are shown pictures both ways.
    """
    draw = _Draw(count, generator)
    width, height = size
    shown = draw.between(settings.smallest, 1.0)
    squash = draw.between(0.0, 1.0)
    across = shown * (squash + (1 - squash) * min(1.0, height / width))
    down = shown * (squash + (1 - squash) * min(1.0, width / height))
    centre = _points(count, focus, generator)
    room = torch.stack([1 - across, 1 - down], 1)
    centre = torch.maximum(torch.minimum(centre, room), -room)
    angle = draw.between(-settings.rotation, settings.rotation) * (math.pi / 180)
    flip = torch.where(draw.chance(0.5), -1.0, 1.0)
    tilt = torch.where(draw.chance(0.5), settings.perspective, 0.0)
    cosine, sine = angle.cos(), angle.sin()
    nothing, one = torch.zeros(count), torch.ones(count)
    place = _matrices([across, nothing, centre[:, 0], nothing, down, centre[:, 1], nothing, nothing, one])
    turn = _matrices([flip * cosine, -sine, nothing, flip * sine, cosine, nothing, nothing, nothing, one])
    lean = _matrices(
        [one, nothing, nothing, nothing, one, nothing, tilt * draw.between(-1, 1), tilt * draw.between(-1, 1), one]
    )
    return place @ turn @ lean


def sample(picture: torch.Tensor, frames: torch.Tensor, side: int) -> torch.Tensor:
    """Return (N, C, side, side) views of one picture (1, C, H, W), by one bilinear sampling, mirrored outside."""
    count = frames.shape[0]
    shorter = min(picture.shape[-2:])
    if shorter > 1.5 * side:  # a whole view would skip pixels
        shrink = 1.5 * side / shorter
        picture = F.interpolate(picture, scale_factor=shrink, mode="bilinear", antialias=True)
    axis = (torch.arange(side, dtype=torch.float32) + 0.5) * (2 / side) - 1
    rows, columns = torch.meshgrid(axis, axis, indexing="ij")
    square = torch.stack([columns, rows, torch.ones_like(rows)], -1).reshape(-1, 3)
    mapped = square @ frames.transpose(1, 2)
    grid = (mapped[..., :2] / mapped[..., 2:].clamp(min=0.2)).reshape(count, side, side, 2)
    whole = picture.expand(count, -1, -1, -1)
    return F.grid_sample(whole, grid.to(picture), mode="bilinear", padding_mode="reflection", align_corners=False)


def draw_light(count: int, settings: ViewSettings, generator: torch.Generator) -> torch.Tensor:
    """Return (count, 6): each view's saturation, gains of red, green and blue, contrast and brightness; 1 is as is."""
    draw = _Draw(count, generator)
    saturation = torch.where(draw.chance(settings.grayscale), 0.0, draw.between(0.0, settings.saturation))
    balance = [1 + settings.white_balance * draw.between(-1, 1) for _ in range(3)]
    contrast = 1 + draw.between(-1, 1) * settings.contrast
    brightness = 1 + draw.between(-1, 1) * settings.brightness
    return torch.stack([saturation, *balance, contrast, brightness], 1)


def relit(views: torch.Tensor, light: torch.Tensor) -> torch.Tensor:
    """Return the views (N, 3, S, S) in the ``light`` (N, 6) that `draw_light` gave."""
    light = light.to(views)[:, :, None, None]
    grey = (views * views.new_tensor(LUMA)[None, :, None, None]).sum(1, keepdim=True)
    views = (grey + (views - grey) * light[:, :1]) * light[:, 1:4]
    mean = views.mean((1, 2, 3), keepdim=True)
    return ((views - mean) * light[:, 4:5] + mean) * light[:, 5:]


class _Draw:
    """Draws of ``count`` numbers each."""

    def __init__(self, count: int, generator: torch.Generator) -> None:
        self._count, self._generator = count, generator

    def between(self, low: float, high: float) -> torch.Tensor:
        return low + (high - low) * torch.rand(self._count, generator=self._generator)

    def chance(self, share: float) -> torch.Tensor:
        return torch.rand(self._count, generator=self._generator) < share


def _points(count: int, focus: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Return (count, 2) points x, y in -1..1, drawn where ``focus`` is high."""
    height, width = focus.shape
    chosen = torch.multinomial(focus.detach().cpu().flatten(), count, replacement=True, generator=generator)
    across = (chosen % width + 0.5) * (2 / width) - 1
    down = (chosen // width + 0.5) * (2 / height) - 1
    return torch.stack([across, down], 1)


def _matrices(elements: list[torch.Tensor]) -> torch.Tensor:
    """Return (N, 3, 3) from nine (N,) elements, row by row."""
    return torch.stack(elements, 1).reshape(-1, 3, 3)
