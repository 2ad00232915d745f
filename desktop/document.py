"""What the window works on: the project and its history, the frame, the current layer, the matte, the session."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from desktop.background import Background
from desktop.history import ProjectCommand
from desktop.matte.history import Matte, MatteCommand
from desktop.pixels import PixelStore
from desktop.playback.playhead import Playhead
from desktop.playback.shared_clip import SharedClip
from desktop.session_files import (
    Opened,
    StoredLayer,
    autosave_session,
    open_clip,
    open_picture,
    open_project,
    open_recovered,
    save_session,
)
from engine.project import EditLayer, Project
from engine.sessions import Recoverable, Session

AUTOSAVE_MS = 1000


class Document(QObject):
    """One open project. Whatever the user does to it is one command on ``undo_stack``."""

    opened = Signal(object)  # the Path that was opened; all other signals of the new project came before
    footage_changed = Signal(object)  # a Footage
    frame_shown = Signal(int)  # the number of the frame that `source` gives from now on
    project_changed = Signal(object)  # a Project
    current_layer_changed = Signal(str)
    matte_changed = Signal(object)  # (H, W) float32, None for none
    title_changed = Signal(str)
    saved = Signal(object)  # the Path saved to
    failed = Signal(object)  # a UserError

    def __init__(self, background: Background, sessions: Path, parent: QObject | None = None) -> None:
        """Keep sessions in the folder ``sessions``; ``background`` reads and writes all files."""
        super().__init__(parent)
        self._background = background
        self._sessions = sessions
        self._session: Session | None = None
        self._source: np.ndarray | None = None
        self._clip: SharedClip | None = None
        self._project = Project()
        self._autosaved = self._project
        self._saved: Project | None = self._project
        self._current = ""
        self._matte: Matte | None = None
        self._autosaved_matte: Matte | None = None
        self._saved_matte: Matte | None = None
        self.pixels = PixelStore()
        self.playhead = Playhead(self)
        self.undo_stack = QUndoStack(self)
        self._autosave_timer = QTimer(self, singleShot=True, interval=AUTOSAVE_MS)
        self._autosave_timer.timeout.connect(self.autosave)

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self._project

    @property
    def is_open(self) -> bool:
        """Whether there is footage."""
        return self._session is not None

    @property
    def folder(self) -> Path:
        """The session's folder, laid out like a project's; RuntimeError while nothing is open."""
        return self._open_session().folder

    @property
    def origin(self) -> Path | None:
        """The project folder that was opened or saved last, None for a project never saved."""
        return self._session.origin if self._session else None

    @property
    def modified(self) -> bool:
        """Whether there are changes that no save has seen; a matte that was only found is not missed."""
        painted = self._matte is not None and self._matte.corrected
        return self._project != self._saved or (painted and self._matte is not self._saved_matte)

    @property
    def title(self) -> str:
        """What the window's title says: the project's name, before a save the picture's."""
        if self.origin is not None:
            return self.origin.stem
        footage = self._project.footage
        return footage.path.name if footage else ""

    @property
    def clip(self) -> SharedClip | None:
        """The open clip, None for a still."""
        return self._clip

    def source(self) -> np.ndarray:
        """Return the footage, (H, W, 3) float32 in 0..1; RuntimeError while nothing is open.

        Of a clip, the frame on which the playhead came to rest last.
        """
        if self._source is None:
            raise RuntimeError("nothing is open")
        return self._source

    def take_frame(self, number: int, source: np.ndarray) -> None:
        """Note that the playhead rests on a frame, whose pixels are ``source``, (H, W, 3) float32 in 0..1."""
        self._source = source
        self.frame_shown.emit(number)

    def layer_pixels(self, layer_id: str) -> np.ndarray:
        """Return a layer's pixels, (H, W, 4) float32, straight alpha; KeyError where there is no such layer."""
        return self.pixels.rgba(self._project.layer(layer_id).picture)

    @property
    def current_layer(self) -> str:
        """The id of the layer that the panels act on, empty for none."""
        return self._current

    def current(self) -> EditLayer | None:
        """Return the layer that the panels act on, None for none."""
        return next((layer for layer in self._project.layers if layer.id == self._current), None)

    def set_current_layer(self, layer_id: str) -> None:
        """Let the panels act on another layer."""
        if layer_id != self._current:
            self._current = layer_id
            self.current_layer_changed.emit(layer_id)

    def apply(self, label: str, project: Project, merge: str = "") -> None:
        """Change the project in one undoable step; steps in a row with the same ``merge`` text become one."""
        self.undo_stack.push(ProjectCommand(label, self._project, project, self._show_project, merge))

    def add_layer(self, stored: StoredLayer) -> None:
        """Put a layer whose files are written on top, and make it the current one."""
        self.pixels.add(stored.layer.picture, stored.pixels)
        self.apply("Add Layer", self._project.add_layer(stored.layer))
        self.set_current_layer(stored.layer.id)

    @property
    def matte(self) -> np.ndarray | None:
        """The subject matte, (H, W) float32 in 0..1, None where there is none."""
        return self._matte.pixels if self._matte else None

    def set_matte(self, label: str, matte: Matte | None) -> None:
        """Change the subject matte in one undoable step."""
        self.undo_stack.push(MatteCommand(label, self._matte, matte, lambda: self._matte, self._show_matte))

    def correct_matte(self, pixels: np.ndarray, label: str = "Paint on the Matte") -> None:
        """Take a matte that a hand has made."""
        subject = self._matte.subject if self._matte else ""
        self.set_matte(label, Matte(pixels, subject, corrected=True))

    def corrected_matte(self, subject: str) -> np.ndarray | None:
        """Return the matte that a hand made for ``subject``, None where it was only found, or made for another."""
        matte = self._matte
        if matte is None or not matte.corrected:
            return None
        return matte.pixels if not subject or matte.subject in ("", subject) else None

    def open_picture(self, path: Path) -> None:
        """Begin a project with a picture; `opened` or `failed` tells how it went."""
        self._background.run(partial(open_picture, path, self._sessions), partial(self._take, path), self.failed.emit)

    def open_clip(self, path: Path) -> None:
        """Begin a project with a movie, or a folder or pattern of stills; told as `open_picture` is."""
        self._background.run(partial(open_clip, path, self._sessions), partial(self._take, path), self.failed.emit)

    def open_project(self, folder: Path, footage: Path | None = None) -> None:
        """Open a saved project, with ``footage`` in the place of footage that was moved."""
        work = partial(open_project, folder, self._sessions, footage)
        self._background.run(work, partial(self._take, folder), self.failed.emit)

    def recover(self, work: Recoverable, footage: Path | None = None) -> None:
        """Take up unsaved work of an earlier session again."""
        found = footage or (work.project.footage.path if work.project.footage else work.folder)
        path = work.origin or found
        self._background.run(partial(open_recovered, work, footage), partial(self._take, path), self.failed.emit)

    def save(self, folder: Path) -> None:
        """Save the project to a .patina folder; `saved` or `failed` tells how it went."""
        project, matte = self._autosaved, self._autosaved_matte = self._project, self._matte
        work = partial(save_session, self._open_session(), project, matte, folder)
        self._autosave_timer.stop()
        self._background.run(work, lambda _none: self._note_saved(folder, project, matte), self.failed.emit)

    def autosave(self) -> None:
        """Bring the session's folder up to date, where the project or the matte has changed."""
        if self._autosaved != self._project or self._autosaved_matte is not self._matte:
            self.keep()

    def keep(self) -> None:
        """Let the session outlive a crash, and the next start offer it."""
        self._autosave_timer.stop()
        if self._session is not None:
            self._autosaved, self._autosaved_matte = self._project, self._matte
            work = partial(autosave_session, self._session, self._project, self._matte)
            self._background.run(work, lambda _none: None, self.failed.emit)

    def when_written(self, then: Callable[[], None]) -> None:
        """Call ``then`` once the session's folder holds the project as it is now, good for an export."""
        self.autosave()
        self._background.run(lambda: None, lambda _none: then(), self.failed.emit)

    def close(self) -> None:
        """Remove the session: the project is saved, or its changes are not wanted."""
        self._autosave_timer.stop()
        if self._session is not None:
            self._background.run(self._session.close, lambda _none: None, self.failed.emit)
            self._session = None
        if self._clip is not None:
            self._background.run(self._clip.close, lambda _none: None, self.failed.emit)
            self._clip = None

    def _take(self, path: Path, opened: Opened) -> None:
        self.close()
        self._session = opened.session
        self._source, self._clip = opened.source, opened.clip
        self._matte = self._autosaved_matte = opened.matte
        self._project = self._autosaved = opened.project
        self._current = opened.project.layers[-1].id if opened.project.layers else ""
        self.pixels.replace_all(opened.pixels)
        self._saved, self._saved_matte = None if opened.unsaved else opened.project, opened.matte
        self.undo_stack.clear()
        self.playhead.show_footage(opened.project.footage)
        self.playhead.show_project(opened.project)
        self.footage_changed.emit(opened.project.footage)
        self.project_changed.emit(opened.project)
        self.current_layer_changed.emit(self._current)
        self.matte_changed.emit(self.matte)
        self.title_changed.emit(self.title)
        self.opened.emit(path)

    def _note_saved(self, folder: Path, project: Project, matte: Matte | None) -> None:
        # What the user did while the files were written is not in them.
        self._saved, self._saved_matte = project, matte
        self.title_changed.emit(self.title)
        self.saved.emit(folder)

    def _show_project(self, project: Project) -> None:
        gone = self._place_of(self._current)
        self._project = project
        self.playhead.show_project(project)
        if self._place_of(self._current) is None:
            nearest = min(gone or 0, len(project.layers) - 1)
            self.set_current_layer(project.layers[nearest].id if project.layers else "")
        self.project_changed.emit(project)
        self._autosave_timer.start()

    def _show_matte(self, matte: Matte | None) -> None:
        self._matte = matte
        self.matte_changed.emit(self.matte)
        self._autosave_timer.start()

    def _place_of(self, layer_id: str) -> int | None:
        ids = [layer.id for layer in self._project.layers]
        return ids.index(layer_id) if layer_id in ids else None

    def _open_session(self) -> Session:
        if self._session is None:
            raise RuntimeError("nothing is open")
        return self._session
