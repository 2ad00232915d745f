"""The bar that offers what an earlier start left unfinished; it never stands in the way."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop import theme
from desktop.file_commands import FileCommands
from desktop.jobs.words import delivered_name
from desktop.services import Services
from engine.jobs import (
    AtlasFit,
    AtlasImport,
    AtlasJob,
    Delivery,
    ImageEdit,
    Job,
    LayerEdit,
    LayerImport,
    SubjectMatte,
)
from engine.project import LAYERS_FOLDER
from engine.sessions import Recoverable, discard, recoverable

SHOWN = 3
BUTTON_WIDTH, LATER_WIDTH = 84, 26


@dataclass(frozen=True)
class Offer:
    """One thing to take up again or to discard."""

    text: str
    button: str
    take: Callable[[], None]
    discard: Callable[[], None]
    about: Recoverable | Job | None = None


class RecoveryBar(QFrame):
    """Shows a few offers at a time; the next ones follow as these are answered. Hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recovery_bar")
        self.setStyleSheet(
            f"#recovery_bar {{ background: {theme.RAISED}; border-left: 3px solid {theme.ACCENT_LIGHT}; }}"
        )
        self._offers: list[Offer] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(12, 6, 6, 6)
        self._rows.setSpacing(4)
        self.hide()

    def offer(self, offers: list[Offer]) -> None:
        """Add ``offers`` below those that wait already."""
        self._offers += offers
        self._show()

    def withdraw(self, about: Recoverable | Job) -> None:
        """Take back the offer of what was taken up in another way."""
        self._offers = [offer for offer in self._offers if offer.about != about]
        self._show()

    def clear(self) -> None:
        """Put all offers off until the next start."""
        self._offers = []
        self._show()

    def _show(self) -> None:
        while item := self._rows.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for offer in self._offers[:SHOWN]:
            row = self._row(offer)
            self._rows.addWidget(row)
            row.show()
        more = len(self._offers) - SHOWN
        if more > 0:
            self._rows.addWidget(QLabel(f"and {more} more"))
        self.setVisible(bool(self._offers))

    def _row(self, offer: Offer) -> QWidget:
        text = QLabel(offer.text)
        text.setTextFormat(Qt.TextFormat.PlainText)
        take, discard = QPushButton(offer.button), QPushButton("Discard")
        take.clicked.connect(lambda: self._answer(offer, offer.take))
        discard.clicked.connect(lambda: self._answer(offer, offer.discard))
        for button in (take, discard):
            button.setMinimumWidth(BUTTON_WIDTH)
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(text, 1)
        layout.addWidget(take)
        layout.addWidget(discard)
        if offer is self._offers[0]:
            layout.addWidget(self._later())
        else:
            layout.addSpacing(LATER_WIDTH + layout.spacing())
        return row

    def _later(self) -> QToolButton:
        button = QToolButton()
        button.setText("✕")
        button.setFixedWidth(LATER_WIDTH)
        button.setAutoRaise(True)
        button.setToolTip("Not now; offer it again at the next start")
        button.clicked.connect(self.clear)
        return button

    def _answer(self, offer: Offer, answer: Callable[[], None]) -> None:
        self._offers.remove(offer)
        self._show()
        answer()


class Recovery(QObject):
    """Offers the unsaved work and the interrupted jobs of earlier starts."""

    def __init__(self, bar: RecoveryBar, services: Services, files: FileCommands) -> None:
        super().__init__(bar)
        self._bar = bar
        self._services = services
        self._files = files
        self._waiting: list[Job] = []  # until their picture is open
        self._works: list[Recoverable] = []
        self._taken: Recoverable | None = None  # for a job that works in it
        services.document.opened.connect(self._go_on_with_waiting)

    def look(self) -> None:
        """Look for them without keeping the window waiting."""
        services = self._services
        services.background.run(partial(recoverable, services.sessions), self._offer_all, services.document.failed.emit)

    def _offer_all(self, found: list[Recoverable]) -> None:
        self._works = found
        jobs = [job for job in self._services.bridge.unfinished() if not self._is_forgotten(job)]
        self._bar.offer([self._work_offer(work) for work in found] + [self._job_offer(job) for job in jobs])

    def _work_offer(self, work: Recoverable) -> Offer:
        recover, throw_away = partial(self._files.recover, work), partial(self._discard_work, work)
        return Offer(described_work(work), "Recover", recover, throw_away, work)

    def _is_forgotten(self, job: Job) -> bool:
        """Drop the search for a subject on a clip's frame: it takes seconds, and the frame's file may be gone."""
        on_frame = isinstance(job, SubjectMatte) and self._services.sessions in Path(job.picture).parents
        if on_frame:
            self._services.bridge.forget_unfinished(job)
        return on_frame

    def _job_offer(self, job: Job) -> Offer:
        forget = partial(self._services.bridge.forget_unfinished, job)
        return Offer(described_job(job), "Go On", partial(self._go_on, job), forget, job)

    def _discard_work(self, work: Recoverable) -> None:
        services = self._services
        self._works = [each for each in self._works if each is not work]
        services.background.run(partial(discard, work), lambda _none: None, services.document.failed.emit)

    def _go_on(self, job: Job) -> None:
        for first in self._services.bridge.unfinished():
            if job.needs and first.makes == job.needs:
                self._bar.withdraw(first)
                self._go_on(first)
        if self._can_go_on(job):
            self._services.bridge.submit(job)
            return
        home = next((work for work in self._works if work.folder in place_of(job).parents), None)
        path = footage_of(job)
        if home is not None:  # the masks that the job needs, and what it makes, lie in unsaved work
            self._waiting.append(job)
            self._bar.withdraw(home)
            if home is not self._taken:
                self._taken = home
                self._files.recover(home)
        elif path is not None:
            self._waiting.append(job)
            self._files.open(path)
        else:
            self._services.bridge.submit(job)  # its atlas is gone, and the engine says so

    def _go_on_with_waiting(self) -> None:
        ready = [job for job in self._waiting if self._can_go_on(job)]
        self._waiting = [job for job in self._waiting if job not in ready]
        for job in ready:
            self._services.bridge.submit(job)

    def _can_go_on(self, job: Job) -> bool:
        """Return whether what the job works on is open; an export needs nothing."""
        document = self._services.document
        if isinstance(job, LayerEdit) or any(work.folder in place_of(job).parents for work in self._works):
            return document.is_open and document.folder in place_of(job).parents
        path, footage = footage_of(job), document.project.footage
        return path is None or (footage is not None and footage.path == path)


def footage_of(job: Job) -> Path | None:
    """Return the picture or clip that a job works on, None for one that needs none open."""
    match job:
        case ImageEdit() | SubjectMatte():
            return Path(job.picture)
        case AtlasJob():
            return Path(job.clip)
    return None


def place_of(job: Job) -> Path:
    """Return the atlas that a job makes or edits, or where it makes a layer: that lies in a session's folder."""
    return Path(job.project) / LAYERS_FOLDER if isinstance(job, LayerImport) else Path(job.makes or job.needs)


def described_work(work: Recoverable) -> str:
    """Return what a recovered project is, in one line."""
    footage = work.project.footage
    name = work.origin.stem if work.origin else footage.path.name if footage else "a project"
    layers = len(work.project.layers)
    count = "1 layer" if layers == 1 else f"{layers} layers"
    return f"Unsaved work on “{name}” of {work.changed:%d %B, %H:%M} ({count})"


def described_job(job: Job) -> str:
    """Return what an interrupted job is, in one line."""
    match job:
        case ImageEdit():
            return f"The edit “{job.prompt}” of {Path(job.picture).name} was interrupted"
        case AtlasFit():
            return f"The atlas of {Path(job.clip).name} was interrupted"
        case AtlasImport():
            return f"Taking over the published atlas of {Path(job.clip).name} was interrupted"
        case LayerEdit():
            return f"The edit “{job.prompt}” of an atlas’s {job.atlas_layer} was interrupted"
        case SubjectMatte():
            return f"Finding “{job.subject}” in {Path(job.picture).name} was interrupted"
        case Delivery():
            return f"The export of {delivered_name(job)} was interrupted"
        case LayerImport():
            return f"Importing {Path(job.source).name} was interrupted"
    return "A job was interrupted"
