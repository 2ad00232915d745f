"""One job in the job panel."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout

from desktop import theme
from desktop.jobs.words import duration_text, progress_text, settings, title
from desktop.theme import FAILURE, GOOD, WARNING, sentence_label, tint
from desktop.widgets.elided_label import ElidedLabel
from engine.events import Done, Ending, Failed, Progress
from engine.jobs import Delivery, WordEdit
from engine.results import AtlasResult, DeliveryResult, EditResult, LayerEditResult
from engine.runner import JobRecord, JobState

STATE_COLOURS = {
    JobState.WAITING: theme.DIM,
    JobState.RUNNING: theme.TEXT,
    JobState.PAUSED: WARNING,
    JobState.DONE: GOOD,
    JobState.FAILED: FAILURE,
    JobState.CANCELLED: theme.DIM,
}
LOOK_IN_LOG = "This is a fault in Patina, not in your settings; the log (Help menu) holds what its makers need."


class JobRow(QFrame):
    """Shows a job's state, progress, notices and failure, and the buttons that fit its state."""

    pause_requested = Signal(str)
    resume_requested = Signal(str)
    cancel_requested = Signal(str)
    chosen = Signal(str)
    reuse_requested = Signal(object)  # an ImageEdit or a LayerEdit
    folder_requested = Signal(str)  # where the files of an export are

    def __init__(self, record: JobRecord) -> None:
        super().__init__()
        self.record = record
        self._progress: Progress | None = None
        self._is_cancelling = False
        self._notices: list[str] = []
        self._explanation = ""
        self._seconds = 0.0
        self._files = 0
        self._is_current = False
        self.title_label = ElidedLabel(title(record.job))
        self.status_label = ElidedLabel("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.message_label = sentence_label(FAILURE)
        self.details_label = _details_label()
        self.fold_button = _button("next", "Details")
        self.pause_button = _button("pause", "Pause")
        self.resume_button = _button("play", "Go on")
        self.cancel_button = _button("cancel", "Cancel")
        self.reuse_button = _button("reuse", "Put the prompt and settings in the prompt panel")
        self.folder_button = _button("open", "Open the folder")
        self._lay_out()
        self._connect()
        self.show_record(record)

    def show_record(self, record: JobRecord) -> None:
        """Show where the job stands."""
        self.record = record
        self._show()

    def show_progress(self, progress: Progress) -> None:
        """Show how far the job is."""
        self._progress = progress
        self._show()

    def add_notice(self, sentence: str) -> None:
        """Keep a notice where it can be read."""
        self._notices.append(sentence)
        self._show()

    def show_ending(self, ending: Ending) -> None:
        """Keep what the ending says; the state itself comes with the record."""
        if isinstance(ending, Failed) and ending.bug:
            self._explanation = LOOK_IN_LOG
        if isinstance(ending, Done) and isinstance(ending.result, EditResult | LayerEditResult | AtlasResult):
            self._seconds = sum(ending.result.report.seconds.values())
        if isinstance(ending, Done) and isinstance(ending.result, DeliveryResult):
            self._files = len(ending.result.files)
        self._show()

    def set_current(self, current: bool) -> None:
        """Mark the row as the one whose losses are shown."""
        self._is_current = current
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.ACCENT_LIGHT if self._is_current else theme.PANEL))
        painter.setBrush(QColor(theme.PANEL))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row."""
        super().mousePressEvent(event)
        self.chosen.emit(self.record.id)

    def cancel(self) -> None:
        """Ask for the end of the job."""
        self._is_cancelling = True
        self._show()
        self.cancel_requested.emit(self.record.id)

    def _show(self) -> None:
        state = self.record.state
        self.status_label.set_text(self._status())
        tint(self.status_label, STATE_COLOURS[state])
        if self._progress is not None:
            self.bar.setRange(0, max(self._progress.steps, 1))
            self.bar.setValue(self._progress.step)
        self.bar.setVisible(state in (JobState.RUNNING, JobState.PAUSED))
        notice = self._notices[-1] if self._notices else ""
        self.message_label.setText(self.record.message or notice)
        self.message_label.setVisible(bool(self.message_label.text()))
        tint(self.message_label, FAILURE if self.record.message else WARNING)
        self.details_label.setText(self._details())
        can_change = not state.ended and not self._is_cancelling
        self.pause_button.setVisible(can_change and state is not JobState.PAUSED)
        self.resume_button.setVisible(can_change and state is JobState.PAUSED)
        self.cancel_button.setVisible(can_change)
        self.reuse_button.setVisible(state.ended and isinstance(self.record.job, WordEdit))
        self.folder_button.setVisible(state is JobState.DONE and isinstance(self.record.job, Delivery))

    def _status(self) -> str:
        state, progress = self.record.state, self._progress
        if self._is_cancelling and not state.ended:
            return "Cancelling…"
        if state is JobState.RUNNING:
            return progress_text(progress) if progress else "Preparing…"
        if state is JobState.DONE and self._seconds:
            return f"Done in {duration_text(self._seconds)}"
        if state is JobState.DONE and self._files:
            return f"Done · {self._files} file{'s' * (self._files > 1)}"
        if progress is None or progress.steps <= 1 or state in (JobState.DONE, JobState.WAITING):
            return state.value.capitalize()
        return f"{state.value.capitalize()} at step {progress.step} of {progress.steps}"

    def _details(self) -> str:
        lines = [f"{name}: {value}" for name, value in settings(self.record.job)]
        return "\n".join([*lines, *self._notices, *([self._explanation] if self._explanation else [])])

    def _unfold(self) -> None:
        unfolded = self.details_label.isHidden()
        self.details_label.setVisible(unfolded)
        self.fold_button.setIcon(theme.icon("down" if unfolded else "next"))

    def _ask_for_folder(self) -> None:
        if isinstance(self.record.job, Delivery):
            self.folder_requested.emit(self.record.job.folder)

    def _connect(self) -> None:
        self.fold_button.clicked.connect(self._unfold)
        self.pause_button.clicked.connect(lambda: self.pause_requested.emit(self.record.id))
        self.resume_button.clicked.connect(lambda: self.resume_requested.emit(self.record.id))
        self.cancel_button.clicked.connect(self.cancel)
        self.reuse_button.clicked.connect(lambda: self.reuse_requested.emit(self.record.job))
        self.folder_button.clicked.connect(self._ask_for_folder)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.fold_button)
        head.addWidget(self.title_label, 1)
        for button in (
            self.pause_button,
            self.resume_button,
            self.cancel_button,
            self.reuse_button,
            self.folder_button,
        ):
            head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 6, 6)
        layout.setSpacing(4)
        layout.addLayout(head)
        below = QVBoxLayout()
        below.setContentsMargins(6, 0, 2, 0)
        below.setSpacing(4)
        for widget in (self.bar, self.status_label, self.message_label, self.details_label):
            below.addWidget(widget)
        layout.addLayout(below)


def _details_label() -> QLabel:
    label = sentence_label(theme.DIM)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _button(icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(icon))
    button.setIconSize(QSize(16, 16))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
