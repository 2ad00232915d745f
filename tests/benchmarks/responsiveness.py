"""Time from a key press to the end of its repaint in the real window, at rest and during a real training, as JSON.

Every second key switches the viewer between colour and one channel of a 1800 × 1200 picture; the others type in the
prompt. A press is timed from the moment at which another thread asks for it, so that waiting for a busy window counts,
to the first event after the paint that shows all of its effect.

    python tests/benchmarks/responsiveness.py [--presses 100] [--quality standard] [--picture FILE]
"""

import argparse
import asyncio
import random
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import psutil
import qasync
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from real_window import write_figures

from desktop.services import Services
from desktop.settings import Settings
from desktop.window import MainWindow
from engine.devices import core_count
from engine.jobs import ImageEdit
from engine.media.png import write_png
from engine.media.sample import sample_picture
from engine.media.stills import read_still

WIDTH, HEIGHT = 1800, 1200
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 0.35
LIMIT_SECONDS = 900
STEPS = 100_000  # the training is cancelled when the presses are done
WORD = "zebra"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presses", type=int, default=100)
    parser.add_argument("--quality", default="standard", choices=("draft", "standard", "best"))
    parser.add_argument("--picture", type=Path, help="the sample photograph, enlarged, where none is named")
    given = parser.parse_args()
    write_figures(lambda loop, folder: _measure(loop, folder, given))


async def _measure(loop: qasync.QEventLoop, folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    services = Services.start(loop, folder, Settings(folder / "settings.ini"))
    window = MainWindow(services, folder)
    picture = given.picture or _large_sample(folder)
    window.show()
    window.activateWindow()
    await _answer(services.document.opened, lambda: window.start(picture))
    bridge, edits = services.bridge, services.edits
    trained: list[float] = []  # the time of each training step so far
    bridge.progressed.connect(lambda _id, done: trained.append(done.seconds) if done.losses else None)
    try:
        at_rest = await _press_keys(window, given.presses)
        job = ImageEdit(picture=str(picture), prompt=WORD, quality=given.quality, steps=STEPS)
        await _answer(bridge.previewed, lambda: edits.submit(job))
        first = len(trained) - 1
        training = await _press_keys(window, given.presses)
        steps, seconds = len(trained) - 1 - first, trained[-1] - trained[first]
        await _answer(bridge.ended, lambda: edits.cancel(record.id for record in edits.open_jobs()))
    finally:
        services.close()
        shiboken6.delete(window)  # before the document that it listens to
    return {
        "platform": QApplication.platformName(),
        "cores": core_count(),
        "training_steps": steps,
        "seconds_a_step": round(seconds / steps, 2) if steps else None,
        "at_rest": at_rest,
        "training": training,
    }


def _large_sample(folder: Path) -> Path:
    path = folder / "sample.png"
    small = read_still(sample_picture()).rgb
    write_png(path, cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC).clip(0, 1), bits=8)
    return path


async def _answer(signal: Any, ask: Callable[[], object]) -> None:
    """Call ``ask`` and wait for ``signal``."""
    heard = asyncio.get_running_loop().create_future()
    connection = signal.connect(lambda *_: None if heard.done() else heard.set_result(None))
    ask()
    await asyncio.wait_for(heard, LIMIT_SECONDS)
    QObject.disconnect(connection)


async def _press_keys(window: MainWindow, presses: int) -> dict[str, float]:
    """Return how long the presses took, and how many cores other programs took meanwhile."""
    typist, others, began = Typist(window), _seconds_of_others(), time.perf_counter()
    chance = random.Random(0)
    seconds = []
    for press in range(presses):
        pause = chance.uniform(SHORTEST_PAUSE, LONGEST_PAUSE)
        seconds.append(await asyncio.wait_for(typist.press(press, pause), LIMIT_SECONDS))
    window.prompt.prompt.set_text("")
    busy = (_seconds_of_others() - others) / (time.perf_counter() - began)
    return {**_summary(seconds), "cores_taken_by_others": round(busy, 2)}


def _seconds_of_others() -> float:
    """Return the processor time that all other programs have used."""
    every, own = psutil.cpu_times(), psutil.Process().cpu_times()
    return every.user + every.system + getattr(every, "nice", 0.0) - own.user - own.system


class Typist(QObject):
    """Presses one key after another, and times each."""

    due = Signal(int)
    DONE = QEvent.Type(QEvent.registerEventType())

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._watched: QWidget | None = None
        self._asked = 0.0
        self._took: asyncio.Future[float] | None = None
        self.due.connect(self._press, Qt.ConnectionType.QueuedConnection)
        for widget in (window.viewer, window.prompt.prompt.line):
            widget.installEventFilter(self)

    def press(self, number: int, pause: float) -> "asyncio.Future[float]":
        """Let another thread ask for a press after ``pause`` seconds; returns the seconds that it takes."""
        self._took = asyncio.get_running_loop().create_future()

        def ask() -> None:
            time.sleep(pause)
            self._asked = time.perf_counter()
            self.due.emit(number)

        threading.Thread(target=ask).start()
        return self._took

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look for the paint that shows all that the key did."""
        is_shown = watched is not self._window.viewer or self._window.viewer.settled
        if event.type() == QEvent.Type.Paint and watched is self._watched and is_shown:
            self._watched = None
            # Comes after the paint that is only beginning, and after its pixels are on screen.
            QCoreApplication.postEvent(self, QEvent(self.DONE), Qt.EventPriority.LowEventPriority.value)
        return False

    def customEvent(self, event: QEvent) -> None:
        """Stop the clock."""
        if event.type() == self.DONE and self._took is not None:
            self._took.set_result(time.perf_counter() - self._asked)

    def _press(self, number: int) -> None:
        line = self._window.prompt.prompt.line
        if number % 2:
            self._watched = line
            if len(line.text()) >= len(WORD):
                line.selectAll()
            QTest.keyClicks(line, WORD[number // 2 % len(WORD)])
        else:
            self._watched = self._window.viewer
            QTest.keyClick(self._window.viewer, Qt.Key.Key_R)


def _summary(seconds: list[float]) -> dict[str, float]:
    """Return figures in milliseconds."""
    centiles = statistics.quantiles(seconds, n=100, method="inclusive")
    figures = {"median": centiles[49], "p95": centiles[94], "max": max(seconds)}
    return {"presses": len(seconds), **{f"{name}_ms": round(1000 * value, 1) for name, value in figures.items()}}


if __name__ == "__main__":
    main()
