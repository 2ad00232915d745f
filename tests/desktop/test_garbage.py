import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.garbage import GarbageKeeper


@pytest.fixture
def keeper(qapp: QApplication) -> Iterator[GarbageKeeper]:
    gc.enable()
    keeper = GarbageKeeper()
    yield keeper
    keeper.close()
    assert gc.isenabled()


def make_cycle(destroyed_on: list[threading.Thread]) -> None:
    thing = QObject()
    thing.itself = thing  # type: ignore[attr-defined]
    thing.destroyed.connect(lambda: destroyed_on.append(threading.current_thread()), Qt.ConnectionType.DirectConnection)


def fill_quotas() -> None:
    """Leave more garbage than Python lets lie around."""
    for _ in range(100_000):
        cycle: list[object] = []
        cycle.append(cycle)


def test_a_busy_thread_destroys_nothing_of_the_window_s(qtbot: QtBot, keeper: GarbageKeeper) -> None:
    destroyed_on: list[threading.Thread] = []
    make_cycle(destroyed_on)
    busy = threading.Thread(target=fill_quotas)
    busy.start()
    busy.join()
    assert destroyed_on == []
    qtbot.waitUntil(lambda: bool(destroyed_on))  # the keeper's own time has come
    assert destroyed_on == [threading.main_thread()]


def test_little_garbage_is_left_alone(keeper: GarbageKeeper) -> None:
    gc.collect()
    collected = [generation["collections"] for generation in gc.get_stats()]
    keeper.collect()
    assert [generation["collections"] for generation in gc.get_stats()] == collected


def test_what_imports_brought_is_not_looked_through_again(qtbot: QtBot, keeper: GarbageKeeper) -> None:
    gc.unfreeze()
    qtbot.waitUntil(lambda: gc.get_freeze_count() > 0)
    assert len(gc.get_objects()) < gc.get_freeze_count()
    keeper.close()
    assert gc.get_freeze_count() == 0
