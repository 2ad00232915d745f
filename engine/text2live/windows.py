"""Windows of a clip around a layer of its atlas: what a training sees through the mapping (Text2LIVE, section 3.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import torch

from engine.atlas.atlas import Atlas
from engine.atlas.lattice import weights_at
from engine.filters import resize
from engine.media.clips import Clip
from engine.text2live.frames import Frames

NEIGHBOUR = 2  # frames before and after
MOST_WINDOWS = 40
MARGIN = 0.25  # of the layer's sides, shown around it
LONGEST_TO_SHORT = 2.0
LEAST_SEEN = 0.001  # of the frame; less of the layer is not worth a step
Box = tuple[int, int, int, int]
Size = tuple[int, int]


@dataclass(frozen=True)
class Lattices:
    """Lattices (N, gh, gw, C), with the weights (h, gh) and (w, gw) of their nodes for a window's rows and columns."""

    values: torch.Tensor
    rows: torch.Tensor
    columns: torch.Tensor

    def dense(self) -> torch.Tensor:
        """Return the values at every pixel of the window, (N, h, w, C)."""
        across = torch.einsum("xw,ngwc->ngxc", self.columns, self.values)
        return torch.einsum("yg,ngxc->nyxc", self.rows, across).contiguous()


@dataclass(frozen=True)
class Window:
    """The same part of neighbouring frames, kept small: pictures in 8 bits, the mapping and the light as lattices.

    ``source`` is (N, 3, h, w) and ``matte`` (N, 1, h, w) uint8; ``mapping`` is into the texture's -1..1 square.
    ``extent`` is the box (left, top, right, bottom) of that square in which the frames see the layer.
    """

    source: torch.Tensor
    matte: torch.Tensor
    mapping: Lattices
    light: Lattices | None
    extent: tuple[float, float, float, float]

    def frames(self, device: str) -> Frames:
        """Return the window as a training needs it, in float."""
        light = None if self.light is None else self.light.dense().permute(0, 3, 1, 2).to(device)
        places = self.mapping.dense().to(device)
        return Frames(self.source.to(device) / 255, self.matte.to(device) / 255, places, light)

    def tensors(self) -> Iterator[torch.Tensor]:
        """Yield all that tells one window from another."""
        yield from (self.source, self.matte, self.mapping.values)
        if self.light is not None:
            yield self.light.values


def window_frames(atlas: Atlas, name: str) -> tuple[int, ...]:
    """Return the frames, counted from 0, around which windows are cut: evenly over those that show the layer."""
    shares = [float((atlas.matte(name, index) > 0.5).mean()) for index in range(len(atlas.clip.numbers))]
    seen = [index for index, share in enumerate(shares) if share >= LEAST_SEEN]
    if len(seen) <= MOST_WINDOWS:
        return tuple(seen)
    return tuple(seen[round(place)] for place in np.linspace(0, len(seen) - 1, MOST_WINDOWS))


def cut_windows(atlas: Atlas, name: str, clip: Clip, short_side: int) -> Iterator[Window]:
    """Yield one window a place of `window_frames`, about ``short_side`` pixels high or wide.

    Raises UserError where the clip cannot be read, or has other frames than the atlas.
    """
    last = len(atlas.clip.numbers) - 1

    @lru_cache(maxsize=2 * NEIGHBOUR + 1)
    def read(index: int) -> np.ndarray:
        frame = clip.read(clip.info.index(atlas.clip.numbers[index]))
        return (frame >> 8).astype(np.uint8) if frame.dtype == np.uint16 else frame

    for middle in window_frames(atlas, name):
        indices = sorted({max(0, middle - NEIGHBOUR), middle, min(last, middle + NEIGHBOUR)})
        mattes = [atlas.matte(name, index) for index in indices]
        box = _box_around(np.max(mattes, axis=0) > 0.5)
        scale = short_side / min(box[2] - box[0], box[3] - box[1])
        size = round((box[2] - box[0]) * scale), round((box[3] - box[1]) * scale)
        pictures = [_cut(read(index), box, atlas.size, size) for index in indices]
        yield _window(atlas, name, indices, mattes, pictures, box)


def _window(
    atlas: Atlas, name: str, indices: list[int], mattes: list[np.ndarray], pictures: list[np.ndarray], box: Box
) -> Window:
    layer, (height, width) = atlas.layer(name), pictures[0].shape[:2]
    seen = [_cut((255 * matte + 0.5).astype(np.uint8), box, atlas.size, (width, height)) for matte in mattes]
    texture_size = np.array(layer.size, np.float32)
    mapping = _lattices((2 * layer.mapping[indices] + 1) / texture_size - 1, box, atlas.size, (width, height))
    light = None if atlas.light is None else _lattices(atlas.light[indices], box, atlas.size, (width, height))
    places = mapping.dense().numpy()[np.stack(seen) > 127].clip(-1, 1)
    extent = (*places.min(0).tolist(), *places.max(0).tolist())
    source = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()
    return Window(source, torch.from_numpy(np.stack(seen))[:, None], mapping, light, extent)


def _lattices(values: np.ndarray, box: Box, fitted_size: Size, size: Size) -> Lattices:
    """Return the lattices (N, gh, gw, C) over frames of ``fitted_size`` for a ``box`` of them, shown at ``size``."""
    rows = _weights(values.shape[1], (box[1], box[3]), fitted_size[1], size[1])
    columns = _weights(values.shape[2], (box[0], box[2]), fitted_size[0], size[0])
    return Lattices(torch.from_numpy(np.ascontiguousarray(values, np.float32)), rows, columns)


def _weights(nodes: int, side: tuple[int, int], fitted_pixels: int, pixels: int) -> torch.Tensor:
    """Return the weights (pixels, nodes) of a lattice's nodes for a part of a side of the frame."""
    start, end = side
    places = start + (np.arange(pixels) + 0.5) * (end - start) / pixels - 0.5
    return torch.from_numpy(weights_at(places * (nodes - 1) / max(fitted_pixels - 1, 1), nodes))


def _box_around(seen: np.ndarray) -> Box:
    """Return the box (left, top, right, bottom) of ``seen`` (H, W) with what lies around it, within the frame."""
    height, width = seen.shape
    left, top, across, down = cv2.boundingRect(seen.astype(np.uint8))
    wide = max(across * (1 + 2 * MARGIN), down * (1 + 2 * MARGIN) / LONGEST_TO_SHORT, 16)
    high = max(down * (1 + 2 * MARGIN), across * (1 + 2 * MARGIN) / LONGEST_TO_SHORT, 16)
    start, end = _side(left + across / 2, wide, width)
    upper, lower = _side(top + down / 2, high, height)
    return start, upper, end, lower


def _side(middle: float, length: float, limit: int) -> tuple[int, int]:
    """Return the start and end of a side about ``middle``, moved into 0..``limit``."""
    length = min(length, limit)
    start = min(max(middle - length / 2, 0), limit - length)
    return round(start), round(start + length)


def _cut(picture: np.ndarray, box: Box, fitted_size: Size, size: Size) -> np.ndarray:
    """Return the ``box``, which is in pixels of ``fitted_size``, of a picture of any size, at ``size``."""
    across, down = picture.shape[1] / fitted_size[0], picture.shape[0] / fitted_size[1]
    left, right = round(box[0] * across), round(box[2] * across)
    top, bottom = round(box[1] * down), round(box[3] * down)
    return resize(np.ascontiguousarray(picture[top:bottom, left:right]), *size)
