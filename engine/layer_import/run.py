"""Importing a layer: every frame becomes a 16-bit straight PNG of the project, and all of them appear together."""

import shutil
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import numpy as np

from engine.colour import linear_to_srgb, srgb_to_linear
from engine.compositing import bleed
from engine.context import RunContext
from engine.events import Notice, Progress
from engine.files import writing
from engine.jobs import LayerImport, Transfer
from engine.layer_import.incoming import Incoming, inspect, require_answers
from engine.media.png import write_png
from engine.media.rgba_frames import open_rgba
from engine.media.sequences import PLACEHOLDER
from engine.project import LAYERS_FOLDER, EditLayer
from engine.results import ImportResult

PHASE = "importing"


def run_layer_import(job: LayerImport, _context: RunContext) -> Generator[Progress | Notice, None, ImportResult]:
    """Write the pictures of a new layer into the project's folder, and return the layer; it is not yet in the project.

    Where the run is closed early nothing stays. Raises UserError as `inspect` does, where the user has to say
    something first, where a frame cannot be read, and where a file cannot be written.
    """
    yield Progress(PHASE, 0, 1, 0.0)
    incoming = inspect(job)
    require_answers(incoming)
    for text in incoming.notices:
        yield Notice(text)
    layer = _layer(job, incoming)
    folder, start = Path(job.project), time.monotonic()
    part = folder / LAYERS_FOLDER / f".{uuid4().hex}.part"
    with writing(folder / layer.picture):
        part.mkdir()
    try:
        with closing(open_rgba(Path(job.source), incoming.alpha)) as frames:
            for done, (name, rgba) in enumerate(zip(layer.pictures, frames.frames(), strict=True), 1):
                write_png(part / Path(name).name, bleed(_displayed(rgba, job.transfer, incoming.info.is_linear)))
                seconds = time.monotonic() - start
                left = seconds / done * (incoming.info.frames - done)
                yield Progress(PHASE, done, incoming.info.frames, seconds, left)
        whole, home = (part if layer.frames else part / Path(layer.picture).name), folder / layer.picture
        if not home.exists():  # else this job was done before, and closing the window kept the news from it
            with writing(home):
                whole.rename(home)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return ImportResult(layer, incoming.alpha or "straight")


def _displayed(rgba: np.ndarray, transfer: Transfer, was_linear: bool) -> np.ndarray:
    """Return a picture in display space, where the user knows better than its format what its values are.

    Files of linear light, ``was_linear``, were read as display values already.
    """
    if transfer == "auto" or (transfer == "linear") == was_linear:
        return rgba
    colour = srgb_to_linear(rgba[..., :3]) if was_linear else linear_to_srgb(rgba[..., :3])
    return np.dstack([colour, rgba[..., 3]])


def _layer(job: LayerImport, incoming: Incoming) -> EditLayer:
    picture, told = f"{LAYERS_FOLDER}/{job.layer}", incoming.told
    return EditLayer(
        job.layer,
        job.name.strip() or told.name or _own_name(incoming.info.path),
        picture if incoming.frames else f"{picture}.png",
        opacity=told.opacity,
        blend=told.blend,
        atlas_layer=next(iter(incoming.atlas_layers), ""),
        opacity_keys=told.opacity_keys,
        frames=incoming.frames,
    )


def _own_name(path: Path) -> str:
    """Return what a file is called without its ending and its frame numbers."""
    if path.is_dir():
        return path.resolve().name
    return PLACEHOLDER.sub("", path.stem).strip(" ._-") or path.stem
