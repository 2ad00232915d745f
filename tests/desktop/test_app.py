import logging
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import qasync
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from desktop.app import LOG_FILE, catch_all, log_to
from desktop.background import BUG
from desktop.window import MainWindow
from tests.desktop.window_helpers import dialog, press

# Starts the real application, closes it from inside as soon as it shows the picture, and tells what it saw.
START = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
app = QApplication(sys.argv[:1])
from desktop import app as desktop_app

def watch():
    window = next(each for each in app.topLevelWidgets() if type(each).__name__ == "MainWindow")
    if not window.viewer.isVisible():
        return
    timer.stop()
    print(window.windowTitle(), "torch" in sys.modules)
    window.close()

timer = QTimer(interval=20)
timer.timeout.connect(watch)
timer.start()
sys.exit(desktop_app.main(sys.argv[1]))
"""


@pytest.fixture
def hooks_restored() -> Iterator[None]:
    hook = sys.excepthook
    handlers = list(logging.getLogger().handlers)
    yield
    sys.excepthook = hook
    for handler in set(logging.getLogger().handlers) - set(handlers):
        logging.getLogger().removeHandler(handler)
        handler.close()


def test_the_application_opens_a_picture_without_torch_and_ends_well(picture: Path, own_folders: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(START), str(picture)], capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == ["shore.png[*]", "False"]
    assert "Traceback" not in ended.stderr
    sessions = next(own_folders.glob("data/**/sessions"))
    assert list(sessions.iterdir()) == []


def test_what_nobody_caught_is_logged_and_said_in_one_sentence(
    qtbot: QtBot, window: MainWindow, loop: qasync.QEventLoop, tmp_path: Path, hooks_restored: None
) -> None:
    log_to(tmp_path)
    catch_all(window, loop)

    def fail() -> None:
        raise ZeroDivisionError("a bug")

    for _ in range(3):
        QTimer.singleShot(0, fail)
    box = dialog(qtbot)  # one, though three came
    assert box.text() == BUG
    assert "a bug" in (tmp_path / LOG_FILE).read_text()
    press(box, "OK")


def test_a_bug_in_a_callback_of_the_loop_is_told_too(
    qtbot: QtBot, window: MainWindow, loop: qasync.QEventLoop, tmp_path: Path, hooks_restored: None
) -> None:
    catch_all(window, loop)
    QTimer.singleShot(0, lambda: loop.call_soon(lambda: 1 / 0))
    press(dialog(qtbot), "OK")


def test_a_folder_that_cannot_hold_a_log_is_no_hindrance(tmp_path: Path, hooks_restored: None) -> None:
    (tmp_path / "file").touch()
    before = list(logging.getLogger().handlers)
    log_to(tmp_path / "file" / "data")
    assert logging.getLogger().handlers == before
