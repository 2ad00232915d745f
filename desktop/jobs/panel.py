"""The job panel: the queue, and the losses of the job that runs or is chosen."""

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop import theme
from desktop.jobs.bridge import EngineBridge
from desktop.jobs.loss_curves import LossCurves, LossHistory
from desktop.jobs.row import JobRow
from desktop.jobs.words import title
from desktop.theme import tint
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.flow_layout import FlowLayout
from engine.events import Ending, Progress
from engine.runner import JobRecord, JobState

QUEUE_WIDTH = 240  # a row's state can be read
BESIDE_WIDTH, BELOW_HEIGHT = 420, 300  # what list and curves need beside and below each other


class JobPanel(QWidget):
    """Follows the bridge by itself; all that it asks of the engine goes through the bridge."""

    reuse_requested = Signal(object)  # an ImageEdit
    live_preview_switched = Signal(bool)

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._rows: dict[str, JobRow] = {}
        self._histories: dict[str, LossHistory] = {}
        self._cleared: set[str] = set()
        self._current = ""
        self.live_preview = QCheckBox("Live preview")
        self.live_preview.setChecked(bridge.live_preview)
        self.live_preview.setToolTip("Show the layer while it forms; jobs that begin without it stay without")
        self.cancel_waiting_button = _small_button("Cancel waiting")
        self.cancel_waiting_button.setToolTip("Cancel all jobs that have not begun")
        self.clear_button = _small_button("Clear finished")
        self.clear_button.setToolTip("Take all jobs that have ended from the list")
        self.curves = LossCurves()
        self.curves_title = ElidedLabel("Losses")
        self.log_scale = QCheckBox("Log scale")
        self.log_scale.setChecked(True)
        self._empty = QLabel("No jobs yet")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        tint(self._empty, theme.DIM)
        self._list = QVBoxLayout()
        self._scroll = QScrollArea()
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._curves_side = QWidget()
        self._lay_out()
        self._connect()
        for record in bridge.records():
            self._show_record(record)
        self._show_what_can_be_done()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the curves where there is more room: beside the list or below it; in little room, nowhere."""
        super().resizeEvent(event)
        width, height = event.size().width(), event.size().height()
        wide = width > height
        self._curves_side.setVisible(width >= BESIDE_WIDTH if wide else height >= BELOW_HEIGHT)
        self._splitter.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def rows(self) -> list[JobRow]:
        """Return the rows from top to bottom."""
        return list(self._rows.values())

    def choose(self, job_id: str) -> None:
        """Show the losses of that job."""
        if job_id not in self._rows:
            return
        self._current = job_id
        for row in self._rows.values():
            row.set_current(row.record.id == job_id)
        self.curves.set_history(self._histories[job_id])
        self.curves_title.set_text(f"Losses of “{title(self._rows[job_id].record.job)}”")

    def clear_finished(self) -> None:
        """Take the jobs that have ended from the list."""
        for job_id, row in list(self._rows.items()):
            if row.record.state.ended:
                del self._rows[job_id], self._histories[job_id]
                self._cleared.add(job_id)
                self._list.removeWidget(row)
                row.hide()
                row.deleteLater()
        if self._current not in self._rows:
            self._current = ""
            self.curves.set_history(LossHistory())
            self.curves_title.set_text("Losses")
        self._show_what_can_be_done()

    def _show_record(self, record: JobRecord) -> None:
        if record.id in self._cleared:
            return  # the engine's own word of an end that the bridge has told already
        row = self._rows.get(record.id) or self._add_row(record)
        begins = record.state is JobState.RUNNING and row.record.state is not JobState.PAUSED
        row.show_record(record)
        if not self._current or (begins and not record.job.interactive):
            self.choose(record.id)
            QTimer.singleShot(0, row, lambda: self._scroll.ensureWidgetVisible(row))  # it has its place only then
        self._show_what_can_be_done()

    def _add_row(self, record: JobRecord) -> JobRow:
        row = JobRow(record)
        row.pause_requested.connect(self._bridge.pause)
        row.resume_requested.connect(self._bridge.resume)
        row.cancel_requested.connect(self._bridge.cancel)
        row.chosen.connect(self.choose)
        row.reuse_requested.connect(self.reuse_requested)
        row.folder_requested.connect(lambda folder: QDesktopServices.openUrl(QUrl.fromLocalFile(folder)))
        self._rows[record.id] = row
        self._histories[record.id] = LossHistory()
        self._list.insertWidget(self._list.count() - 1, row)
        return row

    def _show_progress(self, job_id: str, progress: Progress) -> None:
        self._rows[job_id].show_progress(progress)
        self._histories[job_id].add(progress.step, progress.losses)
        if job_id == self._current:
            self.curves.update()

    def _show_notice(self, job_id: str, sentence: str) -> None:
        self._rows[job_id].add_notice(sentence)

    def _show_ending(self, job_id: str, ending: Ending) -> None:
        if job_id not in self._cleared:
            self._rows[job_id].show_ending(ending)

    def _switch_preview(self, on: bool) -> None:
        self._bridge.live_preview = on
        self.live_preview_switched.emit(on)

    def _show_what_can_be_done(self) -> None:
        states = [row.record.state for row in self._rows.values()]
        self._empty.setVisible(not states)
        self.cancel_waiting_button.setEnabled(JobState.WAITING in states)
        self.clear_button.setEnabled(any(state.ended for state in states))

    def _connect(self) -> None:
        bridge = self._bridge
        bridge.record_changed.connect(self._show_record)
        bridge.progressed.connect(self._show_progress)
        bridge.noticed.connect(self._show_notice)
        bridge.ended.connect(self._show_ending)
        self.live_preview.toggled.connect(self._switch_preview)
        self.cancel_waiting_button.clicked.connect(bridge.cancel_waiting)
        self.clear_button.clicked.connect(self.clear_finished)
        self.log_scale.toggled.connect(self.curves.set_logarithmic)

    def _lay_out(self) -> None:
        self.live_preview.setMinimumHeight(self.clear_button.sizeHint().height())  # one line with the buttons
        tools = FlowLayout()
        tools.addWidget(self.live_preview)
        tools.addWidget(self.cancel_waiting_button)
        tools.addWidget(self.clear_button)
        queue = QVBoxLayout()
        queue.setContentsMargins(0, 0, 0, 0)
        head = QVBoxLayout()  # the flow has no margins of its own
        head.setContentsMargins(8, 6, 8, 2)
        head.addLayout(tools)
        queue.addLayout(head)
        self._fill_scroll()
        queue.addWidget(self._scroll, 1)
        splitter = self._splitter
        splitter.setChildrenCollapsible(False)
        queue_side = QWidget()
        queue_side.setLayout(queue)
        queue_side.setMinimumWidth(QUEUE_WIDTH)
        self._curves_side.setLayout(self._curves_layout())
        self._curves_side.setMinimumWidth(0)
        splitter.addWidget(queue_side)
        splitter.addWidget(self._curves_side)
        splitter.setSizes([300, 200])
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self.setMinimumWidth(QUEUE_WIDTH)  # also while the curves would need more

    def _fill_scroll(self) -> None:
        self._list.setContentsMargins(6, 6, 6, 6)
        self._list.setSpacing(4)
        self._list.addWidget(self._empty)
        self._list.addStretch()
        inside = QWidget()
        inside.setLayout(self._list)
        inside.setBackgroundRole(QPalette.ColorRole.Base)
        inside.setAutoFillBackground(True)
        scroll = self._scroll
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)

    def _curves_layout(self) -> QVBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 0)
        head.addWidget(self.curves_title, 1)
        head.addWidget(self.log_scale)
        layout = QVBoxLayout()
        layout.setContentsMargins(0, 0, 0, 4)
        layout.addLayout(head)
        layout.addWidget(self.curves, 1)
        return layout


def _small_button(text: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setStyleSheet(
        f"QToolButton {{ background: {theme.RAISED}; }} QToolButton:disabled {{ color: {theme.DIM}; }}"
    )
    return button
