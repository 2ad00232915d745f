"""A project as JSON values: the schema, its version, and how older versions become the present one."""

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from engine.blending import BlendMode
from engine.clip_subjects import ClipSubject
from engine.errors import UserError
from engine.jobs import job_from_json
from engine.media.sequences import is_sequence, sequence_files
from engine.project import EditLayer, Footage, Project

Values = dict[str, Any]
Migration = Callable[[Values], Values]
T = TypeVar("T")


def _for_clips(values: Values) -> Values:
    """Give a project of stills what clips brought: timecode, atlas, work area, objects, ranges, keyframes."""
    footage = values["footage"]
    return {
        **values,
        "footage": None if footage is None else {**footage, "timecode": ""},
        "layers": [
            {**layer, "atlas_layer": "", "atlas": "", "first": None, "last": None, "opacity_keys": []}
            for layer in values["layers"]
        ],
        "atlas": "",
        "work_in": None,
        "work_out": None,
        "subjects": [],
    }


def _for_frames(values: Values) -> Values:
    """Give layers what those with a picture for each frame brought."""
    return {**values, "layers": [{**layer, "frames": None} for layer in values["layers"]]}


# The first turns schema 1 into 2, the second 2 into 3; the present schema follows from their number.
MIGRATIONS: Sequence[Migration] = (_for_clips, _for_frames)


def project_to_json(project: Project, folder: Path) -> Values:
    """Return a project as JSON-ready values; ``folder`` is where it will lie."""
    return {
        "schema": len(MIGRATIONS) + 1,
        "footage": None if project.footage is None else _footage_to_json(project.footage, folder),
        "layers": [_layer_to_json(layer) for layer in project.layers],
        "atlas": project.atlas,
        "work_in": project.work_in,
        "work_out": project.work_out,
        "subjects": [dataclasses.asdict(subject) for subject in project.subjects],
    }


def project_from_json(values: object, folder: Path) -> Project:
    """Return the project that `project_to_json` wrote, of this schema or an older one; ``folder`` is where it lies.

    Raises UserError for what a newer Patina wrote, and for values that are missing, damaged or out of range.
    """
    try:
        given = migrated(values)
        footage = given["footage"]
        return Project(
            footage=None if footage is None else _footage_from_json(footage, folder),
            layers=tuple(_layer_from_json(layer) for layer in _typed(given["layers"], list)),
            atlas=_typed(given["atlas"], str),
            work_in=_optional(given["work_in"], int),
            work_out=_optional(given["work_out"], int),
            subjects=tuple(_subject_from_json(subject) for subject in _typed(given["subjects"], list)),
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise UserError(f"The project in {folder} is damaged ({error}); open a backup of it.") from error


def migrated(values: object, migrations: Sequence[Migration] = MIGRATIONS) -> Values:
    """Return a project's values in the newest schema, which is one more than there are ``migrations``.

    Raises UserError for a newer schema, ValueError where there is none.
    """
    given = _typed(values, dict)
    schema, newest = _typed(given["schema"], int), len(migrations) + 1
    if schema < 1:
        raise ValueError(f"there is no schema {schema}")
    if schema > newest:
        raise UserError(
            f"The project was saved by a newer Patina (schema {schema}, this one knows {newest}); update Patina."
        )
    for migrate in migrations[schema - 1 :]:
        given = migrate(given)
    return given


def _footage_to_json(footage: Footage, folder: Path) -> Values:
    return {
        "path": _relative(footage.path, folder),
        "absolute_path": str(footage.path),
        "width": footage.width,
        "height": footage.height,
        "frames": footage.frames,
        "rate": None if footage.rate is None else str(footage.rate),
        "first_frame": footage.first_frame,
        "timecode": footage.timecode,
    }


def _footage_from_json(values: Mapping[str, Any], folder: Path) -> Footage:
    rate = values["rate"]
    relative, absolute = _typed(values["path"], str), Path(_typed(values["absolute_path"], str))
    # The relative path first: a project that was moved with its footage must not open the old copy.
    path = (folder.resolve() / relative).resolve() if relative else absolute
    return Footage(
        path=path if footage_exists(path) else absolute,
        width=_typed(values["width"], int),
        height=_typed(values["height"], int),
        frames=_typed(values["frames"], int),
        rate=None if rate is None else Fraction(_typed(rate, str)),
        first_frame=_typed(values["first_frame"], int),
        timecode=_typed(values["timecode"], str),
    )


def _layer_to_json(layer: EditLayer) -> Values:
    return {
        "id": layer.id,
        "name": layer.name,
        "picture": layer.picture,
        "visible": layer.visible,
        "opacity": layer.opacity,
        "blend": layer.blend.value,
        "locked": layer.locked,
        "solo": layer.solo,
        "matte": layer.matte,
        "job": None if layer.job is None else layer.job.to_json(),
        "atlas_layer": layer.atlas_layer,
        "atlas": layer.atlas,
        "first": layer.first,
        "last": layer.last,
        "opacity_keys": [list(key) for key in layer.opacity_keys],
        "frames": None if layer.frames is None else list(layer.frames),
    }


def _layer_from_json(values: Mapping[str, Any]) -> EditLayer:
    job, frames = values["job"], values["frames"]
    return EditLayer(
        id=_typed(values["id"], str),
        name=_typed(values["name"], str),
        picture=_typed(values["picture"], str),
        visible=_typed(values["visible"], bool),
        opacity=float(values["opacity"]),
        blend=BlendMode(values["blend"]),
        locked=_typed(values["locked"], bool),
        solo=_typed(values["solo"], bool),
        matte=_typed(values["matte"], str),
        job=None if job is None else job_from_json(job),
        atlas_layer=_typed(values["atlas_layer"], str),
        atlas=_typed(values["atlas"], str),
        first=_optional(values["first"], int),
        last=_optional(values["last"], int),
        opacity_keys=tuple((_typed(number, int), float(value)) for number, value in values["opacity_keys"]),
        frames=None if frames is None else _frames(frames),
    )


def _frames(values: object) -> tuple[int, int]:
    first, last = _typed(values, list)
    return _typed(first, int), _typed(last, int)


def footage_exists(path: Path) -> bool:
    """Return whether there is a still, a movie or a folder at ``path``, or a file that its pattern names."""
    if path.exists():
        return True
    try:
        return is_sequence(path) and bool(sequence_files(path))
    except (UserError, OSError):
        return False


def _subject_from_json(values: Mapping[str, Any]) -> ClipSubject:
    return ClipSubject(
        id=_typed(values["id"], str),
        name=_typed(values["name"], str),
        text=_typed(values["text"], str),
        masks=_typed(values["masks"], str),
        keys=tuple((_typed(number, int), _typed(file, str)) for number, file in values["keys"]),
    )


def _relative(path: Path, folder: Path) -> str:
    """Return ``path`` as seen from ``folder``, with forward slashes; empty where no path leads there."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive of Windows
        return ""


def _typed(value: object, kind: type[T]) -> T:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{value!r} is not of the type {kind.__name__}")
    return value


def _optional(value: object, kind: type[T]) -> T | None:
    return None if value is None else _typed(value, kind)
