"""Atlases on disk: a folder of arrays and pictures that any tool can open, and a description."""

import json
import shutil
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

import cv2
import numpy as np

from engine.atlas.atlas import Atlas, AtlasClip, AtlasLayer
from engine.colour import from_uint
from engine.errors import UserError
from engine.files import make_folder, open_to_read, writing
from engine.media.png import encode_png

SCHEMA = 1
ATLAS_FILE = "atlas.json"
TEXTURE_PATTERN = "texture {place}.png"
MATTE_PATTERN = "matte {place}/{index:05d}.png"
DAMAGED = "The atlas in {folder} is damaged or incomplete; fit it again."


def save_atlas(atlas: Atlas, folder: Path) -> None:
    """Write an atlas as the folder ``folder``, which appears once it is whole and replaces an earlier atlas there.

    Textures are 16-bit RGBA PNG files (alpha: the coverage), mattes 8-bit PNG, mappings and light NumPy arrays.
    Raises UserError where the folder cannot be written, or holds anything but an atlas.
    """
    if folder.exists() and not (folder / ATLAS_FILE).is_file():
        raise UserError(f"{folder} exists and is no atlas; choose another folder for the atlas.")
    part = folder.with_name(f".{uuid4().hex}.atlas")
    make_folder(part)
    try:
        with writing(folder):
            _write(atlas, part)
            _exchange(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def load_atlas(folder: Path) -> Atlas:
    """Return the atlas in ``folder``; raises UserError where there is none, or it is damaged."""
    path = folder / ATLAS_FILE
    if not path.is_file():
        raise UserError(f"{folder} is no atlas, as it holds no {ATLAS_FILE}; fit one to the clip first.")
    with open_to_read(path) as file:
        text = file.read()
    try:
        return _read(json.loads(text), folder)
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError, cv2.error) as error:
        raise UserError(DAMAGED.format(folder=folder)) from error


def read_layer_names(folder: Path) -> tuple[str, ...]:
    """Return the names of an atlas's layers, the background first; raises UserError as `load_atlas` does."""
    with open_to_read(folder / ATLAS_FILE) as file:
        text = file.read()
    try:
        return tuple(map(str, json.loads(text)["layers"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(DAMAGED.format(folder=folder)) from error


def texture_file(folder: Path, name: str) -> Path:
    """Return the RGBA picture of a layer's texture; KeyError where the atlas has no layer of that name."""
    names = read_layer_names(folder)
    if name not in names:
        raise KeyError(name)
    return folder / TEXTURE_PATTERN.format(place=names.index(name))


def _write(atlas: Atlas, folder: Path) -> None:
    for place, layer in enumerate(atlas.layers):
        np.save(folder / f"mapping {place}.npy", layer.mapping.astype(np.float32), allow_pickle=False)
        rgba = np.dstack([layer.texture, layer.coverage])
        (folder / TEXTURE_PATTERN.format(place=place)).write_bytes(encode_png(rgba))
        if place:
            (folder / f"matte {place}").mkdir()
    for index, mattes in enumerate(atlas.mattes):
        for place, matte in enumerate(mattes, 1):
            _, data = cv2.imencode(".png", matte)
            (folder / MATTE_PATTERN.format(place=place, index=index)).write_bytes(data.tobytes())
    if atlas.light is not None:
        np.save(folder / "light.npy", atlas.light.astype(np.float32), allow_pickle=False)
    (folder / ATLAS_FILE).write_text(json.dumps(_description(atlas), indent=2) + "\n", encoding="utf-8")


def _description(atlas: Atlas) -> dict[str, Any]:
    clip = atlas.clip
    return {
        "schema": SCHEMA,
        "clip": str(clip.path),
        "first_frame": clip.numbers.start,
        "frames": len(clip.numbers),
        "rate": str(clip.rate),
        "clip_size": list(clip.size),
        "size": list(atlas.size),
        "layers": [layer.name for layer in atlas.layers],
        "light": atlas.light is not None,
    }


def _read(values: Mapping[str, Any], folder: Path) -> Atlas:
    if values["schema"] > SCHEMA:
        raise UserError(f"The atlas in {folder} was made by a newer Patina; update Patina, or fit it again.")
    numbers = range(values["first_frame"], values["first_frame"] + values["frames"])
    width, height = values["clip_size"]
    clip = AtlasClip(Path(values["clip"]), numbers, Fraction(values["rate"]), (width, height))
    layers = tuple(_read_layer(name, place, folder) for place, name in enumerate(values["layers"]))
    fitted_width, fitted_height = values["size"]
    mattes = np.zeros((len(numbers), len(layers) - 1, fitted_height, fitted_width), np.uint8)
    for index, place in np.ndindex(*mattes.shape[:2]):
        mattes[index, place] = _picture(folder / MATTE_PATTERN.format(place=place + 1, index=index))
    light = np.load(folder / "light.npy", allow_pickle=False) if values["light"] else None
    return Atlas(clip, (fitted_width, fitted_height), layers, mattes, light)


def _read_layer(name: str, place: int, folder: Path) -> AtlasLayer:
    rgba = from_uint(cv2.cvtColor(_picture(folder / TEXTURE_PATTERN.format(place=place)), cv2.COLOR_BGRA2RGBA))
    mapping = np.load(folder / f"mapping {place}.npy", allow_pickle=False)
    if mapping.ndim != 4 or mapping.shape[3] != 2:
        raise ValueError(f"a mapping of the shape {mapping.shape}")
    return AtlasLayer(name, np.ascontiguousarray(rgba[..., :3]), np.ascontiguousarray(rgba[..., 3]), mapping)


def _picture(path: Path) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise ValueError(f"{path} is no picture")
    return picture


def _exchange(part: Path, folder: Path) -> None:
    """Let ``part`` take the name ``folder``; what had it before is removed only then."""
    old = folder.with_name(f".{uuid4().hex}.old")
    if folder.exists():
        folder.rename(old)
    try:
        part.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
