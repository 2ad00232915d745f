"""Painting by hand: strokes on RGBA pictures, and strokes on a frame carried onto a layer of an atlas."""

from typing import NamedTuple

import cv2
import numpy as np

from engine.atlas.atlas import Atlas
from engine.atlas.inverse import to_atlas, to_frame
from engine.compositing import premultiply, unpremultiply
from engine.filters import resampled

Colour = tuple[float, float, float]

LARGEST_PICTURE = 4096
INVERSE_SPACING = 4  # pixels
FAR = np.float32(-1e4)
PROBES = 24  # a side: how finely a part of a frame is looked at to know where on the atlas it lies


class Part(NamedTuple):
    """Whole pixels from (left, top) up to, not including, (right, bottom)."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def box(self) -> tuple[slice, slice]:
        """The part as an index of a picture."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


def picture_size(atlas: Atlas, name: str) -> tuple[int, int]:
    """Return the (width, height) of a picture over a layer's texture that is as fine as the clip's own frames."""
    width, height = atlas.layer(name).size
    scale = max(atlas.clip.size[0] / atlas.size[0], 1.0)
    scale = min(scale, LARGEST_PICTURE / max(width, height))
    return max(round(width * scale), 1), max(round(height * scale), 1)


def blank_picture(atlas: Atlas, name: str) -> np.ndarray:
    """Return a transparent picture for an edit of a layer: (h, w, 4), as fine as the clip's own frames."""
    width, height = picture_size(atlas, name)
    return np.zeros((height, width, 4), np.float32)


def painted(rgba: np.ndarray, strength: np.ndarray, part: Part, colour: Colour | None) -> np.ndarray:
    """Return a copy of a straight RGBA picture with a stroke in ``part``; without a colour the stroke erases.

    ``strength`` is (h, w) in 0..1, over ``part``.
    """
    result = rgba.copy()
    before = rgba[part.box]
    through = before[..., 3] * (1 - strength)
    if colour is None:
        result[part.box][..., 3] = through
        return result
    alpha = strength + through
    added = strength[..., None] * np.array(colour, np.float32) + through[..., None] * before[..., :3]
    seen = alpha[..., None] > 0
    result[part.box][..., :3] = np.where(seen, added / np.where(seen, alpha[..., None], 1), before[..., :3])
    result[part.box][..., 3] = alpha
    return result


def seen_layer(atlas: Atlas, index: int, strength: np.ndarray, part: Part) -> str:
    """Return the name of the layer that is seen most where a stroke lies; see `stroke_on_atlas`."""
    across, down = (np.linspace(0, side - 1, min(side, PROBES)).round().astype(int) for side in strength.shape[::-1])
    weights = strength[np.ix_(down, across)]
    scale = np.array(atlas.size) / np.array(atlas.clip.size)
    columns = np.clip(((across + part.left + 0.5) * scale[0]).astype(int), 0, atlas.size[0] - 1)
    rows = np.clip(((down + part.top + 0.5) * scale[1]).astype(int), 0, atlas.size[1] - 1)
    shares = {
        layer.name: float((atlas.matte(layer.name, index)[np.ix_(rows, columns)] * weights).sum())
        for layer in atlas.layers
    }
    return max(shares, key=lambda name: shares[name])


def stroke_on_atlas(
    atlas: Atlas, name: str, index: int, strength: np.ndarray, part: Part, picture_size: tuple[int, int]
) -> tuple[np.ndarray, Part] | None:
    """Return a stroke on frame ``index`` as it lies on a picture over a layer's texture: its strength and its part.

    ``strength`` (h, w) and ``part`` are those on the clip's own frame; ``picture_size`` is the (width, height) of the
    picture over the texture's extent. None where the stroke lies beside the texture.
    """
    frame = _OnFrame(atlas, name, index, picture_size)
    landed = frame.landed(part)
    if landed is None:
        return None
    return resampled(
        strength, frame.points(landed) - np.array((part.left, part.top), np.float32), cv2.BORDER_CONSTANT
    ), landed


def picture_on_atlas(
    atlas: Atlas, name: str, index: int, picture: np.ndarray, picture_size: tuple[int, int]
) -> np.ndarray:
    """Return an RGBA picture stretched over frame ``index`` as it lies on a layer's texture: (h, w, 4), straight.

    ``picture_size`` is the (width, height) wanted, over the texture's extent. Transparent where the frame does not see
    the texture.
    """
    width, height = picture_size
    result = np.zeros((height, width, 4), np.float32)
    frame = _OnFrame(atlas, name, index, picture_size)
    landed = frame.landed(Part(0, 0, *atlas.clip.size))
    if landed is None:
        return result
    own = np.array((picture.shape[1], picture.shape[0]), np.float32) / np.array(atlas.clip.size, np.float32)
    places = (frame.points(landed) + np.float32(0.5)) * own - np.float32(0.5)
    result[landed.box] = unpremultiply(resampled(premultiply(picture), places, cv2.BORDER_CONSTANT))
    return result


class _OnFrame:
    """One frame and the picture over a layer's texture, each in its own pixels."""

    def __init__(self, atlas: Atlas, name: str, index: int, picture_size: tuple[int, int]) -> None:
        self._layer, self._index = atlas.layer(name), index
        self._fitted_size, self._picture_size = atlas.size, picture_size
        self._to_fitted = np.array(atlas.size) / np.array(atlas.clip.size)
        self._to_picture = np.array(picture_size) / np.array(self._layer.size)

    def landed(self, part: Part) -> Part | None:
        """Return the part of the picture in which a part of the frame lies, None where it lies beside it."""
        across, down = np.linspace(part.left, part.right, PROBES), np.linspace(part.top, part.bottom, PROBES)
        probes = np.stack(np.meshgrid(across, down), -1).reshape(-1, 2) * self._to_fitted - 0.5
        places = (to_atlas(self._layer, self._index, probes, self._fitted_size) + 0.5) * self._to_picture
        margin = 1 + np.ptp(places, axis=0) / PROBES
        left, top = np.maximum(np.floor(places.min(0) - margin), 0).astype(int)
        right, bottom = np.minimum(np.ceil(places.max(0) + margin), self._picture_size).astype(int)
        return Part(int(left), int(top), int(right), int(bottom)) if left < right and top < bottom else None

    def points(self, part: Part) -> np.ndarray:
        """Return which points of the frame the picture's pixels in ``part`` show, (h, w, 2) float32.

        They lie far outside the frame where it shows none. The inverse of a smooth mapping is smooth as well: it is
        found at every few pixels, and interpolated.
        """
        width, height = part.right - part.left, part.bottom - part.top
        columns, rows = (min(side, side // INVERSE_SPACING + 2) for side in (width, height))
        x, y = np.meshgrid(
            np.linspace(part.left, part.right - 1, columns), np.linspace(part.top, part.bottom - 1, rows)
        )
        places = (np.stack([x.ravel(), y.ravel()], 1) + 0.5) / self._to_picture - 0.5
        known = to_frame(self._layer, self._index, places, self._fitted_size)
        known = ((known + 0.5) / self._to_fitted - 0.5).reshape(rows, columns, 2).astype(np.float32)
        across = np.linspace(0, columns - 1, width, dtype=np.float32)
        down = np.linspace(0, rows - 1, height, dtype=np.float32)
        points = cv2.remap(known, *np.meshgrid(across, down), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.where(np.isnan(points), FAR, points)
