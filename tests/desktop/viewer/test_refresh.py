from collections.abc import Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from desktop.viewer.refresh import BUDGET, Refresher


def spend(seconds: float) -> None:
    end = perf_counter() + seconds
    while perf_counter() < end:
        pass


class Drawing:
    """Counts its passes and the pieces that were drawn."""

    def __init__(self, pieces: int, seconds: float = 0.0) -> None:
        self.begun = self.drawn = 0
        self._pieces, self._seconds = pieces, seconds

    def begin(self) -> Iterator[None]:
        self.begun += 1
        for _ in range(self._pieces):
            spend(self._seconds)
            self.drawn += 1
            yield


def test_a_long_pass_lets_input_in_between(qtbot: QtBot) -> None:
    owner, drawing = QObject(), Drawing(pieces=20, seconds=BUDGET / 4)
    refresher = Refresher(drawing.begin, owner)
    seen: list[int] = []
    other_work = QTimer(owner, interval=0)
    other_work.timeout.connect(lambda: seen.append(drawing.drawn))
    other_work.start()
    with qtbot.waitSignal(refresher.finished):
        refresher.request()
    other_work.stop()
    assert sum(1 for drawn in set(seen) if 0 < drawn < 20) >= 2
    assert drawing.drawn == 20


def test_a_pass_that_began_is_ended_and_the_next_shows_the_newest(qtbot: QtBot) -> None:
    owner, drawing = QObject(), Drawing(pieces=6, seconds=BUDGET / 2)
    refresher = Refresher(drawing.begin, owner)
    ends: list[int] = []
    refresher.finished.connect(lambda: ends.append(drawing.begun))
    for _ in range(3):
        refresher.request()
    qtbot.waitUntil(lambda: 0 < drawing.drawn < 6)
    for _ in range(5):
        refresher.request()
    qtbot.waitUntil(lambda: refresher.settled)
    assert ends == [1, 2]
    assert drawing.drawn == 12


def test_settle_draws_all_at_once(qtbot: QtBot) -> None:
    owner, drawing = QObject(), Drawing(pieces=5)
    refresher = Refresher(drawing.begin, owner)
    refresher.request()
    refresher.settle()
    assert refresher.settled
    assert drawing.drawn == 5
    qtbot.wait(1)
    assert drawing.begun == 1
