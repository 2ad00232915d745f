"""Drawn scenes: coloured shapes on textured grounds, each with what it shows and where."""

import math
from dataclasses import dataclass

import torch
from torch.nn import functional as F

KINDS = ("circle", "square", "triangle")
COLOURS = {
    "red": (0.85, 0.1, 0.1),
    "blue": (0.1, 0.2, 0.85),
    "yellow": (0.9, 0.85, 0.1),
    "purple": (0.55, 0.1, 0.65),
}
# Outlines let edges be learnt without regard to the colours at both sides; as wide as this, the picture being 2.
INK = 0.06
GREEN_SCREEN = (0.0, 177 / 255, 64 / 255)


@dataclass(frozen=True)
class Scenes:
    """N scenes of at most M shapes.

    ``pictures`` (N, 3, S, S); ``masks`` (N, M, S, S), what is seen of each shape; ``kinds`` and ``colours`` (N, M)
    are indices, -1 where there is no shape.
    """

    pictures: torch.Tensor
    masks: torch.Tensor
    kinds: torch.Tensor
    colours: torch.Tensor

    def name(self, scene: int, shape: int) -> str:
        """Return for instance "red circle"."""
        return f"{tuple(COLOURS)[self.colours[scene, shape]]} {KINDS[self.kinds[scene, shape]]}"


def draw_scenes(
    count: int,
    side: int,
    draws: torch.Generator,
    shapes: int = 3,
    sizes: tuple[float, float] = (0.15, 0.3),
    reach: float = 0.72,
    distinct: bool = False,
) -> Scenes:
    """Draw scenes of 1 to ``shapes`` shapes with radii of ``sizes`` (the picture is 2 wide), centres within ``reach``.

    Shapes lie apart where there is room. With ``distinct``, all have ``shapes`` shapes, no two of them of one colour.
    """

    def between(low: float, high: float, *shape: int) -> torch.Tensor:
        return low + (high - low) * torch.rand(*shape, generator=draws)

    radii = between(*sizes, count, shapes) * 2
    centres = _apart(radii, reach, draws)
    kinds = torch.randint(len(KINDS), (count, shapes), generator=draws)
    colours = torch.randint(len(COLOURS), (count, shapes), generator=draws)
    if distinct:
        colours = torch.rand(count, len(COLOURS), generator=draws).argsort(1)[:, :shapes]
    else:
        missing = torch.arange(shapes) >= torch.randint(1, shapes + 1, (count, 1), generator=draws)
        kinds, colours = kinds.masked_fill(missing, -1), colours.masked_fill(missing, -1)
    masks, lines = _masks(centres, radii, between(-0.35, 0.35, count, shapes), kinds, side)
    paint = torch.tensor(list(COLOURS.values()))[colours] + between(-0.08, 0.08, count, shapes, 3)
    pictures = _grounds(count, side, draws)
    shades = 1 + 0.5 * (_noise(count, shapes, 2, side, draws) - 0.5)
    seen = torch.zeros(count, shapes, side, side)
    for index in range(shapes):
        mask = masks[:, index : index + 1]
        colour = paint[:, index, :, None, None] * shades[:, index : index + 1]
        line = lines[:, index : index + 1]
        pictures = (pictures * (1 - mask) + colour * mask) * (1 - line)
        seen = seen * (1 - mask)
        seen[:, index] = mask[:, 0]
    pictures = (pictures + 0.02 * torch.randn(pictures.shape, generator=draws)).clamp(0, 1)
    return Scenes(pictures, seen, kinds, colours)


def jittered(pictures: torch.Tensor, grey: torch.Tensor, draws: torch.Generator) -> torch.Tensor:
    """Return pictures in another light: without colour where ``grey`` (N,), else paler, darker or flatter."""

    def between(low: float, high: float) -> torch.Tensor:
        return low + (high - low) * torch.rand(len(pictures), 1, 1, 1, generator=draws)

    light = pictures.mean(1, keepdim=True)
    saturation = between(0.35, 1.2).masked_fill(grey[:, None, None, None], 0)
    pictures = light + (pictures - light) * saturation
    mean = pictures.mean((1, 2, 3), keepdim=True)
    return ((pictures - mean) * between(0.75, 1.25) + mean) * between(0.8, 1.2)


def _apart(radii: torch.Tensor, reach: float, draws: torch.Generator) -> torch.Tensor:
    """Return centres (N, M, 2), of several tries those that leave most room between shapes."""
    tries = 12
    centres = (2 * torch.rand(tries, *radii.shape, 2, generator=draws) - 1) * reach
    gaps = torch.cdist(centres, centres) - radii[:, :, None] - radii[:, None, :]
    gaps = gaps + 9 * torch.eye(radii.shape[1])
    best = gaps.flatten(2).amin(2).argmax(0)
    return centres[best, torch.arange(len(radii))]


def _masks(
    centres: torch.Tensor, radii: torch.Tensor, angles: torch.Tensor, kinds: torch.Tensor, side: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the shapes with their inked outlines, and the outlines (N, M, S, S)."""
    axis = (torch.arange(side) + 0.5) * (2 / side) - 1
    rows, columns = torch.meshgrid(axis, axis, indexing="ij")
    x = columns - centres[..., 0, None, None]
    y = rows - centres[..., 1, None, None]
    cosine, sine = angles.cos()[..., None, None], angles.sin()[..., None, None]
    x, y = cosine * x + sine * y, cosine * y - sine * x
    radius = radii[..., None, None]
    corners = [math.pi * (0.5 + 2 * corner / 3) for corner in range(3)]
    distances = torch.stack(
        [
            (x.square() + y.square()).sqrt() - 0.85 * radius,
            torch.maximum(x.abs(), y.abs()) - 0.72 * radius,
            torch.stack([math.cos(turn) * x + math.sin(turn) * y for turn in corners]).amax(0) - 0.52 * radius,
        ]
    )
    chosen = distances.gather(0, kinds.clamp(min=0)[None, ..., None, None].expand(1, -1, -1, side, side))[0]
    there = (kinds >= 0)[..., None, None]
    inside = (0.5 - (chosen - INK / 2) * side / 2).clamp(0, 1) * there
    return inside, (0.5 - (chosen.abs() - INK / 2) * side / 2).clamp(0, 1) * there


def _grounds(count: int, side: int, draws: torch.Generator) -> torch.Tensor:
    """Return (N, 3, S, S): blotchy, muted grounds, and some green screens."""
    tone = 0.25 + 0.5 * torch.rand(count, 1, 1, 1, generator=draws)
    tint = 0.12 * (torch.rand(count, 3, 1, 1, generator=draws) - 0.5)
    blotches = 0.3 * (_noise(count, 1, 4, side, draws) - 0.5) + 0.15 * (_noise(count, 3, 8, side, draws) - 0.5)
    grain = 0.15 * (_noise(count, 1, side // 2, side, draws) - 0.5)
    grounds = tone + tint + blotches + grain
    screens = torch.rand(count, generator=draws) < 0.15
    return torch.where(screens[:, None, None, None], torch.tensor(GREEN_SCREEN)[:, None, None], grounds)


def _noise(count: int, channels: int, cells: int, side: int, draws: torch.Generator) -> torch.Tensor:
    coarse = torch.rand(count, channels, cells, cells, generator=draws)
    return F.interpolate(coarse, (side, side), mode="bilinear")
