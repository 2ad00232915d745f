"""Delivering a still edit: the layer, what it makes of the picture, and the report, all together or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from engine.colour import from_uint, to_uint16
from engine.compositing import bleed, on_green_screen, over
from engine.delivery.pictures import write_picture
from engine.delivery.texts import patina_version
from engine.files import atomic_path, make_folder
from engine.media.formats import FORMATS, Format
from engine.media.png import encode_png
from engine.media.writers.slate import Slate
from engine.report import Report
from engine.results import EditResult

MATTE_FILE, LAYER = "matte.png", "layer"


def write_edit(result: EditResult, source_rgb: np.ndarray, folder: Path, form: Format = FORMATS["png"]) -> None:
    """Write an edit's files into ``folder``, which is made where it is missing.

    layer.png (16-bit straight RGBA, bled) or the layer in the format ``form`` with its convention for alpha,
    composite.png, alpha.png, edit_on_greenscreen.png, matte.png where there is a matte, and report.json. They take
    their names together, once all are written, the report last; where writing fails, files of an earlier edit are
    untouched. An earlier edit's matte, and its layer of another format, are removed. ``source_rgb`` is (H, W, 3), the
    layer's size.

    Raises UserError where the folder or a file cannot be written.
    """
    make_folder(folder)
    with ExitStack() as parts:
        # An ExitStack ends with what it began with, so the report, entered first, is renamed last.
        report = parts.enter_context(atomic_path(folder / "report.json"))
        report.write_text(result.report.to_json(), encoding="utf-8")
        if result.matte is None:
            parts.enter_context(_removed_after(folder / MATTE_FILE))
        for each in FORMATS.values():
            if not each.is_movie and each.suffix != form.suffix:
                parts.enter_context(_removed_after(folder / f"{LAYER}{each.suffix}"))
        layer = as_16_bits(result.layer)
        part = parts.enter_context(atomic_path(folder / f"{LAYER}{form.suffix}"))
        slate = Slate((layer.shape[1], layer.shape[0]), texts=edit_texts(result.report))
        write_picture(part, layer, form, slate, form.alpha or "straight")
        for name, picture in _pictures(layer, source_rgb, result.matte).items():
            parts.enter_context(atomic_path(folder / name)).write_bytes(encode_png(picture))


def delivered_layer(layer: np.ndarray) -> np.ndarray:
    """Return a float RGBA layer with exactly the values that its 16-bit file holds, bled."""
    # Quantised first: what 16 bits round to alpha 0 is hidden as well.
    return bleed(as_16_bits(layer))


def as_16_bits(layer: np.ndarray) -> np.ndarray:
    """Return a float layer with the values that 16 bits can hold, so that its composite is that of the file."""
    return from_uint(to_uint16(layer))


def edit_texts(report: Report) -> Mapping[str, str]:
    """Return what the files of an edit say of how it was made."""
    told = {"prompt": report.job.get("prompt", ""), "seed": str(report.seed), "guide": report.guide}
    return {name: text for name, text in told.items() if text} | {"version": f"Patina {patina_version()}"}


def _pictures(layer: np.ndarray, source_rgb: np.ndarray, matte: np.ndarray | None) -> dict[str, np.ndarray]:
    pictures = {
        "composite.png": over(layer, source_rgb),
        "alpha.png": layer[..., 3],
        "edit_on_greenscreen.png": on_green_screen(layer),
    }
    return pictures if matte is None else {**pictures, MATTE_FILE: matte}


@contextmanager
def _removed_after(path: Path) -> Iterator[None]:
    """Remove a file, if it is there, once the block has gone well."""
    yield
    path.unlink(missing_ok=True)
