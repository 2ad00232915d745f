"""The files opened last: in the File menu and on the welcome page."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow, QMenu

from desktop.file_commands import FileCommands
from desktop.settings import Settings
from desktop.welcome import WelcomePage
from engine.project_schema import footage_exists


class RecentFiles(QObject):
    """Keeps the menu and the page up to date; files that are gone are not listed."""

    def __init__(self, settings: Settings, files: FileCommands, welcome: WelcomePage, window: QMainWindow) -> None:
        super().__init__(window)
        self.menu = QMenu("Open &Recent", window)
        self.menu.setToolTipsVisible(True)
        self._settings, self._files, self._welcome = settings, files, welcome
        files.recent_changed.connect(self._show)
        welcome.recent_requested.connect(files.open)
        self._show()

    def _show(self) -> None:
        paths = [path for path in self._settings.recent() if footage_exists(path)]
        self._welcome.show_recent(paths)
        self.menu.clear()
        for path in paths:
            action = self.menu.addAction(path.name.replace("&", "&&"))
            action.setToolTip(str(path))
            action.triggered.connect(lambda _checked=False, path=path: self._files.open(path))
        self.menu.setEnabled(bool(paths))
        if paths:
            self.menu.addSeparator()
            self.menu.addAction("&Clear the List").triggered.connect(lambda: self._clear())

    def _clear(self) -> None:
        self._settings.clear_recent()
        self._show()
