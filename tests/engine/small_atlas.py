"""A small clip of which the atlas is known exactly: a textured disc that moves over a textured ground."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from engine.atlas.atlas import Atlas, AtlasClip, AtlasLayer
from engine.atlas.rendering import reconstructed
from engine.filters import resize
from engine.media.png import write_png

FRAMES, FIRST = 5, 1001
FITTED = (96, 64)
CLIP = (192, 128)
DISC = 44  # the side of its texture
RADIUS = 18
NODES = (5, 7)


def small_atlas(clip: Path, light: bool = False) -> Atlas:
    """Return the atlas of the clip that `write_clip` makes."""
    ground, disc = _texture(1, 84, 112), _texture(2, DISC, DISC)
    y, x = np.mgrid[:DISC, :DISC] - (DISC - 1) / 2
    covered = (np.hypot(x, y) < RADIUS).astype(np.float32)
    layers = (
        AtlasLayer("background", ground, np.ones(ground.shape[:2], np.float32), _shifted(lambda t: (2.0 * t, 10 - t))),
        AtlasLayer("foreground", disc, covered, _shifted(lambda t: tuple(-place for place in disc_place(t)))),
    )
    mattes = np.stack([_matte(t) for t in range(FRAMES)])[:, None]
    lights = None
    if light:
        lights = (
            np.ones((FRAMES, 2, 2, 3), np.float32) * np.linspace(0.7, 1, FRAMES, dtype=np.float32)[:, None, None, None]
        )
    return Atlas(AtlasClip(clip, range(FIRST, FIRST + FRAMES), Fraction(24), CLIP), FITTED, layers, mattes, lights)


def disc_place(index: int) -> tuple[float, float]:
    """Return where on frame ``index`` the disc's texture begins, in pixels at the fitted size."""
    return 10.0 + 5 * index, 8.0 + 2 * index


def write_clip(folder: Path, light: bool = False) -> Atlas:
    """Write the clip's frames into ``folder`` as shot.1001.png and so on; return its atlas."""
    atlas = small_atlas(folder, light)
    folder.mkdir(parents=True, exist_ok=True)
    for index, number in enumerate(atlas.clip.numbers):
        frame = np.clip(resize(reconstructed(atlas, index), *CLIP), 0, 1)
        write_png(folder / f"shot.{number}.png", frame, bits=8)
    return atlas


def _texture(seed: int, height: int, width: int) -> np.ndarray:
    coarse = np.random.default_rng(seed).random((height // 8, width // 8, 3), np.float32)
    return np.clip(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)


def _shifted(offset) -> np.ndarray:
    """Return a mapping that shifts each frame by ``offset`` of its index."""
    grid = np.stack(np.meshgrid(np.linspace(0, FITTED[0] - 1, NODES[1]), np.linspace(0, FITTED[1] - 1, NODES[0])), -1)
    return np.stack([grid + np.array(offset(t)) for t in range(FRAMES)]).astype(np.float32)


def _matte(index: int) -> np.ndarray:
    left, top = disc_place(index)
    y, x = np.mgrid[: FITTED[1], : FITTED[0]]
    away = np.hypot(x - left - (DISC - 1) / 2, y - top - (DISC - 1) / 2)
    return (255 * np.clip(RADIUS - 1 - away + 0.5, 0, 1)).astype(np.uint8)
