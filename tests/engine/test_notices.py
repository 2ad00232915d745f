from collections.abc import Generator

import pytest

from engine.events import Notice, Progress, RunEvent
from engine.notices import noting


def test_notices_are_kept_and_every_event_passes() -> None:
    def work() -> Generator[RunEvent, None, str]:
        yield Progress("training", 1, 2, 0.5)
        yield Notice("Memory ran short.")
        return "result"

    notices: list[str] = []
    run = noting(work(), notices)
    events = [next(run), next(run)]
    with pytest.raises(StopIteration) as end:
        next(run)

    assert end.value.value == "result"
    assert notices == ["Memory ran short."]
    assert [type(event) for event in events] == [Progress, Notice]


def test_closing_reaches_the_work_itself() -> None:
    closed = []

    def work() -> Generator[RunEvent, None, None]:
        try:
            yield Notice("Begun.")
        finally:
            closed.append(True)

    run = noting(work(), [])
    next(run)
    run.close()

    assert closed == [True]
