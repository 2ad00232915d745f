"""The user's own presets: a button with a menu to take, save and delete them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QPushButton

from desktop.export.choices import ExportSettings
from desktop.export.memory import ExportMemory

LONGEST_NAME = 60


class PresetButton(QPushButton):
    """Lists the presets of a memory; saving asks for a name."""

    taken = Signal(str, object)  # its name and its ExportSettings
    settings_asked = Signal(str)  # the name under which `keep` should get what is chosen now

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
            delete.addAction(_text(name)).triggered.connect(
                lambda _on=False, name=name: self._memory.delete_preset(name)
            )

    def ask_for_name(self) -> None:
        """Let the user name a preset; one of that name is replaced."""
        dialog = QInputDialog(self.window())
        dialog.setWindowTitle("Save as Preset")
        dialog.setLabelText("Name of the preset; one of the same name is replaced.")
        dialog.setOkButtonText("Save")
        dialog.textValueSelected.connect(self._take_name)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def keep(self, name: str, settings: ExportSettings) -> None:
        """Save a preset."""
        self._memory.keep_preset(name, settings)

    def _take_name(self, text: str) -> None:
        if name := " ".join(text.split())[:LONGEST_NAME]:
            self.settings_asked.emit(name)


def _text(name: str) -> str:
    return name.replace("&", "&&")
