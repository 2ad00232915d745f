"""Starts the desktop application."""

import asyncio
import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any

import qasync
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop import theme
from desktop.background import BUG
from desktop.messages import show_error
from desktop.services import Services
from desktop.settings import Settings, data_folder
from desktop.window import MainWindow

LOG_FILE = "patina.log"
LOG_BYTES = 1_000_000

LOGGER = logging.getLogger(__name__)


def main(project_or_picture: str | None) -> int:
    """Open the window, with a project or a picture where one is named, and return the exit code when it closes."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("patina")
    app.setApplicationDisplayName("Patina")
    theme.apply(app)
    folder = data_folder()
    log_to(folder)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    services = Services.start(loop, folder, Settings())
    window = MainWindow(services, folder)
    catch_all(window, loop)
    window.show()
    QTimer.singleShot(0, lambda: window.start(Path(project_or_picture) if project_or_picture else None))
    with loop:
        loop.run_forever()
        services.close()
    return 0


def log_to(folder: Path) -> None:
    """Write warnings and errors of all modules to a file in ``folder``, where that is possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / LOG_FILE, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
    except OSError:
        return  # a window without a log is better than none
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)


def catch_all(window: MainWindow, loop: asyncio.AbstractEventLoop) -> None:
    """Log whatever nobody caught, and tell the user in one sentence, one dialog at a time."""
    shown: list[object] = []

    def report(error: BaseException | None, text: str) -> None:
        LOGGER.error(text, exc_info=error)
        if not shown:
            box = show_error(window, BUG)
            shown.append(box)
            box.finished.connect(shown.clear)

    def hook(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
        else:
            report(error, "An error that nobody caught")

    def loop_hook(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        report(context.get("exception"), str(context.get("message")))

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        # No widget may be touched from another thread; what runs there tells the window its failures itself.
        LOGGER.error("An error that nobody caught in %s", args.thread, exc_info=args.exc_value)

    sys.excepthook = hook
    threading.excepthook = thread_hook
    loop.set_exception_handler(loop_hook)
