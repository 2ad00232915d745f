"""What tests of the window do over and over."""

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.window import MainWindow
from engine.events import MatteFound, Preview, Progress
from engine.report import Report
from engine.results import EditResult
from tests.desktop.scripted_run import ScriptedRun

HEIGHT, WIDTH = 64, 96


def layer_pixels(alpha: float = 1.0) -> np.ndarray:
    """Return a green layer of the small picture's size, opaque on its left half only."""
    rgba = np.zeros((HEIGHT, WIDTH, 4), np.float32)
    rgba[..., 1] = 1
    rgba[:, : WIDTH // 2, 3] = alpha
    return rgba


def left_half() -> np.ndarray:
    """Return the matte of the small picture's left half."""
    return layer_pixels()[..., 3].copy()


def result(matte: np.ndarray | None = None) -> EditResult:
    """Return what an edit of the small picture returns."""
    report = Report({}, "starter", "cpu", 0, 1, (WIDTH, HEIGHT), (WIDTH, HEIGHT), {}, 0.0)
    return EditResult(layer_pixels(), matte, report)


def generate(window: MainWindow, prompt: str = "golden", subject: str = "") -> None:
    """Ask for an edit as a user does."""
    window.prompt.prompt.set_text(prompt)
    window.prompt.subject.set_text(subject)
    window.prompt.generate_button.click()


def make_layer(window: MainWindow, script: ScriptedRun, qtbot: QtBot, prompt: str = "golden") -> str:
    """Let an edit run to its layer, and return the layer's id."""
    count = len(window.document.project.layers)
    script.end(result())
    generate(window, prompt)
    qtbot.waitUntil(lambda: len(window.document.project.layers) == count + 1)
    return window.document.current_layer


def training(step: int = 1) -> Progress:
    """Return the progress of a step."""
    return Progress("training", step, 10, 0.1 * step, losses={"composition": 1 / step})


def preview(step: int = 1) -> Preview:
    """Return a small preview."""
    return Preview(layer_pixels()[::2, ::2].copy(), step)


def found() -> MatteFound:
    """Return the matte that the engine finds."""
    return MatteFound(left_half())


def wait_without_events(condition: Callable[[], bool]) -> None:
    """Wait for another thread while the window hears nothing."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)


def dialogs() -> Iterator[QMessageBox]:
    """Yield the message boxes on screen."""
    return (each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox) and each.isVisible())


def dialog(qtbot: QtBot) -> QMessageBox:
    """Wait for a message box and return it; more than one is a failure."""
    qtbot.waitUntil(lambda: any(dialogs()))
    (box,) = dialogs()
    return box


def press(box: QMessageBox, text: str) -> None:
    """Press the button of that text."""
    next(button for button in box.buttons() if button.text().replace("&", "") == text).click()
