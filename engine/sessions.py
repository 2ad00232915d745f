"""Sessions: the folder in which an open project lives until it is saved, and which outlives a crash."""

import json
import logging
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from engine.atlas.atlas_folder import ATLAS_FILE
from engine.errors import UserError
from engine.files import write_text
from engine.folder_lock import lock_folder
from engine.project import ATLASES_FOLDER, ID_PATTERN, LAYERS_FOLDER, MATTES_FOLDER, Project, new_id
from engine.project_folder import (
    PROJECT_FILE,
    bring_folder,
    link_or_copy,
    make_project_folder,
    read_project_file,
    write_project_file,
)

logger = logging.getLogger(__name__)

SESSION_FILE = "session.json"


@dataclass(frozen=True)
class Recoverable:
    """Unsaved work that a crash left: where it is, what it was saved as before (None if never), and since when."""

    folder: Path
    origin: Path | None
    changed: datetime
    project: Project


class Session:
    """A folder like a project's, held by this process until `close`; the system ends its lock with the process.

    The session's folder holds all layer files and atlases that its project ever referred to, so undo finds them, and
    the saved project is touched by nothing but a save.
    """

    def __init__(self, folder: Path, origin: Path | None) -> None:
        """Take the folder; see `create` and `adopt`. Raises UserError where another process holds it."""
        self.folder = folder
        self.origin = origin
        self._lock = lock_folder(folder)
        self._has_unsaved = False

    @classmethod
    def create(cls, root: Path, origin: Path | None = None, project: Project | None = None) -> Self:
        """Return a new session in a folder of its own under ``root``, with all files of a project ``origin``.

        ``project`` is what the session begins with; it is written without counting as unsaved. Folders under ``root``
        that a crash left without unsaved work are removed. Raises UserError where the folder cannot be made, or a
        layer file cannot be read.
        """
        _remove_leftovers(root)
        folder = root / new_id()
        make_project_folder(folder)
        session = cls(folder, origin)
        try:
            session._note()
            if origin is not None:
                _link_files(origin, folder)
            if project is not None:
                write_project_file(project, folder)
        except UserError:
            session.close()
            raise
        return session

    @classmethod
    def adopt(cls, recoverable: Recoverable) -> Self:
        """Return the session that a crash left, to go on in; its work still counts as unsaved.

        Raises UserError where another process took it.
        """
        session = cls(recoverable.folder, recoverable.origin)
        session._has_unsaved = True
        return session

    def autosave(self, project: Project) -> None:
        """Keep a project, whose layer files are in the folder, for recovery; raises UserError where that fails."""
        write_project_file(project, self.folder)
        if not self._has_unsaved:
            self._has_unsaved = True
            self._note()

    def saved_to(self, origin: Path) -> None:
        """Note that the project was saved: until the next autosave, a crash leaves nothing to recover."""
        self.origin = origin
        self._has_unsaved = False
        self._note()

    def close(self) -> None:
        """Remove the folder: the project was saved, or its changes are not wanted."""
        # First what makes it recoverable, should the rest be interrupted.
        with suppress(OSError):
            (self.folder / SESSION_FILE).unlink()
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _note(self) -> None:
        values = {"origin": None if self.origin is None else str(self.origin), "unsaved": self._has_unsaved}
        write_text(self.folder / SESSION_FILE, json.dumps(values))


def recoverable(root: Path) -> list[Recoverable]:
    """Return the unsaved work of sessions that no process holds any more, the newest first.

    What cannot be read is left out and left alone: recovery must never block the start.
    """
    found = [each for each in map(_recoverable, _sessions(root)) if each is not None]
    return sorted(found, key=lambda each: each.changed, reverse=True)


def discard(work: Recoverable) -> None:
    """Remove unsaved work for good; raises UserError where a process has taken it meanwhile."""
    Session.adopt(work).close()


def _sessions(root: Path) -> list[Path]:
    return [path.parent for path in root.glob(f"*/{SESSION_FILE}")]


def _remove_leftovers(root: Path) -> None:
    for folder in _sessions(root):
        with suppress(UserError, OSError, ValueError, KeyError, TypeError):  # in use or unreadable: left alone
            if json.loads((folder / SESSION_FILE).read_bytes())["unsaved"] is False:
                Session(folder, None).close()


def _recoverable(folder: Path) -> Recoverable | None:
    try:
        values = json.loads((folder / SESSION_FILE).read_bytes())
        if not values["unsaved"]:
            return None
        lock_folder(folder).release()
        changed = datetime.fromtimestamp((folder / PROJECT_FILE).stat().st_mtime).astimezone()
        origin = None if values["origin"] is None else Path(values["origin"])
        return Recoverable(folder, origin, changed, read_project_file(folder))
    except (UserError, OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("The session in %s is not recoverable: %s", folder, error)
        return None


def _link_files(origin: Path, folder: Path) -> None:
    """Bring all layer files and atlases of a project."""
    for name in (LAYERS_FOLDER, MATTES_FOLDER):
        for source in (origin / name).glob("*.png"):
            link_or_copy(source, folder / name / source.name)
    for source in (origin / LAYERS_FOLDER).glob("*"):
        if source.is_dir() and ID_PATTERN.fullmatch(source.name):  # else the leavings of what was interrupted
            bring_folder(source, folder / LAYERS_FOLDER / source.name)
    for source in (origin / ATLASES_FOLDER).glob(f"*/{ATLAS_FILE}"):
        bring_folder(source.parent, folder / ATLASES_FOLDER / source.parent.name)
