"""Engines that are closed after the test, whose runs a test steps through."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import engine.runner
from engine.runner import Engine, Run
from tests.engine.runner.helpers import Listener, Make, Runs


@pytest.fixture
def runs() -> Runs:
    return Runs()


@pytest.fixture
def heard() -> Listener:
    return Listener()


@pytest.fixture(autouse=True)
def set_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Leave the priority and torch's threads alone; return the threads that asked for their set-up."""
    calls: list[str] = []
    monkeypatch.setattr(engine.runner, "set_up_engine_thread", lambda: calls.append(threading.current_thread().name))
    return calls


@pytest.fixture
def make(runs: Runs, heard: Listener) -> Iterator[Make]:
    made: list[Engine] = []

    def make_engine(work: Path | None = None, run: Run = runs, **given: object) -> Engine:
        given = {"on_event": heard.on_event, "on_record": heard.on_record, **given}
        made.append(Engine(run, work=work, **given))
        return made[-1]

    yield make_engine
    runs.allow_all()
    for each in made:
        each.close()
