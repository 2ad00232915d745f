"""Choosing files for masks and paintings; each purpose remembers its folder."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.file_commands import PICTURES_ONLY
from desktop.settings import Settings

Take = Callable[[Path], None]


def choose_picture(window: QWidget, settings: Settings, title: str, purpose: str, take: Take) -> None:
    """Let the user choose a picture file, and hand it to ``take``."""
    dialog = _dialog(window, settings, title, purpose, take)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([PICTURES_ONLY, "All files (*)"])
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
