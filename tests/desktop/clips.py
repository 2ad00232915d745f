"""Small clips, an atlas of them, and layers on it, for tests of the window."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from desktop.document import Document
from desktop.pixels import with_thumbnail
from desktop.session_files import StoredLayer
from engine.atlas.atlas import Atlas, AtlasClip, AtlasLayer
from engine.atlas.atlas_folder import save_atlas
from engine.media.png import write_png
from engine.project import EditLayer, new_id

WIDTH, HEIGHT, FRAMES, FIRST = 96, 64, 12, 1001
RATE = Fraction(24)


def shade(number: int) -> float:
    """Return how red a frame of the clip is, 0..1, exact in 8 bits."""
    return (number - FIRST) * 20 / 255


def write_clip(folder: Path, frames: int = FRAMES, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Path:
    """Write stills numbered from 1001, each of its own red over the whole frame, and return their folder."""
    folder.mkdir(parents=True)
    for number in range(FIRST, FIRST + frames):
        rgb = np.zeros((size[1], size[0], 3), np.float32)
        rgb[..., 0] = shade(number)
        write_png(folder / f"red.{number}.png", rgb, 8)
    return folder


def identity_atlas(clip: Path, numbers: range, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Atlas:
    """Return an atlas whose layers lie in the frames as they are; the foreground is the left half."""
    width, height = size
    x, y = np.meshgrid(np.linspace(0, width - 1, 5), np.linspace(0, height - 1, 4))
    lattice = np.broadcast_to(np.stack([x, y], -1).astype(np.float32), (len(numbers), 4, 5, 2)).copy()
    texture, coverage = np.zeros((height, width, 3), np.float32), np.ones((height, width), np.float32)
    layers = tuple(AtlasLayer(name, texture, coverage, lattice) for name in ("background", "foreground"))
    mattes = np.zeros((len(numbers), 1, height, width), np.uint8)
    mattes[..., : width // 2] = 255
    return Atlas(AtlasClip(clip, numbers, RATE, size), size, layers, mattes)


def give_atlas(document: Document) -> None:
    """Give the open clip an atlas, in one undoable step."""
    footage = document.project.footage
    assert footage is not None
    atlas = identity_atlas(footage.path, footage.numbers, (footage.width, footage.height))
    save_atlas(atlas, document.folder / "atlases" / "made")
    document.apply("Fit", document.project.with_atlas("atlases/made"))


def add_green(document: Document, atlas_layer: str = "foreground", alpha: float = 1.0) -> str:
    """Put an all green layer on a layer of the atlas, and return its id."""
    layer_id = new_id()
    rgba = np.zeros((HEIGHT, WIDTH, 4), np.float32)
    rgba[..., 1], rgba[..., 3] = 1, alpha
    picture = f"layers/{layer_id}.png"
    write_png(document.folder / picture, rgba)
    document.add_layer(
        StoredLayer(EditLayer(layer_id, "green", picture, atlas_layer=atlas_layer), with_thumbnail(rgba))
    )
    return layer_id
