"""Of what is asked for, the newest is done and answered."""

import threading
from collections.abc import Iterator

import pytest
import qasync
from pytestqt.qtbot import QtBot

from desktop.atlas.latest import Latest
from engine.errors import UserError

KIND = "overlay"


@pytest.fixture
def latest(loop: qasync.QEventLoop) -> Iterator[Latest]:
    latest = Latest(loop, "test")
    yield latest
    latest.close()


def test_work_is_done_elsewhere_and_answered_here(qtbot: QtBot, latest: Latest) -> None:
    threads: list[threading.Thread] = []
    latest.ask(KIND, threading.current_thread, lambda there: threads.extend((there, threading.current_thread())))
    qtbot.waitUntil(lambda: bool(threads))
    assert threads[0] is not threading.current_thread()
    assert threads[1] is threading.current_thread()


def test_what_waits_gives_way_to_the_newest(qtbot: QtBot, latest: Latest) -> None:
    done, answered = [], []
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        go_on.wait(10)
        return "first"

    latest.ask(KIND, slow, answered.append)
    begun.wait(10)
    for name in ("second", "third"):
        latest.ask(KIND, lambda name=name: done.append(name) or name, answered.append)
    go_on.set()
    qtbot.waitUntil(lambda: bool(answered))
    assert done == ["third"]
    assert answered == ["third"]  # the first one's result came too late


def test_what_is_forgotten_is_not_answered(qtbot: QtBot, latest: Latest) -> None:
    answered: list[str] = []
    latest.ask(KIND, lambda: "old", answered.append)
    latest.forget(KIND)
    latest.ask(KIND, lambda: "new", answered.append)
    qtbot.waitUntil(lambda: bool(answered))
    assert answered == ["new"]


@pytest.mark.parametrize("error", [UserError("The file is damaged."), ValueError("a bug")])
def test_a_failure_leaves_it_at_work(
    qtbot: QtBot, latest: Latest, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise error

    answered: list[object] = []
    latest.ask(KIND, fail, answered.append)
    qtbot.waitUntil(lambda: str(error) in caplog.text)
    latest.ask(KIND, lambda: "fine", answered.append)
    qtbot.waitUntil(lambda: bool(answered))
    assert answered == ["fine"]


def test_each_kind_of_work_has_its_own_newest(qtbot: QtBot, latest: Latest) -> None:
    answered: list[str] = []
    for kind in ("overlay", "point", "overlay", "point"):
        latest.ask(kind, lambda kind=kind: kind, answered.append)
    qtbot.waitUntil(lambda: len(answered) == 2)
    assert set(answered) == {"overlay", "point"}
