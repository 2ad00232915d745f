"""How large a texture is: it holds all that its layer ever shows, and no more."""

import numpy as np
import torch

from engine.atlas.fitting.fitted_layer import FittedLayer, Lattice
from engine.atlas.fitting.settings import FitSettings

GROWTH = 0.15  # room on each side for what one transform a frame does not tell, of the frame's larger side
MARGIN = 8  # texels about all that is seen
STEP = 4  # pixels between the points that are looked at
SMALLEST = 16  # texels


def empty_layer(
    motion: np.ndarray, mattes: np.ndarray, lattice: Lattice, settings: FitSettings, device: str
) -> FittedLayer:
    """Return a layer mapped by ``motion`` (T, 3, 3), large enough for what ``mattes`` (T, H, W) uint8 show, and more.

    Where the texture would have more texels than allowed, it is coarser.
    """
    nodes = np.stack([_transformed(each, lattice.nodes()) for each in motion])
    low, high = _shown_extent(motion, mattes)
    room = GROWTH * max(mattes.shape[1:])
    low, high = low - room, high + room
    density = min(settings.density, float(np.sqrt(settings.most_texels / np.prod(high - low))))
    width, height = np.ceil((high - low) * density).astype(int) + 1
    mapping = torch.from_numpy(((nodes - low) * density).astype(np.float32)).to(device)
    return FittedLayer(lattice, mapping, (int(height), int(width)))


def crop(layer: FittedLayer, mattes: np.ndarray) -> None:
    """Make a layer's texture as large as what ``mattes`` (T, H, W) uint8 show of it; the texture itself is emptied."""
    low, high = None, None
    for index, matte in enumerate(mattes):
        shown = layer.places(index).cpu().numpy()[::STEP, ::STEP][matte[::STEP, ::STEP] > 127]
        if len(shown):
            low = shown.min(0) if low is None else np.minimum(low, shown.min(0))
            high = shown.max(0) if high is None else np.maximum(high, shown.max(0))
    if low is None or high is None:
        return
    height, width = layer.texture.shape[1:]
    low = np.maximum(np.floor(low) - MARGIN, 0)
    high = np.maximum(np.minimum(np.ceil(high) + MARGIN, [width - 1, height - 1]), low + SMALLEST)
    layer.mapping -= torch.from_numpy(low.astype(np.float32)).to(layer.mapping.device)
    new_width, new_height = (high - low).astype(int) + 1
    layer.texture = layer.texture.new_zeros(3, new_height, new_width)
    layer.seen = layer.seen.new_zeros(1, new_height, new_width)


def _shown_extent(motion: np.ndarray, mattes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the largest (x, y) of the reference that the mattes show; of nothing, the frame's."""
    height, width = mattes.shape[1:]
    rows, columns = np.mgrid[0:height:STEP, 0:width:STEP]
    grid = np.stack([columns, rows], -1)
    ends = []
    for each, matte in zip(motion, mattes, strict=True):
        points = grid[matte[::STEP, ::STEP] > 127]
        if len(points):
            places = _transformed(each, points)
            ends += [places.min(0), places.max(0)]
    if not ends:
        return np.zeros(2), np.array([width - 1.0, height - 1.0])
    return np.min(ends, 0), np.max(ends, 0)


def _transformed(transform: np.ndarray, points: np.ndarray) -> np.ndarray:
    ends = points @ transform[:, :2].T + transform[:, 2]
    return ends[..., :2] / ends[..., 2:]
