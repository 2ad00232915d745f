"""PNG deliveries: 8 or 16 bits, display space."""

from pathlib import Path

import numpy as np

from engine.colour import Bits
from engine.files import write_bytes
from engine.media.png import encode_png
from engine.media.writers.slate import AlphaMode, Slate
from engine.media.writers.straight import in_mode
from engine.media.writers.texts import SOFTWARE, texts_of


def write_png(path: Path, picture: np.ndarray, slate: Slate, alpha: AlphaMode, bits: Bits = 16) -> None:
    """Write a float picture in 0..1 atomically: (H, W) gray, (H, W, 3) RGB or (H, W, 4) straight RGBA.

    PNG itself knows straight alpha alone; a text says so where it is premultiplied. Raises UserError where the file
    cannot be written.
    """
    texts = {"Software": SOFTWARE, **texts_of(slate, picture, alpha)}
    write_bytes(path, encode_png(in_mode(picture, alpha), bits, texts, slate.pixel_aspect))
