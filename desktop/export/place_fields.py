"""Where the files go, and what they are called."""

from pathlib import Path

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QSpinBox

from desktop.export.rows import add_row
from desktop.theme import make_chip
from engine.delivery.naming import TOKENS
from engine.jobs.deliveries import LARGEST_VERSION

VERSION_WIDTH = 84


class VersionField(QSpinBox):
    """A version as it stands in names."""

    def __init__(self) -> None:
        super().__init__()
        self.setRange(1, LARGEST_VERSION)
        self.setPrefix("v")
        self.setFixedWidth(VERSION_WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Version")
        self.setToolTip("What {version} stands for")

    def textFromValue(self, value: int) -> str:
        """Write at least three digits."""
        return f"{value:03}"


class PlaceFields(QObject):
    """The version is the next free one until another is chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.folder = QLineEdit()
        self.folder.setAccessibleName("Folder")
        self.browse_button = QPushButton("Browse…")
        self.browse_button.setAutoDefault(False)
        self.name = QLineEdit()
        self.name.setAccessibleName("Name pattern")
        self.version = VersionField()
        self.next_free = QPushButton("Next free")
        self.next_free.setCheckable(True)
        self.next_free.setChecked(True)
        self.next_free.setAutoDefault(False)
        self.next_free.setToolTip("Take the first version of which there are no files yet, nor any in the queue")
        self.chips = [self._chip(token) for token in TOKENS]
        self.folder.textChanged.connect(lambda _text: self.changed.emit())
        self.name.textChanged.connect(lambda _text: self.changed.emit())
        self.version.valueChanged.connect(self._take_version)
        self.next_free.toggled.connect(lambda _on: self.changed.emit())
        self.browse_button.clicked.connect(self._browse)

    @property
    def path(self) -> Path:
        """The folder."""
        return Path(self.folder.text().strip()).expanduser()

    @property
    def own_version(self) -> int | None:
        """The version that is chosen, None for the next free one."""
        return None if self.next_free.isChecked() else self.version.value()

    def show_version(self, version: int) -> None:
        """Show which version is meant, where the name holds one."""
        with QSignalBlocker(self.version):
            self.version.setValue(version)
        for widget in (self.version, self.next_free):
            widget.setEnabled("{version}" in self.name.text())

    def add_to(self, rows: QFormLayout) -> None:
        """Add the fields."""
        add_row(rows, "Folder", self.folder, self.browse_button, wide=self.folder)
        add_row(rows, "Name", self.name, self.version, self.next_free, wide=self.name)
        chips = QHBoxLayout()
        chips.setSpacing(6)
        for chip in self.chips:
            chips.addWidget(chip)
        chips.addStretch()
        rows.addRow("", chips)

    def _take_version(self) -> None:
        with QSignalBlocker(self.next_free):
            self.next_free.setChecked(False)
        self.changed.emit()

    def _chip(self, token: str) -> QPushButton:
        chip = QPushButton(token)
        make_chip(chip)
        chip.setAutoDefault(False)
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.setToolTip(f"Put {token} in the name")
        chip.clicked.connect(lambda: self.name.insert(token))
        return chip

    def _browse(self) -> None:
        dialog = QFileDialog(self.folder.window(), "Export to", self.folder.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()
