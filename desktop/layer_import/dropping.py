"""Files dropped on the layer panel become layers; elsewhere the window opens them."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from desktop.file_commands import dropped_file
from engine.project_folder import SUFFIX


class LayerDrop(QObject):
    """Lets a widget take a picture, a movie, a folder or the stills of one series, while ``is_open`` says so."""

    def __init__(self, widget: QWidget, is_open: Callable[[], bool], take: Callable[[Path], None]) -> None:
        super().__init__(widget)
        self._is_open, self._take = is_open, take
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take such files; all else goes on to the widget, and from there to the window."""
        if not isinstance(event, QDropEvent) or not self._is_open():  # entering and moving are of its kind
            return False
        path = dropped_file(event.mimeData())
        if path is None or path.suffix == SUFFIX:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self._take(path)
        return True
