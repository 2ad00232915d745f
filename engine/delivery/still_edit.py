"""Delivering a still edit: the layer, what it makes of the picture, and the report, all together or not at all."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from engine.colour import from_uint, to_uint16
from engine.compositing import bleed, on_green_screen, over
from engine.files import atomic_path, make_folder
from engine.media.png import encode_png
from engine.results import EditResult

MATTE_FILE = "matte.png"


def write_edit(result: EditResult, source_rgb: np.ndarray, folder: Path) -> None:
    """Write an edit's files into ``folder``, which is made where it is missing.

    layer.png (16-bit straight RGBA, bled), composite.png, alpha.png, edit_on_greenscreen.png, matte.png where there is
    a matte, and report.json. They take their names together, once all are written, the report last; where
    writing fails, files of an earlier edit are untouched. An earlier edit's matte is removed where this one has none.
    ``source_rgb`` is (H, W, 3), the layer's size.

    Raises UserError where the folder or a file cannot be written.
    """
    make_folder(folder)
    with ExitStack() as parts:
        # An ExitStack ends with what it began with, so the report, entered first, is renamed last.
        report = parts.enter_context(atomic_path(folder / "report.json"))
        report.write_text(result.report.to_json(), encoding="utf-8")
        if result.matte is None:
            parts.enter_context(_removed_after(folder / MATTE_FILE))
        for name, picture in _pictures(result, source_rgb).items():
            parts.enter_context(atomic_path(folder / name)).write_bytes(encode_png(picture))


def delivered_layer(layer: np.ndarray) -> np.ndarray:
    """Return a float RGBA layer with exactly the values that its 16-bit file holds, bled."""
    # Quantised first: what 16 bits round to alpha 0 is hidden as well.
    return bleed(from_uint(to_uint16(layer)))


def _pictures(result: EditResult, source_rgb: np.ndarray) -> dict[str, np.ndarray]:
    layer = delivered_layer(result.layer)
    pictures = {
        "layer.png": layer,
        "composite.png": over(layer, source_rgb),
        "alpha.png": layer[..., 3],
        "edit_on_greenscreen.png": on_green_screen(layer),
    }
    return pictures if result.matte is None else {**pictures, MATTE_FILE: result.matte}


@contextmanager
def _removed_after(path: Path) -> Iterator[None]:
    """Remove a file, if it is there, once the block has gone well."""
    yield
    path.unlink(missing_ok=True)
