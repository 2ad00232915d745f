"""Writing one delivered picture, of whatever format it is to have."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from engine.media.formats import Format
from engine.media.writers.exr import write_exr
from engine.media.writers.png import write_png
from engine.media.writers.slate import AlphaMode, Slate
from engine.media.writers.tiff import write_tiff


def write_picture(
    path: Path,
    picture: np.ndarray,
    form: Format,
    slate: Slate,
    alpha: AlphaMode,
    number: int | None = None,
    passes: Mapping[str, np.ndarray] = {},
) -> None:
    """Write a picture, (H, W), (H, W, 3) or straight (H, W, 4), atomically; ``passes`` go into OpenEXR alone.

    ``number`` is the file's. Raises UserError where it cannot be written, ValueError for a format of movies.
    """
    match form.name:
        case "png" | "png8":
            write_png(path, picture, slate, alpha, bits=16 if form.name == "png" else 8)
        case "tiff":
            write_tiff(path, picture, slate, alpha)
        case "exr" | "exr32":
            write_exr(path, picture, slate, alpha, half=form.name == "exr", passes=passes, number=number)
        case _:
            raise ValueError(f"{form.label} holds no pictures")
