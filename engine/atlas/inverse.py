"""The inverse mapping: from the atlas to frames, and pictures painted on a frame onto the atlas."""

import cv2
import numpy as np

from engine.atlas.atlas import AtlasLayer
from engine.atlas.lattice import values_at
from engine.atlas.rendering import Size, positions
from engine.compositing import premultiply, unpremultiply
from engine.filters import resampled

STEPS = 12  # Newton's method starts within a pixel or two
ARRIVED = 0.05  # texture pixels


def to_atlas(layer: AtlasLayer, index: int, points: np.ndarray, fitted_size: Size) -> np.ndarray:
    """Return where ``points`` (N, 2) of frame ``index`` lie in the texture; x, y in pixels on both sides."""
    return values_at(layer.mapping[index], points, fitted_size)


def to_frame(layer: AtlasLayer, index: int, places: np.ndarray, fitted_size: Size) -> np.ndarray:
    """Return which points (N, 2) of frame ``index`` show ``places`` (N, 2) of the texture; NaN where none does.

    x, y in pixels on both sides, those of the frame at ``fitted_size``.
    """
    known = _nearest_points(positions(layer, index, fitted_size, fitted_size), layer.size)
    rim = np.array(layer.size) - 1
    columns, rows = np.clip(np.rint(places), 0, rim).astype(int).T
    points = known[rows, columns].astype(np.float64)
    lattice, end = layer.mapping[index].astype(np.float64), np.array(fitted_size) - 1.0
    across, along = np.array([0.5, 0]), np.array([0, 0.5])
    for _ in range(STEPS):
        missing = places - values_at(lattice, points, fitted_size)
        right = values_at(lattice, points + across, fitted_size) - values_at(lattice, points - across, fitted_size)
        down = values_at(lattice, points + along, fitted_size) - values_at(lattice, points - along, fitted_size)
        area = right[:, 0] * down[:, 1] - right[:, 1] * down[:, 0]
        area = np.where(np.abs(area) < 1e-6, np.inf, area)
        x = (missing[:, 0] * down[:, 1] - missing[:, 1] * down[:, 0]) / area
        y = (right[:, 0] * missing[:, 1] - right[:, 1] * missing[:, 0]) / area
        points = np.clip(points + np.clip(np.stack([x, y], 1), -8, 8), 0, end)
    error = np.abs(places - values_at(lattice, points, fitted_size)).max(1)
    return np.where(error[:, None] <= ARRIVED, points, np.nan)


def painted_on_atlas(
    layer: AtlasLayer, index: int, picture: np.ndarray, texture_size: Size, fitted_size: Size
) -> np.ndarray:
    """Return a picture painted on frame ``index``, laid onto the texture: (h, w, 4) float32, straight alpha.

    ``picture`` is (H, W, 4) straight over the whole frame, of any size; ``texture_size`` the (width, height) wanted,
    over the texture's extent. Transparent where the frame does not see the texture.
    """
    width, height = texture_size
    scale = np.array([layer.size[0] / width, layer.size[1] / height])
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).reshape(-1, 2)
    points = to_frame(layer, index, (grid + 0.5) * scale - 0.5, fitted_size)
    unseen = np.isnan(points[:, 0])
    ratio = np.array([picture.shape[1] / fitted_size[0], picture.shape[0] / fitted_size[1]])
    places = ((points + 0.5) * ratio - 0.5).astype(np.float32)
    places[unseen] = -2  # outside the frame, which is transparent
    places = places.reshape(height, width, 2)
    laid = resampled(premultiply(picture), places, cv2.BORDER_CONSTANT)
    return unpremultiply(laid)


def _nearest_points(places: np.ndarray, texture_size: Size) -> np.ndarray:
    """Return for each texel a point of the frame that lies near it, (h, w, 2); ``places`` are those of all pixels."""
    width, height = texture_size
    points = np.stack(np.meshgrid(np.arange(places.shape[1]), np.arange(places.shape[0])), -1).astype(np.float32)
    columns, rows = np.rint(places[..., 0]).astype(int), np.rint(places[..., 1]).astype(int)
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    found = np.zeros((height, width, 2), np.float32)
    known = np.zeros((height, width), np.uint8)
    found[rows[inside], columns[inside]] = points[inside]
    known[rows[inside], columns[inside]] = 1
    # Each texel without a point takes that of the nearest with one.
    _, labels = cv2.distanceTransformWithLabels(1 - known, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    points_by_label = np.zeros((labels.max() + 1, 2), np.float32)
    points_by_label[labels[known > 0]] = found[known > 0]
    return points_by_label[labels]
