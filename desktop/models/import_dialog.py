"""Asks for the file or folder of a model to import."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop import theme
from desktop.theme import WARNING, sentence_label, tint
from engine.errors import UserError
from engine.jobs import ModelImport

WHAT = (
    "A file of weights, best open_clip_model.safetensors, a folder with one, or the cache of a hub’s client, "
    "fetched on another machine."
)
FILTERS = "Weights (*.safetensors *.bin *.pt *.pth);;All files (*)"
NAME_TIP = "Patina finds the name out where it can; a name from the list also says which network a lone file is for"


class ImportDialog(QDialog):
    """Sends a job that is complete; the last one's fields are filled in again where it was refused."""

    import_requested = Signal(object)  # a ModelImport

    def __init__(self, path: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import a Model")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.path = QLineEdit(path)
        self.file_button = QPushButton("File…")
        self.folder_button = QPushButton("Folder…")
        self.name = QLineEdit(name)
        self.name.setPlaceholderText("found out, where that is possible")
        self.name.setToolTip(NAME_TIP)
        self.problem = sentence_label(WARNING)
        self.buttons = QDialogButtonBox()
        # A standard button would bring the desktop's own icon.
        self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self.import_button = self.buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self._lay_out()
        self.file_button.clicked.connect(lambda: self._browse(QFileDialog.FileMode.ExistingFile))
        self.folder_button.clicked.connect(lambda: self._browse(QFileDialog.FileMode.Directory))
        self.import_button.clicked.connect(self.send)
        self.buttons.rejected.connect(self.reject)

    def send(self) -> None:
        """Send the job, or say in one sentence what is missing."""
        try:
            job = ModelImport(self.path.text().strip(), self.name.text().strip().removeprefix("openclip:"))
        except UserError as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        self.import_requested.emit(job)
        self.accept()

    def _browse(self, mode: QFileDialog.FileMode) -> None:
        start = Path(self.path.text().strip() or Path.home()).expanduser()
        dialog = QFileDialog(self, "Import", str(start if start.is_dir() else start.parent), FILTERS)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(self.path.setText)
        dialog.open()

    def _lay_out(self) -> None:
        self.import_button.setDefault(True)
        place = QHBoxLayout()
        place.setSpacing(6)
        place.addWidget(self.path, 1)
        for button in (self.file_button, self.folder_button):
            button.setAutoDefault(False)
            place.addWidget(button)
        what = QLabel(WHAT)
        what.setWordWrap(True)
        tint(what, theme.DIM)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(10)
        form.addRow("Model", place)
        form.addRow("Name", self.name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 14)
        layout.setSpacing(12)
        layout.addWidget(what)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addStretch()
        layout.addWidget(self.buttons)
        self.setMinimumWidth(560)
