"""Progress on a terminal and in a log."""

from collections.abc import Generator
from io import StringIO

import pytest

from engine.commands import progress
from engine.commands.progress import ProgressLine, describe
from engine.errors import UserError
from engine.events import Notice, Progress, RunEvent


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def steps(count: int, phase: str = "training") -> Generator[RunEvent, None, str]:
    for step in range(1, count + 1):
        yield Progress(phase, step, count, seconds=step, remaining=count - step)
    return "result"


def test_the_result_of_the_run_is_returned() -> None:
    assert ProgressLine(StringIO()).follow(steps(3)) == "result"


def test_a_terminal_shows_one_line_that_updates() -> None:
    terminal = Terminal()

    ProgressLine(terminal).follow(steps(3))

    assert terminal.getvalue().count("\n") == 1
    shown = terminal.getvalue().strip().split("\r")
    assert [line.split()[1] for line in shown] == ["1/3", "2/3", "3/3"]


def test_a_shorter_line_wipes_out_a_longer_one() -> None:
    terminal = Terminal()
    line = ProgressLine(terminal)
    line.show(Progress("a long phase", 1, 2, seconds=1))
    before = len(terminal.getvalue())
    line.show(Progress("phase", 2, 2, seconds=2))

    assert len(terminal.getvalue()) - before == before


def test_a_log_gets_the_first_and_last_step_of_a_phase() -> None:
    log = StringIO()

    line = ProgressLine(log)
    line.follow(steps(100, "matte"))
    line.follow(steps(100, "training"))

    assert [text.split()[:2] for text in log.getvalue().splitlines()] == [
        ["matte", "1/100"],
        ["matte", "100/100"],
        ["training", "1/100"],
        ["training", "100/100"],
    ]


def test_a_log_gets_no_line_before_anything_is_done() -> None:
    log = StringIO()
    ProgressLine(log).show(Progress("reading", 0, 1, seconds=0))

    assert log.getvalue() == ""


def test_a_terminal_shows_a_phase_that_begins() -> None:
    assert describe(Progress("reading", 0, 1, seconds=0)) == "reading  0:00"


def test_a_log_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 4))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    log = StringIO()

    ProgressLine(log).follow(steps(10))

    assert [text.split()[1] for text in log.getvalue().splitlines()] == ["1/10", "5/10", "9/10", "10/10"]


def test_a_notice_has_a_line_of_its_own() -> None:
    terminal = Terminal()
    line = ProgressLine(terminal)
    line.show(Progress("training", 1, 2, seconds=1))
    line.show(Notice("The subject is small."))

    assert terminal.getvalue().endswith("\nThe subject is small.\n")


def test_a_run_that_fails_is_left_at_once_with_the_line_ended() -> None:
    def failing() -> Generator[RunEvent, None, None]:
        yield Progress("training", 1, 2, seconds=1)
        raise UserError("The picture is gone.")

    terminal = Terminal()
    with pytest.raises(UserError):
        ProgressLine(terminal).follow(failing())
    assert terminal.getvalue().endswith("\n")


def test_an_interrupted_run_is_closed() -> None:
    ended: list[str] = []

    def run() -> Generator[RunEvent, None, None]:
        try:
            yield Progress("training", 1, 2, seconds=1)
        finally:
            ended.append("closed")

    class Interrupting(StringIO):
        def write(self, text: str) -> int:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ProgressLine(Interrupting()).follow(run())
    assert ended == ["closed"]


def test_a_line_tells_phase_steps_times_and_the_whole_loss() -> None:
    losses = {"composition": 0.4567, "total": 1.2345}
    event = Progress("training", 12, 300, seconds=65.2, remaining=3599.6, losses=losses)

    assert describe(event) == "training 12/300  1:05  60:00 left  loss 1.234"


def test_bytes_are_told_in_megabytes() -> None:
    event = Progress("pulling ViT-B-32", 123_456_789, 605_143_284, seconds=10, remaining=39, unit="bytes")

    assert describe(event) == "pulling ViT-B-32 123.5/605.1 MB  0:10  0:39 left"
