"""Opening and saving: dialogs, recent files, dropped files, the sample."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.background import Background
from desktop.document import Document
from desktop.jobs.edits import Edits
from desktop.leaving import Leaving
from desktop.messages import Choice, Role, ask, show_error
from desktop.settings import Settings
from engine.errors import UserError
from engine.media.clips import is_clip
from engine.media.movie_file import SUFFIXES as MOVIE_SUFFIXES
from engine.media.sample import sample_picture
from engine.media.series import are_one_series, series_of
from engine.project_folder import PROJECT_FILE, SUFFIX, FootageError
from engine.sessions import Recoverable

PICTURES = "*.jpg *.jpeg *.png *.tif *.tiff *.exr *.webp *.bmp"
MOVIES = " ".join(f"*{suffix}" for suffix in MOVIE_SUFFIXES)
OPENED = f"Pictures, clips and projects ({PICTURES} {MOVIES} {PROJECT_FILE})"
PICTURES_ONLY = f"Pictures ({PICTURES})"
CLIPS_ONLY = f"Movies, and stills of a sequence ({MOVIES} {PICTURES})"
Then = Callable[[], None]
Opener = Callable[[Path | None], None]


class FileCommands(QObject):
    """What the File menu, the welcome page and a drop do."""

    recent_changed = Signal()

    def __init__(
        self, document: Document, background: Background, edits: Edits, settings: Settings, window: QWidget
    ) -> None:
        super().__init__(window)
        self._document = document
        self._background = background
        self._settings = settings
        self._window = window
        self._after_save: Then | None = None
        self._opener: Opener = lambda _footage: None
        self.leaving = Leaving(document, edits, self.save, window)
        document.opened.connect(self._remember)
        document.saved.connect(self._note_saved)
        document.failed.connect(self._fail)

    def choose(self) -> None:
        """Let the user choose a picture, a movie, one still of a sequence, or the project.json of a project."""
        dialog = self._dialog("Open", "open", QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([OPENED, "All files (*)"])
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.open()

    def choose_project(self) -> None:
        """Let the user choose a project's folder, or one of stills."""
        dialog = self._dialog("Open Project", "project", QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.open()

    def open(self, path: Path) -> None:
        """Open a picture, a clip or a project, after asking about the present one where that is needed."""
        self.leaving.to_open(lambda: self._open(path))

    def open_sample(self) -> None:
        """Open the sample photograph."""
        if picture := sample():
            self.open(picture)

    def save(self, then: Then | None = None) -> None:
        """Save to where the project is, or ask where for one never saved; call ``then`` once it is done."""
        if self._document.origin is None:
            self.save_as(then)
        else:
            self.save_to(self._document.origin, then)

    def save_as(self, then: Then | None = None) -> None:
        """Ask where to save."""
        dialog = self._dialog("Save Project", "project", QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"Patina projects (*{SUFFIX})")
        dialog.selectFile(f"{Path(self._document.title).stem}{SUFFIX}")
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name), then))
        dialog.open()

    def save_to(self, folder: Path, then: Then | None = None) -> None:
        """Save to ``folder``, whose name gets the suffix of projects where it lacks it."""
        folder = folder if folder.suffix == SUFFIX else folder.with_name(folder.name + SUFFIX)
        if folder.exists() and not (folder / PROJECT_FILE).is_file():
            show_error(self._window, f"{folder} exists and is no Patina project; choose another name.")
            return
        self._after_save = then
        self._document.save(folder)

    def recover(self, work: Recoverable) -> None:
        """Take up unsaved work of an earlier session."""
        self.leaving.to_open(lambda: self._open_with(partial(self._document.recover, work)))

    def _open(self, path: Path) -> None:
        project = path.parent if path.name == PROJECT_FILE else path
        if (project / PROJECT_FILE).is_file() or (project.is_dir() and not is_clip(project)):
            self._open_with(partial(self._document.open_project, project))
        elif is_clip(path):
            self._document.open_clip(path)
        else:
            self._background.run(partial(series_of, path), partial(self._open_still, path), self._fail)

    def _open_still(self, path: Path, series: Path | None) -> None:
        """Open a picture; of one in a numbered series, ask whether all of it is meant."""
        if series is None:
            self._document.open_picture(path)
            return
        choices = [
            Choice("Open the Sequence", Role.AcceptRole, lambda: self._document.open_clip(series)),
            Choice("Open the Picture", Role.NoRole, lambda: self._document.open_picture(path)),
            Choice("Cancel", Role.RejectRole),
        ]
        ask(self._window, f"“{path.name}” is one frame of the numbered sequence {series.name}.", "", choices)

    def _open_with(self, opener: Opener) -> None:
        """Open with ``opener``, which takes the picture's path where that is not what the project says."""
        self._opener = opener
        opener(None)

    def _fail(self, error: UserError) -> None:
        self._after_save = None
        if not isinstance(error, FootageError):
            show_error(self._window, str(error))
            return
        locate = Choice(f"Choose the {error.kind.capitalize()}…", Role.AcceptRole, partial(self._locate, error.kind))
        choices = [locate, Choice("Cancel", Role.RejectRole)]
        ask(self._window, str(error), "", choices)

    def _locate(self, kind: str) -> None:
        dialog = self._dialog(f"Choose the {kind.capitalize()}", "open", QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(CLIPS_ONLY if kind == "clip" else PICTURES_ONLY)
        dialog.fileSelected.connect(lambda name: self._reopen(Path(name), kind))
        dialog.open()

    def _reopen(self, footage: Path, kind: str) -> None:
        """Open again, with footage that was found; a still stands for its sequence where a clip is wanted."""
        if kind == "clip" and not is_clip(footage):
            self._background.run(
                partial(series_of, footage), lambda series: self._opener(series or footage), self._fail
            )
        else:
            self._opener(footage)

    def _remember(self, path: Path) -> None:
        self._settings.add_recent(path.absolute())
        self.recent_changed.emit()

    def _note_saved(self, folder: Path) -> None:
        self._remember(folder)
        then, self._after_save = self._after_save, None
        if then is not None:
            then()

    def _dialog(self, title: str, purpose: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(self._settings.folder(purpose)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(lambda name: self._settings.keep_folder(purpose, Path(name).parent))
        return dialog


def dropped_file(data: QMimeData) -> Path | None:
    """Return the local file that a drag carries, of stills of one series the first; None for anything else."""
    paths = sorted(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
    return paths[0] if len(paths) == 1 or are_one_series(paths) else None


def sample() -> Path | None:
    """Return the sample photograph, None where it is not installed."""
    try:
        return sample_picture()
    except UserError:
        return None
