"""Projects on disk: a .patina folder with project.json, layers/, mattes/ and atlases/, always whole."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from engine.atlas.atlas_folder import ATLAS_FILE
from engine.errors import UserError
from engine.files import atomic_path, make_folder, open_to_read, write_text, writing
from engine.media.clips import probe_clip
from engine.media.stills import picture_size
from engine.project import ATLASES_FOLDER, LAYERS_FOLDER, MATTES_FOLDER, Footage, Project
from engine.project_schema import footage_exists, project_from_json, project_to_json

PROJECT_FILE = "project.json"
SUFFIX = ".patina"


class FootageError(UserError):
    """The project is whole, but its footage is missing or has another size or length.

    ``path`` is where it was expected, ``kind`` "picture" or "clip".
    """

    def __init__(self, message: str, path: Path, kind: str) -> None:
        super().__init__(message)
        self.path = path
        self.kind = kind


def save_project(project: Project, folder: Path, source_folder: Path) -> None:
    """Write a project to ``folder``; layer files and atlases that it lacks are brought from ``source_folder``.

    Whatever happens in between, the folder holds the old project or the new one, and a folder that did not exist
    appears only once it is whole. Layer files and atlases that nothing refers to any more stay, as an undo may bring
    them back; saving to a new folder leaves them out.

    Raises UserError where a layer file or an atlas is in neither folder, and for what the system refuses (no room, no
    permission).
    """
    _check_files(project, folder, source_folder)
    if folder.exists():
        _write(project, folder, source_folder)
        return
    part = folder.with_name(f".{uuid4().hex}{SUFFIX}")
    try:
        _write(project, part, source_folder)
        part.rename(folder)
    except OSError as error:
        raise UserError(f"{folder} could not be made ({error.strerror}); choose another folder.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def load_project(folder: Path, footage: Path | None = None) -> Project:
    """Return the project in ``folder``, after checking that its layer files, atlases and footage are there.

    ``footage`` takes the place of footage that was moved. Raises FootageError where the footage is missing or of
    another size or length, UserError for all else that is not there, damaged, or written by a newer Patina.
    """
    project = read_project_file(folder)
    _check_files(project, folder)
    if project.footage is None:
        return project
    found = project.footage if footage is None else replace(project.footage, path=footage.absolute())
    _check_footage(found)
    return replace(project, footage=found)


def read_project_file(folder: Path) -> Project:
    """Return the project that project.json describes, whether or not its pictures are there; UserError if damaged."""
    path = folder / PROJECT_FILE
    if not path.is_file():
        raise UserError(f"{folder} is no Patina project, as it holds no {PROJECT_FILE}; choose a {SUFFIX} folder.")
    with open_to_read(path) as file:
        text = file.read()
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is damaged or cut short; open a backup of the project.") from error
    return project_from_json(values, folder)


def write_project_file(project: Project, folder: Path) -> None:
    """Write project.json atomically; raises UserError for what the system refuses."""
    write_text(folder / PROJECT_FILE, json.dumps(project_to_json(project, folder), indent=2) + "\n")


def make_project_folder(folder: Path) -> None:
    """Make the folder and those in it; raises UserError for what the system refuses."""
    for name in (LAYERS_FOLDER, MATTES_FOLDER, ATLASES_FOLDER):
        make_folder(folder / name)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file atomically; raises UserError for what the system refuses."""
    with open_to_read(source) as original, atomic_path(target) as part, part.open("wb") as copy:
        shutil.copyfileobj(original, copy)


def bring_folder(source: Path, target: Path) -> None:
    """Give a folder, of an atlas or of frames, a second place, whole or not at all.

    It is large and its files never change, so a second name of the same file is enough where the disk has such. Raises
    UserError for what the system refuses.
    """
    part = target.with_name(f".{uuid4().hex}.part")
    try:
        with writing(target):
            shutil.copytree(source, part, copy_function=link_or_copy)
            part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def link_or_copy(source: str | Path, target: str | Path) -> None:
    """Give a file a second name, or a copy where the disk has no links; raises UserError as `copy_file` does."""
    try:
        Path(target).hardlink_to(source)
    except OSError:  # another disk, or one without links
        copy_file(Path(source), Path(target))


def _write(project: Project, folder: Path, source_folder: Path) -> None:
    make_project_folder(folder)
    for name in project.files():
        if not (folder / name).exists():
            copy_file(source_folder / name, folder / name)
    for name in (*project.frame_folders(), *project.atlases()):
        if not (folder / name).exists():
            bring_folder(source_folder / name, folder / name)
    write_project_file(project, folder)  # last: until now, the old file and all that it refers to are untouched


def _check_files(project: Project, *folders: Path) -> None:
    for layer in project.layers:
        for name in filter(None, (*layer.pictures, layer.matte)):
            if not any((folder / name).is_file() for folder in folders):
                raise UserError(
                    f"The file {name} of the layer “{layer.name}” is missing from {folders[-1]}; "
                    "restore it from a backup."
                )
    for subject in project.subjects:
        for number, name in subject.keys:
            if not any((folder / name).is_file() for folder in folders):
                raise UserError(
                    f"The mask of “{subject.name}” at frame {number} is missing from {folders[-1]}; "
                    "restore it from a backup."
                )
    for name in project.atlases():
        if not any((folder / name / ATLAS_FILE).is_file() for folder in folders):
            raise UserError(f"The atlas {name} is missing from {folders[-1]}; restore it from a backup.")


def _check_footage(footage: Footage) -> None:
    kind = "clip" if footage.is_clip else "picture"
    is_there = footage_exists(footage.path) if footage.is_clip else footage.path.is_file()
    if not is_there:
        raise FootageError(
            f"The {kind} {footage.path} is missing; put it back or choose where it is.", footage.path, kind
        )
    if footage.is_clip:
        info = probe_clip(footage.path, footage.rate)
        size, frames = (info.width, info.height), range(info.first_frame, info.last_frame + 1)
    else:
        size, frames = picture_size(footage.path), footage.numbers
    if size != (footage.width, footage.height):
        raise FootageError(
            f"The {kind} {footage.path} is {size[0]} × {size[1]} pixels, but the project was made on "
            f"{footage.width} × {footage.height}; choose the {kind} that it was made on.",
            footage.path,
            kind,
        )
    if frames != footage.numbers:
        raise FootageError(
            f"The clip {footage.path} has the frames {frames[0]} to {frames[-1]}, but the project was made on "
            f"{footage.numbers[0]} to {footage.numbers[-1]}; choose the clip that it was made on.",
            footage.path,
            kind,
        )
