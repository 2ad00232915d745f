"""Choosing files for masks, paintings and atlases; each purpose remembers its folder."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.file_commands import PICTURES_ONLY
from desktop.settings import Settings

Take = Callable[[Path], None]


# The authors of Layered Neural Atlases name their files "checkpoint".
CHECKPOINTS = "Checkpoints (checkpoint* *.pt *.pth *.ckpt)"


def choose_file(
    window: QWidget, settings: Settings, title: str, purpose: str, take: Take, files: str = PICTURES_ONLY
) -> None:
    """Let the user choose a file, and hand it to ``take``."""
    dialog = _dialog(window, settings, title, purpose, take)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([files, "All files (*)"])
    dialog.open()


def choose_folder(window: QWidget, settings: Settings, title: str, purpose: str, take: Take) -> None:
    """Let the user choose a folder, and hand it to ``take``."""
    dialog = _dialog(window, settings, title, purpose, take)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.open()


def _dialog(window: QWidget, settings: Settings, title: str, purpose: str, take: Take) -> QFileDialog:
    dialog = QFileDialog(window, title, str(settings.folder(purpose)))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda name: settings.keep_folder(purpose, Path(name).parent))
    dialog.fileSelected.connect(lambda name: take(Path(name)))
    return dialog
