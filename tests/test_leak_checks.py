"""The checks in conftest.py do fail a test that leaves something running."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).with_name("conftest.py")

TESTS = """
import threading
import time

from PySide6.QtCore import QSettings, QStandardPaths, QThread, QTimer
from PySide6.QtWidgets import QDialog, QLabel, QMainWindow, QWidget

KEPT = []
GO = threading.Event()

def test_thread():
    threading.Thread(target=GO.wait, name="left-thread", daemon=True).start()

def test_thread_that_ends_soon():
    threading.Thread(target=lambda: time.sleep(0.3)).start()

def test_thread_of_an_earlier_test():
    assert any(thread.name == "left-thread" for thread in threading.enumerate())
    GO.set()

class Sleeper(QThread):
    def run(self):
        self.msleep(600)

def test_qthread(qapp):
    KEPT.append(Sleeper())
    KEPT[-1].start()

def test_qthread_ends(qapp):
    assert KEPT[-1].wait()

def test_timer(qapp):
    KEPT.append(QTimer())
    KEPT[-1].start(12345)

def test_timer_stopped(qapp):
    KEPT[-1].stop()

def test_timer_dropped(qapp):
    timer = QTimer()
    timer.start(12345)

def test_window(qapp):
    KEPT.append(QMainWindow(objectName="left-window"))
    KEPT[-1].show()

def test_hidden_dialog(qapp):
    KEPT.append(QDialog())

def test_window_given_to_qtbot(qtbot):
    window = QWidget()
    window.timer = QTimer(window)
    window.timer.start(50)
    window.itself = window
    qtbot.addWidget(window)
    window.show()

def test_window_in_a_cycle(qapp):
    window = QLabel("once")
    window.itself = window
    window.show()

def test_failing_with_a_window(qapp):
    window = QWidget()
    window.show()
    assert False, "its own failure"

def test_settings_written():
    QSettings("patina", "patina").setValue("mark", "written")

def test_settings_are_fresh(own_folders):
    assert QSettings("patina", "patina").value("mark") is None
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    assert data.startswith(str(own_folders))
"""

LEAKING = {
    "test_thread": "the thread 'left-thread', which began at *test_inner.py:11 (test_thread)",
    "test_qthread": "the QThread Sleeper, which began at *test_inner.py:26 (test_qthread)",
    "test_timer": "a QTimer of 12345 ms, which began at *test_inner.py:33 (test_timer)",
    "test_window": "the visible window QMainWindow 'left-window', which began at *test_inner.py:43 (test_window)",
    "test_hidden_dialog": "the hidden window QDialog, which began at *test_inner.py:47 (test_hidden_dialog)",
}


def test_each_leak_fails_its_test_and_nothing_else_does(pytester: pytest.Pytester) -> None:
    checks = CONFTEST.read_text(encoding="utf-8").replace("GRACE_SECONDS = 2.0", "GRACE_SECONDS = 0.4")
    pytester.makeini("[pytest]\nqt_api = pyside6\n")
    pytester.makeconftest(checks)
    pytester.makepyfile(test_inner=TESTS)

    result = pytester.runpytest_subprocess("-v", "-p", "no:cacheprovider")

    result.assert_outcomes(passed=TESTS.count("def test_") - 1, failed=1, errors=len(LEAKING))
    for test, leak in LEAKING.items():
        result.stdout.fnmatch_lines([f"*::{test} ERROR*"])
        result.stdout.fnmatch_lines([f"*{leak}*"])
    result.stdout.fnmatch_lines(["*AssertionError: its own failure*"])
