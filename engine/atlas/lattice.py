"""Lattices: values at evenly spread nodes of a frame, bilinear in between."""

import numpy as np


def basis(nodes: int, pixels: int, fitted_pixels: int) -> np.ndarray:
    """Return the weights (pixels, nodes) of a lattice's nodes along one side of a frame, float32.

    The nodes lie from the centre of the first to that of the last pixel of a side of ``fitted_pixels``; the frame
    shows the same in ``pixels``. Outside the nodes the end's value is held.
    """
    places = (np.arange(pixels) + 0.5) * fitted_pixels / pixels - 0.5
    return weights_at(places * (nodes - 1) / max(fitted_pixels - 1, 1), nodes)


def weights_at(places: np.ndarray, nodes: int) -> np.ndarray:
    """Return the weights (N, nodes) of nodes 0, 1 … for ``places`` (N,) given in node spacings, float32."""
    held = np.clip(places, 0, nodes - 1)
    below = np.minimum(held.astype(int), max(nodes - 2, 0))
    share = (held - below).astype(np.float32)
    weights = np.zeros((len(places), nodes), np.float32)
    rows = np.arange(len(places))
    weights[rows, below] = 1 - share
    if nodes > 1:
        weights[rows, below + 1] = share
    return weights


def dense(lattice: np.ndarray, size: tuple[int, int], fitted_size: tuple[int, int]) -> np.ndarray:
    """Return the values of a lattice (gh, gw, C) at every pixel of a frame of ``size``, (H, W, C) float32.

    Sizes are (width, height); the lattice lies over a frame of ``fitted_size``.
    """
    rows = basis(lattice.shape[0], size[1], fitted_size[1])
    columns = basis(lattice.shape[1], size[0], fitted_size[0])
    across = np.einsum("xg,hgc->hxc", columns, lattice, optimize=True)
    return np.ascontiguousarray(np.einsum("yh,hxc->yxc", rows, across, optimize=True), np.float32)


def values_at(lattice: np.ndarray, points: np.ndarray, fitted_size: tuple[int, int]) -> np.ndarray:
    """Return the values (N, C) of a lattice (gh, gw, C) at ``points`` (N, 2): x, y in pixels of ``fitted_size``."""
    height, width = lattice.shape[:2]
    scale = np.array([(width - 1) / max(fitted_size[0] - 1, 1), (height - 1) / max(fitted_size[1] - 1, 1)])
    places = np.clip(points * scale, 0, [width - 1, height - 1])
    corner = np.minimum(places.astype(int), [max(width - 2, 0), max(height - 2, 0)])
    x, y = (places - corner).astype(np.float32).T[..., None]
    left, top = corner.T
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    upper = lattice[top, left] * (1 - x) + lattice[top, right] * x
    lower = lattice[bottom, left] * (1 - x) + lattice[bottom, right] * x
    return upper * (1 - y) + lower * y
