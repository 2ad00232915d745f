"""TIFF deliveries: 16 bits, display space."""

from pathlib import Path

import numpy as np

from engine.files import write_bytes
from engine.media.tiff import encode_tiff
from engine.media.writers.slate import AlphaMode, Slate
from engine.media.writers.straight import in_mode
from engine.media.writers.texts import SOFTWARE, as_lines, texts_of


def write_tiff(path: Path, picture: np.ndarray, slate: Slate, alpha: AlphaMode) -> None:
    """Write a float picture in 0..1 atomically: (H, W) gray, (H, W, 3) RGB or (H, W, 4) straight RGBA.

    Alpha is tagged as unassociated or associated. Raises UserError where the file cannot be written.
    """
    encoded = encode_tiff(
        in_mode(picture, alpha),
        premultiplied=alpha == "premultiplied",
        description=as_lines(texts_of(slate, picture, alpha)),
        software=SOFTWARE,
        pixel_aspect=slate.pixel_aspect,
    )
    write_bytes(path, encoded)
