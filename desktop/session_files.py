"""Reading what is opened and writing what is made; slow work for the window's file thread, free of widgets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desktop.matte.history import Matte
from desktop.matte.subject_file import read_subject, write_subject
from desktop.pixels import LayerPixels, read_layer, with_thumbnail
from desktop.playback.shared_clip import SharedClip
from engine.colour import from_uint
from engine.delivery.still_edit import delivered_layer
from engine.jobs import ImageEdit
from engine.media.png import write_png
from engine.media.stills import read_still
from engine.project import LAYERS_FOLDER, MATTES_FOLDER, EditLayer, Footage, Project, new_id
from engine.project_folder import load_project, save_project
from engine.results import EditResult
from engine.sessions import Recoverable, Session


@dataclass(frozen=True)
class Opened:
    """All that the window needs of a project: ``source`` is its footage, (H, W, 3) float32, of a clip the first frame.

    ``clip`` is the open clip, None for a still. ``unsaved`` says that the project holds work that no save has seen.
    """

    session: Session
    project: Project
    source: np.ndarray
    pixels: dict[str, LayerPixels]
    matte: Matte | None = None
    unsaved: bool = False
    clip: SharedClip | None = None


@dataclass(frozen=True)
class StoredLayer:
    """A new layer whose files are written."""

    layer: EditLayer
    pixels: LayerPixels


def open_picture(path: Path, sessions: Path) -> Opened:
    """Read a picture and begin a session with it; raises UserError where it cannot be used."""
    still = read_still(path)
    height, width = still.rgb.shape[:2]
    project = Project(Footage(path.absolute(), width, height))
    return Opened(Session.create(sessions, project=project), project, still.rgb, {})


def open_clip(path: Path, sessions: Path) -> Opened:
    """Open a movie, or a folder or pattern of stills, and begin a session with it; raises UserError as `SharedClip`."""
    clip = SharedClip(path.absolute())
    with _closed_on_failure(clip):
        info = clip.info
        footage = Footage(
            path.absolute(), info.width, info.height, info.frames, info.rate, info.first_frame, info.timecode
        )
        source = from_uint(clip.frame(info.first_frame))
        project = Project(footage)
        return Opened(Session.create(sessions, project=project), project, source, {}, clip=clip)


def open_project(folder: Path, sessions: Path, footage: Path | None = None) -> Opened:
    """Read a project and begin a session with it.

    Raises FootageError where its picture is not where it was (``footage`` says where it is now), UserError for all
    else that is missing or damaged.
    """
    project = load_project(folder, footage)
    pictures = _read_pictures(project, folder)
    with _closed_on_failure(pictures.clip):
        session = Session.create(sessions, folder.absolute(), project)
        write_subject(pictures.matte, session.folder)
    return pictures.opened(session, project, unsaved=footage is not None)


def open_recovered(work: Recoverable, footage: Path | None = None) -> Opened:
    """Take up unsaved work again; raises as `open_project` does, and where another Patina has taken it."""
    project = load_project(work.folder, footage)
    pictures = _read_pictures(project, work.folder)
    with _closed_on_failure(pictures.clip):
        session = Session.adopt(work)
    return pictures.opened(session, project, unsaved=True)


def autosave_session(session: Session, project: Project, matte: Matte | None) -> None:
    """Keep the project and the subject matte for recovery; raises UserError where that fails."""
    session.autosave(project)
    write_subject(matte, session.folder)


def save_session(session: Session, project: Project, matte: Matte | None, folder: Path) -> None:
    """Save the session's project, with the subject matte, to ``folder``; raises UserError where that fails."""
    save_project(project, folder, session.folder)
    write_subject(matte, folder)
    autosave_session(session, project, matte)  # an export reads the session
    session.saved_to(folder)


def store_edit(result: EditResult, job: ImageEdit, folder: Path) -> StoredLayer:
    """Write an edit's layer and matte into a session's folder; raises UserError where that fails."""
    layer_id = new_id()
    rgba = delivered_layer(result.layer)
    matte = ""
    if result.matte is not None:
        matte = f"{MATTES_FOLDER}/{layer_id}.png"
        write_png(folder / matte, result.matte)
    picture = f"{LAYERS_FOLDER}/{layer_id}.png"
    write_png(folder / picture, rgba)
    layer = EditLayer(layer_id, job.prompt, picture, matte=matte, job=job)
    return StoredLayer(layer, with_thumbnail(rgba))


def store_matte(matte: np.ndarray, folder: Path) -> Path:
    """Write a matte, (H, W) float32, into a session's folder under a new name, and return its path."""
    path = folder / MATTES_FOLDER / f"{new_id()}.png"
    write_png(path, matte)
    return path


@dataclass(frozen=True)
class _Pictures:
    """What a project's folder and its footage hold; fields as in `Opened`."""

    source: np.ndarray
    pixels: dict[str, LayerPixels]
    matte: Matte | None
    clip: SharedClip | None

    def opened(self, session: Session, project: Project, unsaved: bool) -> Opened:
        """Return them with the session that they are shown in."""
        return Opened(session, project, self.source, self.pixels, self.matte, unsaved, self.clip)


def _read_pictures(project: Project, folder: Path) -> _Pictures:
    footage = project.footage
    if footage is None:
        raise ValueError("a project without footage is never saved")
    shown = {layer.picture: layer for layer in project.layers}  # a duplicate shares its picture
    pixels = {name: read_layer(layer, folder) for name, layer in shown.items()}
    matte = read_subject(folder, footage)
    if not footage.is_clip:
        return _Pictures(read_still(footage.path).rgb, pixels, matte, None)
    clip = SharedClip(footage.path, footage.rate)
    with _closed_on_failure(clip):
        return _Pictures(from_uint(clip.frame(footage.first_frame)), pixels, matte, clip)


@contextmanager
def _closed_on_failure(clip: SharedClip | None) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if clip is not None:
            clip.close()
        raise
