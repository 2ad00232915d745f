"""ST maps (UV maps): where each pixel of a frame lies in a texture, for a compositor to put it there itself."""

from pathlib import Path

import numpy as np

from engine.media.writers.exr import attributes_of, write_channels
from engine.media.writers.slate import Slate


def write_st_map(path: Path, uv: np.ndarray, matte: np.ndarray, slate: Slate, number: int | None = None) -> None:
    """Write a 32-bit OpenEXR atomically: R, G are ``uv`` (H, W, 2), B is 0, A is ``matte`` (H, W); none is converted.

    ``uv`` counts as Nuke's STMap does: 0..1 from the texture's left and from its bottom, at the pixels' centres, see
    `engine.atlas.st_map`. ``number`` is the file's, as in `write_exr`. Raises UserError where it cannot be written.
    """
    nothing = np.zeros(matte.shape, np.float32)
    pixels = np.dstack([uv, nothing, matte]).astype(np.float32)
    write_channels(path, {"RGBA": pixels}, attributes_of(slate, number, slate.texts))
