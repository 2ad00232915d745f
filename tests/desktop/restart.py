"""Patina before and after a restart."""

from pathlib import Path

import qasync
import shiboken6

from desktop.services import Services
from desktop.settings import Settings
from desktop.window import MainWindow
from tests.desktop.scripted_run import ScriptedRun


class Restart:
    """The window of one start after another, on the same folder; each start has a script of its own."""

    def __init__(self, loop: qasync.QEventLoop, folder: Path) -> None:
        self._loop, self._folder = loop, folder
        self.start()

    def start(self) -> None:
        """Start Patina."""
        folder = self._folder
        self.script = ScriptedRun()
        self.services = Services.start(self._loop, folder / "data", Settings(folder / "settings.ini"), self.script)
        self.window = MainWindow(self.services, folder / "data")
        self.window.show()

    def stop(self) -> None:
        """End it, with jobs unfinished where they are."""
        session = self.services.document._session
        self.services.close()
        if session is not None:
            session._lock.release()  # which ends with a process
        shiboken6.delete(self.window)

    def again(self) -> MainWindow:
        """End it and start it; return the new window, which has looked for what was left."""
        self.stop()
        self.start()
        self.window.start(None)
        return self.window

    def close(self) -> None:
        """End it, and the run that still waits for its script."""
        self.script.end_all()
        self.stop()
