"""The user's own presets: a button with a menu to take, save and delete them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop.export.memory import ExportMemory

LONGEST_NAME = 60
NAME_WIDTH = 320


class PresetButton(QPushButton):
    """Lists the presets of a memory; saving asks for a name."""

    taken = Signal(str, object)  # its name and its ExportSettings
    save_asked = Signal(str)  # the name under which the present settings are to be kept

    def __init__(self, memory: ExportMemory) -> None:
        super().__init__("Presets")
        self._memory = memory
        self.setAutoDefault(False)
        self.setToolTip("Your own presets")
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self.fill)
        self.setMenu(self._menu)

    def fill(self) -> None:
        """List what there is."""
        menu, presets = self._menu, self._memory.presets()
        menu.clear()
        for name, settings in presets.items():
            action = menu.addAction(_text(name))
            action.triggered.connect(lambda _on=False, name=name, kept=settings: self.taken.emit(name, kept))
        menu.addSeparator()
        menu.addAction("Save as Preset…").triggered.connect(lambda: self.ask_for_name())
        delete = menu.addMenu("Delete Preset")
        delete.setEnabled(bool(presets))
        for name in presets:
            forget = delete.addAction(_text(name))
            forget.triggered.connect(lambda _on=False, name=name: self._memory.delete_preset(name))

    def ask_for_name(self) -> None:
        """Let the user name a preset; one of that name is replaced."""
        dialog = NameDialog(self.window())
        dialog.named.connect(self.save_asked)
        dialog.open()


class NameDialog(QDialog):
    """Asks for the name of a preset."""

    named = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save as Preset")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the preset")
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setMinimumWidth(NAME_WIDTH)
        buttons = QDialogButtonBox()
        # A standard button would bring the desktop's own icon.
        buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole).setAutoDefault(False)
        self.save_button = buttons.addButton("Save", QDialogButtonBox.ButtonRole.AcceptRole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(QLabel("Name of the preset; one of the same name is replaced."))
        layout.addWidget(self.name)
        layout.addWidget(buttons)
        self.save_button.setDefault(True)
        self.save_button.setEnabled(False)
        self.name.textChanged.connect(lambda _text: self.save_button.setEnabled(bool(self._plain_name())))
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)

    def _save(self) -> None:
        self.named.emit(self._plain_name())
        self.accept()

    def _plain_name(self) -> str:
        return " ".join(self.name.text().split())


def _text(name: str) -> str:
    return name.replace("&", "&&")
