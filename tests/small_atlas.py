"""A small atlas of which every mapping is known: a wide background that pans, a square that moves the other way."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from engine.atlas.atlas import Atlas, AtlasClip, AtlasLayer

WIDTH, HEIGHT = 48, 32  # in fitting; the clip's frames are twice as large
FRAMES = 4
FIRST = 11
SQUARE = 12


def background_place(index: int, x: float, y: float) -> tuple[float, float]:
    """Return where in the background's texture frame ``index`` shows at (x, y), both at the fitted size."""
    return x + 3 * index + 2, y + 2


def foreground_place(index: int, x: float, y: float) -> tuple[float, float]:
    """Return the same for the foreground, whose texture is twice as fine."""
    return 2 * (x - 10 + 2 * index), 2 * (y - 6)


def square_corner(index: int) -> tuple[int, int]:
    """Return the left and top of the foreground's square in frame ``index``."""
    return 20 - 2 * index, 10


def small_atlas(clip: Path = Path("/clips/square.mp4")) -> Atlas:
    """Return the atlas; textures are colour ramps."""
    background = _layer("background", (64, 36), background_place, 0.1)
    foreground = _layer("foreground", (60, 44), foreground_place, 0.95)
    mattes = np.zeros((FRAMES, 1, HEIGHT, WIDTH), np.uint8)
    for index in range(FRAMES):
        left, top = square_corner(index)
        mattes[index, 0, top : top + SQUARE, left : left + SQUARE] = 255
    described = AtlasClip(clip, range(FIRST, FIRST + FRAMES), Fraction(24), (2 * WIDTH, 2 * HEIGHT))
    return Atlas(described, (WIDTH, HEIGHT), (background, foreground), mattes)


def _layer(name: str, size: tuple[int, int], place: object, blue: float) -> AtlasLayer:
    nodes = [[(x, y) for x in (0, WIDTH - 1)] for y in (0, HEIGHT - 1)]
    mapping = np.array(
        [[[place(index, *node) for node in row] for row in nodes] for index in range(FRAMES)],  # type: ignore[operator]
        np.float32,
    )
    width, height = size
    x, y = np.meshgrid(np.linspace(0, 0.8, width), np.linspace(0, 0.8, height))
    texture = np.dstack([x, y, np.full_like(x, blue)]).astype(np.float32)
    return AtlasLayer(name, texture, np.ones((height, width), np.float32), mapping)
