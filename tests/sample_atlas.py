"""The sample scene as the atlas that a perfect fitting would find."""

from fractions import Fraction

import cv2
import numpy as np

from engine.atlas.atlas import Atlas, AtlasClip, AtlasLayer, layer_names
from engine.media.sample import sample_clip
from resources.sample.scene import RATE, SampleTruth

NODE_SPACING = 7  # pixels; divides 512 - 1 and 288 - 1


def true_atlas(truth: SampleTruth, frames: int | None = None) -> Atlas:
    """Return the scene's first ``frames`` (all by default) as an atlas whose textures are the photographs."""
    indices, size = range(frames or truth.frames), (truth.width, truth.height)
    mattes = np.stack([np.rint(truth.matte(index) * 255).astype(np.uint8) for index in indices])
    cat = np.stack([_lattice(truth.cat_mapping(index)) for index in indices])
    table = np.stack([_lattice(truth.table_mapping(index)) for index in indices])
    background, foreground = layer_names(1)
    everywhere = np.ones(truth.table_photograph.shape[:2], np.float32)
    layers = (
        AtlasLayer(background, truth.table_photograph / 255, everywhere, table),
        AtlasLayer(foreground, truth.cat_photograph / 255, truth.cat_matte, cat),
    )
    clip = AtlasClip(sample_clip(), range(1, len(indices) + 1), Fraction(RATE), size)
    return Atlas(clip, size, layers, mattes[:, None])


def _lattice(mapping: np.ndarray) -> np.ndarray:
    height, width = mapping.shape[:2]
    rows = np.linspace(0, height - 1, round((height - 1) / NODE_SPACING) + 1, dtype=np.float32)
    columns = np.linspace(0, width - 1, round((width - 1) / NODE_SPACING) + 1, dtype=np.float32)
    x, y = np.meshgrid(columns, rows)
    return cv2.remap(mapping, x, y, cv2.INTER_LINEAR)
