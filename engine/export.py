"""Exporting one picture of a saved project: a layer, its alpha, its green screen, or the composite."""

import time
from collections.abc import Generator
from pathlib import Path

import numpy as np

from engine.compositing import Placed, bleed, composite, on_green_screen, premultiply
from engine.context import RunContext
from engine.errors import UserError
from engine.events import Progress
from engine.jobs import StillExport
from engine.media.png import write_png
from engine.media.stills import read_still
from engine.media.tiff import write_tiff
from engine.project import EditLayer, Footage, Project
from engine.project_folder import PROJECT_FILE, load_project

PHASE = "export"


def run_export(job: StillExport, _context: RunContext) -> Generator[Progress, None, Path]:
    """Write the picture that ``job`` asks for, whole or not at all; returns its path.

    Raises UserError where the project or one of its pictures cannot be read, where the layer does not exist, and
    where the file cannot be written or must not be, because it belongs to a project or is its footage.
    """
    start = time.monotonic()
    project, out = load_project(Path(job.project)), Path(job.out)
    footage = _footage(project, job.project)
    _check_target(out, footage)
    layers = project.seen_layers() if job.what == "composite" else (_layer(project, job.layer),)
    placed = []
    for step, layer in enumerate(layers, 1):
        rgba = _pixels(Path(job.project) / layer.picture, layer, footage)
        placed.append(Placed(rgba, layer.opacity, layer.blend))
        yield Progress(PHASE, step, len(layers) + 1, time.monotonic() - start)
    _write(job, out, _picture(job, placed, footage))
    yield Progress(PHASE, len(layers) + 1, len(layers) + 1, time.monotonic() - start)
    return out


def _picture(job: StillExport, placed: list[Placed], footage: Footage) -> np.ndarray:
    if job.what == "composite":
        return composite(read_still(footage.path).rgb, placed)
    # With its opacity in its alpha, the layer makes the composite again in a program that knows nothing of Patina.
    rgba = placed[0].rgba.copy()
    rgba[..., 3] *= placed[0].opacity
    if job.what == "alpha":
        return rgba[..., 3]
    if job.what == "greenscreen":
        return on_green_screen(rgba)
    return premultiply(rgba) if job.alpha == "premultiplied" else bleed(rgba)


def _write(job: StillExport, out: Path, picture: np.ndarray) -> None:
    if job.format == "tiff":
        write_tiff(out, picture, job.bits, premultiplied=job.alpha == "premultiplied")
    else:
        write_png(out, picture, job.bits)


def _footage(project: Project, name: str) -> Footage:
    if project.footage is None:
        raise UserError(f"The project {name} has no picture yet; open one before you export.")
    return project.footage


def _layer(project: Project, layer_id: str) -> EditLayer:
    try:
        return project.layer(layer_id)
    except KeyError:
        raise UserError("The layer to export is no longer in the project; choose another one.") from None


def _check_target(out: Path, footage: Footage) -> None:
    target = out.resolve()
    if target == footage.path.resolve():
        raise UserError(f"{out} is the project's own picture; choose another name for the export.")
    if any((folder / PROJECT_FILE).exists() for folder in target.parents[:2]):
        raise UserError(f"{out} lies inside a project, whose files must stay as they are; choose another folder.")


def _pixels(path: Path, layer: EditLayer, footage: Footage) -> np.ndarray:
    """Return a layer's pixels, (H, W, 4) float32, straight alpha."""
    still = read_still(path)
    height, width = still.rgb.shape[:2]
    if (width, height) != (footage.width, footage.height):
        raise UserError(
            f"The layer “{layer.name}” is {width} × {height} pixels, but the picture {footage.width} × "
            f"{footage.height}; remove the layer or make it again."
        )
    alpha = np.ones((height, width), np.float32) if still.alpha is None else still.alpha
    return np.dstack([still.rgb, alpha])
