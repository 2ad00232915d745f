"""Bringing what clip jobs made into the session's folder; slow work for the file thread, free of widgets."""

import shutil
from pathlib import Path

import numpy as np

from desktop.pixels import with_thumbnail
from desktop.session_files import StoredLayer
from engine.delivery.still_edit import delivered_layer
from engine.jobs import LayerEdit
from engine.media.png import write_png
from engine.project import ATLASES_FOLDER, LAYERS_FOLDER, EditLayer, new_id
from engine.project_folder import bring_folder
from engine.results import LayerEditResult


def new_atlas(folder: Path) -> Path:
    """Return the folder that a new atlas of a session will have."""
    return folder / ATLASES_FOLDER / new_id()


def keep_atlas(atlas: Path, folder: Path) -> str:
    """Return the name of a fitted atlas in the session's ``folder``, after bringing it there if it lies elsewhere.

    Raises UserError where that fails.
    """
    home = folder / ATLASES_FOLDER
    if atlas.parent != home:
        bring_folder(atlas, home / atlas.name)
        shutil.rmtree(atlas, ignore_errors=True)
    return f"{ATLASES_FOLDER}/{atlas.name}"


def store_layer_edit(result: LayerEditResult, job: LayerEdit, folder: Path) -> StoredLayer:
    """Write an edit of an atlas layer into a session's folder; raises UserError where that fails."""
    return store_atlas_picture(result.picture, job.prompt, job.atlas_layer, Path(job.atlas), folder, job)


def store_atlas_picture(
    picture: np.ndarray, name: str, atlas_layer: str, atlas: Path, folder: Path, job: LayerEdit | None = None
) -> StoredLayer:
    """Write a picture over an atlas layer's texture, (h, w, 4), as a layer; raises UserError where that fails."""
    layer_id = new_id()
    rgba = delivered_layer(picture)
    file = f"{LAYERS_FOLDER}/{layer_id}.png"
    write_png(folder / file, rgba)
    layer = EditLayer(layer_id, name, file, job=job, atlas_layer=atlas_layer, atlas=f"{ATLASES_FOLDER}/{atlas.name}")
    return StoredLayer(layer, with_thumbnail(rgba))
