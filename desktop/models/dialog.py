"""The models dialog: what there is, what it costs, and how it comes here."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop import theme
from desktop.messages import Choice, Role, ask
from desktop.models.check import HINT, CheckView
from desktop.models.details import ModelDetails
from desktop.models.import_dialog import ImportDialog
from desktop.models.models import Models
from desktop.models.rows import State
from desktop.models.table import ModelTable
from desktop.models.words import progress_text
from desktop.theme import FAILURE, GOOD, WARNING, sentence_label, tint
from desktop.widgets.elided_label import ElidedLabel
from engine.events import Progress
from engine.guidance.models.store import models_folder
from engine.jobs import Job, ModelCheck, ModelImport, ModelPull
from engine.results import CheckResult


class ModelsDialog(QDialog):
    """Stays beside the window; what it began goes on while it is closed."""

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Models")
        self.resize(940, 620)
        self._models = models
        self._again = ("", "")  # the path and the name that an import after a failure begins with
        self.table = ModelTable()
        self.details = ModelDetails()
        self.check_view = CheckView()
        self.status = ElidedLabel("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.cancel_button = QPushButton("Cancel")
        self.message = sentence_label(FAILURE)
        self.offer_button = QPushButton("Import from a File…")
        self.import_button = QPushButton("Import…")
        self.import_button.setToolTip("Install a model from a file or a folder")
        self.close_button = QPushButton("Close")
        self._lay_out()
        self._connect()
        self._say("", FAILURE)
        self._show_busy()

    def present(self) -> None:
        """Show the dialog with what is on the disk now."""
        self._show_rows()
        self.show()
        self.raise_()
        self.activateWindow()

    def _show_rows(self) -> None:
        self.table.show_rows(self._models.rows())

    def _show_row(self) -> None:
        if row := self.table.row():
            self.details.show_row(row, self._models.job is not None)
            hint = HINT if row.state is State.INSTALLED else ""
            self.check_view.show_result(self._models.checks.get(row.guide), hint)

    def _show_busy(self) -> None:
        busy = self._models.job is not None
        self._progress.setVisible(busy)
        self.import_button.setEnabled(not busy)
        self.cancel_button.setEnabled(True)
        if busy:
            self._say("", FAILURE)
            self.status.set_text("Preparing…")
            self.bar.setRange(0, 0)
        self._show_row()

    def _show_progress(self, progress: Progress) -> None:
        self.status.set_text(progress_text(progress))
        # Qt counts in 32 bits, and a model has more bytes than that.
        self.bar.setRange(0, 1000 if progress.step else 0)
        self.bar.setValue(round(1000 * progress.step / max(progress.steps, 1)))

    def _show_check(self, result: CheckResult) -> None:
        self.table.choose(result.guide.removeprefix("openclip:"))
        self._show_row()

    def _show_failure(self, job: Job | None, sentence: str) -> None:
        match job:
            case ModelPull():
                self._again = ("", job.name)
            case ModelImport():
                self._again = (job.path, job.name)
        self._say(sentence, FAILURE, offer=isinstance(job, ModelPull | ModelImport))

    def _say(self, sentence: str, colour: str, offer: bool = False) -> None:
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))
        tint(self.message, colour)
        self.offer_button.setVisible(offer)

    def _pull(self) -> None:
        if row := self.table.row():
            self._models.submit(ModelPull(row.name))

    def _check(self) -> None:
        if row := self.table.row():
            self._models.submit(ModelCheck(row.guide))

    def _remove(self) -> None:
        if row := self.table.row():
            remove = Choice("Remove", Role.AcceptRole, lambda: self._models.remove(row.name))
            explanation = "It has to be pulled or imported anew to be used again."
            ask(self, f"Remove the model {row.name}?", explanation, [remove, Choice("Cancel", Role.RejectRole)])

    def _import(self, path: str = "", name: str = "") -> None:
        dialog = ImportDialog(path, name, self)
        dialog.import_requested.connect(self._models.submit)
        dialog.open()

    def _cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        self.status.set_text("Cancelling…")
        self._models.cancel()

    def _connect(self) -> None:
        models = self._models
        self.table.chosen.connect(self._show_row)
        models.changed.connect(self._show_rows)
        models.busy_changed.connect(self._show_busy)
        models.progressed.connect(self._show_progress)
        models.arrived.connect(self.table.choose)
        models.checked.connect(self._show_check)
        models.noticed.connect(lambda sentence: self._say(sentence, WARNING))
        models.said.connect(lambda sentence: self._say(sentence, GOOD))
        models.failed.connect(self._show_failure)
        self.details.pull_button.clicked.connect(self._pull)
        self.details.check_button.clicked.connect(self._check)
        self.details.remove_button.clicked.connect(self._remove)
        self.import_button.clicked.connect(lambda: self._import())
        self.offer_button.clicked.connect(lambda: self._import(*self._again))
        self.cancel_button.clicked.connect(self._cancel)
        self.close_button.clicked.connect(self.close)

    def _lay_out(self) -> None:
        for button in (self.import_button, self.offer_button, self.cancel_button, self.close_button):
            button.setAutoDefault(False)
        chosen = QHBoxLayout()
        chosen.setSpacing(24)
        chosen.addWidget(self.details, 1)
        chosen.addWidget(self.check_view, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(12)
        layout.addWidget(self.table, 1)
        layout.addLayout(chosen)
        layout.addWidget(self._progress_row())
        layout.addLayout(self._message_row())
        layout.addLayout(self._foot())

    def _progress_row(self) -> QWidget:
        self._progress = QWidget()
        row = QHBoxLayout(self._progress)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.status, 1)
        row.addWidget(self.bar, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.cancel_button)
        return self._progress

    def _message_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.message, 1)
        row.addWidget(self.offer_button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _foot(self) -> QHBoxLayout:
        place = ElidedLabel(f"Kept in {models_folder()}")
        tint(place, theme.DIM)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.import_button)
        row.addWidget(place, 1)
        row.addWidget(self.close_button)
        return row
