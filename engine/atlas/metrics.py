"""What judges an atlas: how well it explains the frames, and whether its mappings follow the surface.

PSNR alone flatters a mapping that bends to fit noise. For editing it counts as well that the mapping is one-to-one
where its layer is seen, that it moves as the picture does, and that what is drawn on it flickers no more than the clip.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from engine.atlas.atlas import BACKGROUND, Atlas
from engine.atlas.inverse import to_atlas, to_frame
from engine.atlas.motion.flow import DisFlow, Flow, consistency, warp
from engine.atlas.rendering import reconstructed
from engine.colour import in_unit_range, to_uint8

SPAN = 5  # frames over which a mapping is compared with flow
POINT_SPACING = 4  # pixels
SURE, SEEN = 0.9, 0.5  # of a layer at a point
EQUAL_ERROR = 1e-10  # stands for no error at all, so that equal pictures have a PSNR: 100 dB


@dataclass(frozen=True)
class LayerFigures:
    """How good one layer's mapping is.

    ``mapping_error`` is in pixels of the atlas's frames, see ``mapping_error``; ``folded_share`` is in 0..1.
    """

    name: str
    mapping_error: float
    folded_share: float


@dataclass(frozen=True)
class AtlasFigures:
    """How good an atlas is: PSNR in dB for each frame, ``warp_ratio``, ``iou`` (None without masks), and its layers."""

    psnr_db: tuple[float, ...]
    warp_ratio: float
    iou: float | None
    layers: tuple[LayerFigures, ...]


def measure_atlas(
    atlas: Atlas, frames: Sequence[np.ndarray], masks: Sequence[np.ndarray] | None = None, flow: Flow | None = None
) -> AtlasFigures:
    """Return how well ``atlas`` explains its clip's ``frames``, RGB (H, W, 3) uint8 at the atlas's own size.

    ``masks`` are (H, W) in 0..1, one a frame: where any layer but the background is to be seen. ``flow`` is DIS
    by default. Raises ValueError where there are not as many frames as in the atlas, or fewer than two.
    """
    flow = flow or DisFlow()
    if len(frames) != len(atlas.clip.numbers) or len(frames) < 2:
        raise ValueError(f"{len(frames)} frames cannot judge an atlas of {len(atlas.clip.numbers)}")
    explained = [to_uint8(reconstructed(atlas, index)) for index in range(len(frames))]
    return AtlasFigures(
        tuple(psnr_db(frame, other) for frame, other in zip(frames, explained, strict=True)),
        warp_ratio(frames, explained, flow),
        None if masks is None else _mean_iou(atlas, masks),
        tuple(
            LayerFigures(layer.name, mapping_error(atlas, layer.name, frames, flow), folded_share(atlas, layer.name))
            for layer in atlas.layers
        ),
    )


def psnr_db(source: np.ndarray, other: np.ndarray) -> float:
    """Return the peak signal-to-noise ratio in dB of two pictures of one shape, integers or floats in 0..1."""
    error = np.mean(np.square(in_unit_range(source) - in_unit_range(other)), dtype=np.float64)
    return float(-10 * np.log10(max(error, EQUAL_ERROR)))


def matte_iou(matte: np.ndarray, mask: np.ndarray) -> float:
    """Return the area that a matte and a mask, (H, W) in 0..1, share of what either covers; 1 where neither does."""
    on, expected = matte > 0.5, mask > 0.5
    union = np.count_nonzero(on | expected)
    return np.count_nonzero(on & expected) / union if union else 1.0


def warp_ratio(sources: Sequence[np.ndarray], others: Sequence[np.ndarray], flow: Flow | None = None) -> float:
    """Return how much ``others`` flicker against their ``sources``: 1 as much, below 1 less.

    The flicker of a frame is the mean absolute change along the optical flow of ``sources``, RGB (H, W, 3) uint8; of
    the ratio between both, the mean over all frames but the last. ``others`` are (H, W, C) of the same scale.
    """
    flow = flow or DisFlow()
    ratios = []
    for index in range(len(sources) - 1):
        motion = flow.between(sources[index], sources[index + 1])
        change, other_change = (
            np.abs(warp(clip[index + 1].astype(np.float32), motion)[0] - clip[index]).mean()
            for clip in (sources, others)
        )
        ratios.append(other_change / max(change, 1e-6))
    return float(np.mean(ratios)) if ratios else 1.0


def mapping_error(
    atlas: Atlas, name: str, frames: Sequence[np.ndarray], flow: Flow | None = None, span: int = SPAN
) -> float:
    """Return the median distance in pixels between where flow and where a layer's mapping carry a point.

    A point that shows the layer in one frame goes into the texture and, by the inverse mapping, out of it ``span``
    frames later (fewer in a shorter clip). Points count that optical flow follows there and back, onto the same layer;
    one that the mapping does not bring into the frame is infinitely far. ``frames`` are RGB (H, W, 3) uint8 at the
    atlas's size. NaN where no point counts.
    """
    flow, span = flow or DisFlow(), min(span, len(frames) - 1)
    distances = [
        _distances(atlas, name, (start, start + span), (frames[start], frames[start + span]), flow)
        for start in range(0, len(frames) - span, span)
    ]
    every = np.concatenate(distances)
    return float(np.median(every)) if every.size else float("nan")


def folded_share(atlas: Atlas, name: str) -> float:
    """Return the share (0..1) of a layer's lattice cells in which its mapping turns over, of those that show it.

    A cell is folded where the mapping's Jacobian determinant is not of the layer's usual sign all over the cell; as
    the mapping is bilinear, its corners tell. A cell shows the layer where the matte covers at least half of it.
    """
    shown = negative = positive = 0
    for index, nodes in enumerate(atlas.layer(name).mapping.astype(np.float64)):
        rows, columns = nodes.shape[0] - 1, nodes.shape[1] - 1
        seen = cv2.resize(atlas.matte(name, index), (columns, rows), interpolation=cv2.INTER_AREA) >= SEEN
        areas = _corner_areas(nodes)
        shown += int(np.count_nonzero(seen))
        negative += int(np.count_nonzero(seen & (areas <= 0).any(0)))
        positive += int(np.count_nonzero(seen & (areas >= 0).any(0)))
    return min(negative, positive) / shown if shown else 0.0


def checkerboard(size: tuple[int, int], cell: int = 32) -> np.ndarray:
    """Return a picture of squares for a texture, which shows how its mapping bends: (h, w, 3) float32 in 0..1.

    ``size`` is (width, height), ``cell`` the squares' side in pixels. Red grows to the right and blue downwards, so
    that squares can be told apart.
    """
    width, height = size
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    light = np.where((x // cell + y // cell) % 2, 1.0, 0.35)
    tint = np.stack([0.45 + 0.55 * x / width, np.full_like(x, 0.75), 0.45 + 0.55 * y / height], -1)
    return (light[..., None] * tint).astype(np.float32)


def _mean_iou(atlas: Atlas, masks: Sequence[np.ndarray]) -> float:
    return float(np.mean([matte_iou(1 - atlas.matte(BACKGROUND, index), mask) for index, mask in enumerate(masks)]))


def _distances(
    atlas: Atlas, name: str, indices: tuple[int, int], frames: tuple[np.ndarray, np.ndarray], flow: Flow
) -> np.ndarray:
    """Return how far apart flow and mapping carry the points of the first frame to the second, (N,) pixels."""
    forward, backward = flow.between(*frames), flow.between(*frames[::-1])
    start, end = (atlas.matte(name, index) for index in indices)
    there, inside = warp(end, forward)
    counts = inside & consistency(forward, backward) & (start > SURE) & (there > SEEN)
    offset = POINT_SPACING // 2
    rows, columns = np.nonzero(counts[offset::POINT_SPACING, offset::POINT_SPACING])
    rows, columns = rows * POINT_SPACING + offset, columns * POINT_SPACING + offset
    points, layer = np.stack([columns, rows], -1).astype(np.float64), atlas.layer(name)
    carried = to_frame(layer, indices[1], to_atlas(layer, indices[0], points, atlas.size), atlas.size)
    distances = np.linalg.norm(carried - points - forward[rows, columns], axis=1)
    return np.where(np.isnan(distances), np.inf, distances)


def _corner_areas(nodes: np.ndarray) -> np.ndarray:
    """Return the Jacobian determinants (4, gh - 1, gw - 1) at the corners of the cells of a lattice (gh, gw, 2)."""
    right, down = np.diff(nodes, axis=1), np.diff(nodes, axis=0)
    sides = [(along, below) for along in (right[:-1], right[1:]) for below in (down[:, :-1], down[:, 1:])]
    return np.stack([along[..., 0] * below[..., 1] - along[..., 1] * below[..., 0] for along, below in sides])
