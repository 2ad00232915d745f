import threading

import qasync
from pytestqt.qtbot import QtBot

from desktop.background import BUG, Background
from engine.errors import UserError


def never(*_given: object) -> None:
    raise AssertionError("this should not have been called")


def test_work_is_done_in_order_elsewhere_and_answered_here(qtbot: QtBot, background: Background) -> None:
    heard: list[tuple[int, threading.Thread]] = []
    workers: set[threading.Thread] = set()

    def work(number: int) -> int:
        workers.add(threading.current_thread())
        return number

    for number in range(5):
        background.run(
            lambda number=number: work(number), lambda n: heard.append((n, threading.current_thread())), never
        )
    qtbot.waitUntil(lambda: len(heard) == 5)
    assert [number for number, _thread in heard] == [0, 1, 2, 3, 4]
    assert {thread for _number, thread in heard} == {threading.main_thread()}
    assert len(workers) == 1
    assert threading.main_thread() not in workers


def test_a_user_s_error_arrives_as_it_is_and_a_bug_as_one_sentence(qtbot: QtBot, background: Background) -> None:
    errors: list[UserError] = []
    mendable = UserError("The disk is full.")

    def fail(error: Exception) -> None:
        raise error

    background.run(lambda: fail(mendable), never, errors.append)
    background.run(lambda: fail(ZeroDivisionError("secret")), never, errors.append)
    qtbot.waitUntil(lambda: len(errors) == 2)
    assert errors[0] is mendable
    assert str(errors[1]) == BUG


def test_draining_answers_all_without_the_loop_also_what_answers_start(background: Background) -> None:
    heard: list[str] = []

    def first(word: str) -> None:
        heard.append(word)
        background.run(lambda: "second", heard.append, never)

    background.run(lambda: "first", first, never)
    background.drain()
    assert heard == ["first", "second"]


def test_what_was_drained_is_not_answered_twice(qtbot: QtBot, background: Background) -> None:
    heard: list[int] = []
    background.run(lambda: 1, heard.append, never)
    background.drain()
    background.run(lambda: 2, heard.append, never)
    qtbot.waitUntil(lambda: len(heard) >= 2)
    assert heard == [1, 2]


def test_closing_finishes_the_work_and_answers_no_more(qtbot: QtBot, loop: qasync.QEventLoop) -> None:
    background = Background(loop)
    done = threading.Event()
    background.run(done.set, never, never)
    background.close()
    assert done.is_set()
    assert background.closed
