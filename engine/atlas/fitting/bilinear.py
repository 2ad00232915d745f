"""Textures looked up at places, and values spread back onto textures: a linear map and its adjoint, in torch.

Both work on the part of a texture that the places touch, so that their cost does not grow with the texture.
"""

import torch
import torch.nn.functional as F


def sampled(texture: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Return a texture (C, h, w) at ``places`` (H, W, 2), x and y in texels, as (C, H, W); the rim is held beyond."""
    rows, columns = _window(places, texture.shape[-2:])
    part = texture[None, :, rows, columns]
    grid = _grid(places, rows, columns)
    return F.grid_sample(part, grid, padding_mode="border", align_corners=True)[0]


def spread(values: torch.Tensor, places: torch.Tensor, onto: torch.Tensor) -> None:
    """Add ``values`` (C, H, W) to ``onto`` (C, h, w) at ``places``, each to the four texels that it is sampled from."""
    rows, columns = _window(places, onto.shape[-2:])
    blank = torch.zeros_like(onto[None, :, rows, columns], requires_grad=True)
    with torch.enable_grad():
        seen = F.grid_sample(blank, _grid(places, rows, columns), padding_mode="border", align_corners=True)
    (added,) = torch.autograd.grad(seen, blank, values[None])
    onto[:, rows, columns] += added[0]


def _window(places: torch.Tensor, size: torch.Size) -> tuple[slice, slice]:
    """Return the rows and columns of a texture of ``size`` (h, w) that ``places`` touch, at least two of each."""
    flat = places.reshape(-1, 2)
    low, high = flat.amin(0).tolist(), flat.amax(0).tolist()
    sides = []
    for first, last, side in zip(low, high, reversed(size), strict=True):
        start = min(max(int(first), 0), side - 2)
        sides.append(slice(start, min(max(int(last) + 2, start + 2), side)))
    return sides[1], sides[0]


def _grid(places: torch.Tensor, rows: slice, columns: slice) -> torch.Tensor:
    """Return ``places`` in grid_sample's units, -1..1 from the centre of the window's first texel to its last."""
    start = places.new_tensor([columns.start, rows.start])
    extent = places.new_tensor([columns.stop - columns.start - 1, rows.stop - rows.start - 1])
    return ((places - start) / extent * 2 - 1)[None]
