"""Import of published atlases: Layered Neural Atlases checkpoints (Kasten et al., SIGGRAPH Asia 2021) as our own.

Their networks are looked at once, at every pixel and every texel, and become explicit mattes, lattices and textures.
"""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from engine.atlas.atlas import Atlas, AtlasClip, AtlasLayer, layer_names
from engine.atlas.lattice import dense
from engine.atlas.published.networks import Network, Networks, read_networks

PUBLISHED_SIDE = 768  # the larger side of the frames that the published checkpoints were trained on
NODE_SPACING = 4  # pixels between a lattice's nodes
TEXELS_PER_PIXEL = 1.5  # the colour network's finest wave is shorter than 4 pixels, too short for 1
LARGEST_TEXTURE = 4096
BLOCK_ROWS = 64  # of a texture, between two reports of progress
SEEN = 0.02  # of a layer, at a pixel whose place in the atlas the texture must hold

Size = tuple[int, int]


def published_size(clip_size: Size) -> Size:
    """Return the (width, height) of the frames that published networks saw of a clip of ``clip_size``."""
    scale = PUBLISHED_SIDE / max(clip_size)
    return max(1, round(clip_size[0] * scale)), max(1, round(clip_size[1] * scale))


def import_nla(
    path: Path, clip: AtlasClip, size: Size | None = None, device: str = "cpu"
) -> Generator[float, None, Atlas]:
    """Return the checkpoint ``path`` as an atlas with one foreground; yields the share done, 0..1.

    ``clip.numbers`` are the frames that the networks were trained on (by their authors' settings the first 70, or all
    where there are fewer), ``size`` is the (width, height) these had, by default ``published_size``: a checkpoint says
    neither. Raises UserError where ``path`` is no such checkpoint.
    """
    networks = read_networks(path, device)
    sampler = _Sampler(networks, size or published_size(clip.size), len(clip.numbers), torch.device(device))
    opacities = np.zeros((sampler.frames, *sampler.size[::-1]), np.uint8)
    for index in range(sampler.frames):
        opacities[index] = sampler.opacity(index)
        yield 0.6 * (index + 1) / sampler.frames
    background, foreground = layer_names(1)
    layers = []
    for name, mapping, shift, mattes, done in (
        (background, networks.background, -0.5, 255 - opacities, 0.6),
        (foreground, networks.foreground, 0.5, opacities, 0.8),
    ):
        surface = sampler.surface(mapping, shift, mattes)
        texture = np.zeros((len(surface.rows), len(surface.columns), 3), np.float32)
        for top in range(0, len(texture), BLOCK_ROWS):
            texture[top : top + BLOCK_ROWS] = sampler.colours(surface.columns, surface.rows[top : top + BLOCK_ROWS])
            yield done + 0.2 * min(1.0, (top + BLOCK_ROWS) / len(texture))
        coverage = _coverage(surface.lattices, mattes, sampler.size, (texture.shape[1], texture.shape[0]))
        layers.append(AtlasLayer(name, texture, coverage, surface.lattices))
    return Atlas(clip, sampler.size, tuple(layers), opacities[:, None])


@dataclass(frozen=True)
class _Surface:
    """A layer's mapping (T, gh, gw, 2) into its texture, and the places of the texture's columns and rows."""

    lattices: np.ndarray
    columns: np.ndarray
    rows: np.ndarray


@dataclass(frozen=True)
class _Sampler:
    """Looks at the networks of a clip of ``frames`` of ``size`` (width, height)."""

    networks: Networks
    size: Size
    frames: int
    device: torch.device

    def opacity(self, index: int) -> np.ndarray:
        """Return the foreground's opacity in a frame, (H, W) uint8; the authors keep it within 0.001 to 0.991."""
        width, height = self.size
        found = self._seen_by(self.networks.opacity, np.arange(width), np.arange(height), index)[..., 0]
        return np.rint((0.99 * 0.5 * (found + 1) + 0.001) * 255).astype(np.uint8)

    def surface(self, mapping: Network, shift: float, mattes: np.ndarray) -> _Surface:
        """Return the surface of a mapping, whose results are halved and moved by ``shift`` to be places of the atlas.

        ``mattes`` (T, H, W) uint8 say where it is seen; its texture holds these places and a rim of one texel.
        """
        places = np.stack([self._lattice(mapping, index) for index in range(self.frames)]) * 0.5 + shift
        low, high = _extent(places, mattes, self.size)
        scale = min(self._density(places), (LARGEST_TEXTURE - 3) / max(float((high - low).max()), 1e-6))
        width, height = (int(np.ceil(side * scale)) + 3 for side in (high - low))
        corner = low - 1 / scale
        lattices = ((places - corner) * scale).astype(np.float32)
        return _Surface(lattices, corner[0] + np.arange(width) / scale, corner[1] + np.arange(height) / scale)

    def colours(self, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the atlas's colours at places of these columns and rows, (h, w, 3) float32 in 0..1."""
        return 0.5 * (self._asked(self.networks.colour, np.stack(np.meshgrid(columns, rows), -1)) + 1)

    def _lattice(self, mapping: Network, index: int) -> np.ndarray:
        width, height = self.size
        columns = np.linspace(0, width - 1, -(-(width - 1) // NODE_SPACING) + 1)
        rows = np.linspace(0, height - 1, -(-(height - 1) // NODE_SPACING) + 1)
        return self._seen_by(mapping, columns, rows, index)

    def _seen_by(self, network: Network, columns: np.ndarray, rows: np.ndarray, index: int) -> np.ndarray:
        """Return what a network of (x, y, t) gives at all pixels of these columns and rows of a frame."""
        half = max(self.size) / 2
        x, y = np.meshgrid(columns / half - 1, rows / half - 1)
        t = np.full_like(x, index / (self.frames / 2) - 1)
        return self._asked(network, np.stack([x, y, t], -1))

    def _asked(self, network: Network, points: np.ndarray) -> np.ndarray:
        flat = torch.from_numpy(points.reshape(-1, points.shape[-1])).float().to(self.device)
        return network(flat).cpu().numpy().reshape(*points.shape[:2], -1)

    def _density(self, places: np.ndarray) -> float:
        """Return how many texels a unit of the atlas needs, so that a pixel sees ``TEXELS_PER_PIXEL``."""
        spacing = (np.array(self.size) - 1) / (np.array(places.shape[2:0:-1]) - 1)
        right, down = np.diff(places, axis=2)[:, :-1] / spacing[0], np.diff(places, axis=1)[:, :, :-1] / spacing[1]
        area = np.abs(right[..., 0] * down[..., 1] - right[..., 1] * down[..., 0])
        return TEXELS_PER_PIXEL / float(np.sqrt(max(np.median(area), 1e-12)))


def _extent(places: np.ndarray, mattes: np.ndarray, size: Size) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners (2,) of the box that holds all places where the mattes show the layer; all where none do."""
    boxes = []
    for lattice, matte in zip(places, mattes, strict=True):
        seen = dense(lattice, size, size)[matte > SEEN * 255]
        if len(seen):
            boxes.append((seen.min(0), seen.max(0)))
    if not boxes:
        return places.min((0, 1, 2)), places.max((0, 1, 2))
    lows, highs = zip(*boxes, strict=True)
    return np.min(lows, 0), np.max(highs, 0)


def _coverage(lattices: np.ndarray, mattes: np.ndarray, size: Size, texture_size: Size) -> np.ndarray:
    """Return how surely each texel was seen, (h, w) float32 in 0..1: the most of the layer in a frame nearby."""
    width, height = texture_size
    coverage = np.zeros((height, width), np.uint8)
    for lattice, matte in zip(lattices, mattes, strict=True):
        columns, rows = np.rint(dense(lattice, size, size)).astype(int).reshape(-1, 2).T
        inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        np.maximum.at(coverage, (rows[inside], columns[inside]), matte.ravel()[inside])
    # Pixels lie further apart than texels; a closing joins what they saw.
    joined = cv2.morphologyEx(coverage, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return joined.astype(np.float32) / 255
