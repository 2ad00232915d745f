"""Threads that work off the newest plan."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from desktop.playback.workers import Workers


@dataclass(eq=False)
class Task:
    """A job that waits until the test lets it go."""

    key: str
    gate: threading.Event = field(default_factory=threading.Event)
    began: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None

    def run(self) -> str:
        self.began.set()
        assert self.gate.wait(10)
        if self.error is not None:
            raise self.error
        return self.key.upper()


class Answers:
    """What was told, in order."""

    def __init__(self) -> None:
        self.given: list[tuple[str, object]] = []
        self._more = threading.Condition()

    def __call__(self, job: Task, result: object, seconds: float) -> None:
        assert seconds >= 0
        with self._more:
            self.given.append((job.key, result))
            self._more.notify_all()

    def wait_for(self, count: int) -> None:
        with self._more:
            assert self._more.wait_for(lambda: len(self.given) >= count, 10)


def open_task(key: str, **given: Exception) -> Task:
    task = Task(key, **given)
    task.gate.set()
    return task


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def workers(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    monkeypatch.setattr(Workers, "count", 1)
    workers = Workers(answers)
    yield workers
    workers.close()


def test_the_most_urgent_comes_first(workers: Workers, answers: Answers) -> None:
    workers.plan([open_task(key) for key in "abc"])
    answers.wait_for(3)
    assert answers.given == [("a", "A"), ("b", "B"), ("c", "C")]


def test_a_new_plan_drops_what_has_not_begun(workers: Workers, answers: Answers) -> None:
    first = Task("a")
    workers.plan([first, open_task("b"), open_task("c")])
    assert first.began.wait(10)
    workers.plan([open_task("d")])
    first.gate.set()
    answers.wait_for(2)
    assert [key for key, _ in answers.given] == ["a", "d"]


def test_the_same_work_is_not_done_twice_side_by_side(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workers, "count", 2)
    workers = Workers(answers)
    first, again = Task("a"), open_task("a")
    workers.plan([first])
    assert first.began.wait(10)
    workers.plan([again, open_task("b")])
    answers.wait_for(1)
    assert not again.began.is_set()
    first.gate.set()
    answers.wait_for(3)
    assert [key for key, _ in answers.given] == ["b", "a", "a"]
    workers.close()


def test_idle_work_waits_for_the_plan(workers: Workers, answers: Answers) -> None:
    first = Task("a")
    workers.plan([first])
    assert first.began.wait(10)
    workers.plan_idle([open_task("small")])
    workers.plan([open_task("b")])
    first.gate.set()
    answers.wait_for(3)
    assert [key for key, _ in answers.given] == ["a", "b", "small"]


def test_what_is_raised_is_told_and_work_goes_on(workers: Workers, answers: Answers) -> None:
    error = ValueError("no")
    workers.plan([open_task("a", error=error), open_task("b")])
    answers.wait_for(2)
    assert answers.given == [("a", error), ("b", "B")]


def test_closing_waits_for_the_present_job_and_tells_nothing_more(workers: Workers, answers: Answers) -> None:
    job = Task("a")
    workers.plan([job, open_task("b")])
    assert job.began.wait(10)
    threading.Timer(0.05, job.gate.set).start()
    workers.close()
    assert answers.given == []
