"""A layered atlas: what explains a clip (Kasten et al., "Layered Neural Atlases", SIGGRAPH Asia 2021, section 3).

Every layer has one texture for the whole clip, and a mapping from each frame into it; mattes say which layer is seen
where. Textures and mappings are explicit arrays, not networks.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

BACKGROUND, FOREGROUND = "background", "foreground"


@dataclass(frozen=True)
class AtlasLayer:
    """One layer: a surface, and where each frame sees it.

    ``texture`` is (h, w, 3) float32 in 0..1, display space; ``coverage`` (h, w) float32 in 0..1 says how surely a
    texel was seen, 0 where it was never. ``mapping`` is (T, gh, gw, 2) float32: at the nodes of a lattice over frame t
    the place (x, y) in the texture, in its pixels, texel centres at whole numbers. The nodes are spread evenly from
    the centre of the frame's first pixel to that of its last; between them the mapping is bilinear.
    """

    name: str
    texture: np.ndarray
    coverage: np.ndarray
    mapping: np.ndarray

    @property
    def size(self) -> tuple[int, int]:
        """The texture's (width, height) in pixels."""
        return self.texture.shape[1], self.texture.shape[0]


@dataclass(frozen=True)
class AtlasClip:
    """The clip an atlas was fitted to: its file, the source's frame numbers, its rate and its (width, height)."""

    path: Path
    numbers: range
    rate: Fraction
    size: tuple[int, int]


@dataclass(frozen=True)
class Atlas:
    """A clip as layers, the background first, the nearest last.

    ``size`` is the (width, height) of frames in fitting. ``mattes`` is (T, N, H, W) uint8 at that size for the N layers
    above the background: how much of each is seen, 0..255, together at most 255; the background is seen in the rest.
    ``light`` is (T, lh, lw, 3) float32, factors of the colour at the nodes of a coarse lattice spread like a mapping's;
    None where the light was taken to be constant.
    """

    clip: AtlasClip
    size: tuple[int, int]
    layers: tuple[AtlasLayer, ...]
    mattes: np.ndarray
    light: np.ndarray | None = None

    def __post_init__(self) -> None:
        frames, (width, height) = len(self.clip.numbers), self.size
        if self.mattes.shape != (frames, len(self.layers) - 1, height, width):
            raise ValueError(f"mattes of the shape {self.mattes.shape} do not fit the atlas")
        for layer in self.layers:
            if len(layer.mapping) != frames or layer.coverage.shape != layer.texture.shape[:2]:
                raise ValueError(f"the layer {layer.name} does not fit the atlas")
        if len({layer.name for layer in self.layers}) < len(self.layers):
            raise ValueError("two layers have the same name")

    def place(self, name: str) -> int:
        """Return where in ``layers`` the layer of that name is; KeyError where there is none."""
        for place, layer in enumerate(self.layers):
            if layer.name == name:
                return place
        raise KeyError(name)

    def layer(self, name: str) -> AtlasLayer:
        """Return the layer of that name; KeyError where there is none."""
        return self.layers[self.place(name)]

    def matte(self, name: str, index: int) -> np.ndarray:
        """Return how much of a layer is seen in frame ``index`` (0-based), (H, W) float32 in 0..1."""
        place = self.place(name)
        if place:
            return self.mattes[index, place - 1].astype(np.float32) / 255
        return 1 - self.mattes[index].sum(0, dtype=np.uint16).astype(np.float32) / 255


def layer_names(foregrounds: int) -> tuple[str, ...]:
    """Return the names of an atlas's layers: background, foreground, foreground 2 and so on."""
    more = (FOREGROUND if number == 1 else f"{FOREGROUND} {number}" for number in range(1, foregrounds + 1))
    return BACKGROUND, *more
