"""What an engine leaves unfinished, and what the next one finds."""

import json
import logging
from collections.abc import Generator
from pathlib import Path

import pytest

from engine.context import RunContext
from engine.errors import UserError
from engine.events import Cancelled, Done, Event, Progress, RunEvent
from engine.jobs import Job, job_from_json
from engine.runner import Engine
from tests.engine.runner.helpers import STEPS, Listener, Make, Runs, begin, edit


def test_closing_leaves_the_running_and_the_waiting_unfinished(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path
) -> None:
    engine_ = make(tmp_path)
    done = engine_.submit(edit("ice"))
    runs.allow(STEPS)
    heard.ending(done)
    running = engine_.submit(edit("gold"))
    engine_.submit(edit("rust"))
    cancelled = engine_.submit(edit("fire"))
    runs.allow()
    heard.wait_for_step(running, 1)
    engine_.cancel(cancelled)
    runs.allow()
    engine_.close()

    assert engine_.unfinished() == (edit("gold"), edit("rust"))
    assert heard.of(running) == [Progress("train", n, STEPS, 0.0) for n in range(1, runs.steps["gold"] + 1)]
    assert runs.closed == ["ice", "gold"]
    assert make(tmp_path).unfinished() == (edit("gold"), edit("rust"))


def test_closing_while_paused_leaves_the_job_unfinished(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path
) -> None:
    engine_ = make(tmp_path)
    job_id = begin(engine_, runs, heard)
    engine_.pause(job_id)
    runs.allow()
    engine_.close()
    assert runs.closed == ["gold"]
    assert make(tmp_path).unfinished() == (edit("gold"),)


def test_a_cancelled_run_is_not_unfinished_although_the_engine_closes_at_once(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path
) -> None:
    engine_ = make(tmp_path)
    job_id = begin(engine_, runs, heard)
    engine_.cancel(job_id)
    runs.allow()
    engine_.close()
    assert heard.ending(job_id) == Cancelled()
    assert make(tmp_path).unfinished() == ()


def test_a_result_that_comes_while_the_engine_closes_stays_unfinished(
    make: Make, heard: Listener, tmp_path: Path
) -> None:
    engines: list[Engine] = []

    def run(job: Job, context: RunContext) -> Generator[RunEvent, None, object]:
        assert context.checkpoint is not None
        (context.checkpoint / "state").write_text("last")
        yield Progress("train", 1, 1, 0.0)
        engines[0].close()  # does not wait here, on the engine thread
        return "layer"

    engines.append(make(tmp_path, run=run))
    job_id = engines[0].submit(edit("gold"))
    heard.wait_for_step(job_id, 1)
    engines[0].close()

    assert heard.of(job_id) == [Progress("train", 1, 1, 0.0)]
    assert engines[0].unfinished() == (edit("gold"),)
    assert (tmp_path / "checkpoints" / edit("gold").digest() / "state").exists()


def test_a_checkpoint_outlives_a_restart_and_is_gone_before_the_result_is_told(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path
) -> None:
    folder = tmp_path / "checkpoints" / edit("gold").digest()
    engine_ = make(tmp_path)
    job_id = engine_.submit(edit("gold"))
    runs.allow(2)
    heard.wait_for_step(job_id, 2)
    runs.allow()
    engine_.close()
    assert (folder / "state").read_text() == str(runs.steps["gold"])

    there: list[bool] = []

    def on_event(job_id: str, event: Event) -> None:
        if isinstance(event, Progress | Done):
            there.append(folder.exists())
        heard.on_event(job_id, event)

    heard.events.clear()
    second = make(tmp_path, on_event=on_event)
    runs.allow_all()
    job_id = second.submit(*second.unfinished())
    assert second.unfinished() == ()
    assert isinstance(heard.ending(job_id), Done)
    assert there == [True] * STEPS + [False]


@pytest.mark.parametrize("begun", [True, False])
def test_a_cancelled_job_keeps_no_checkpoint(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path, begun: bool
) -> None:
    first = make(tmp_path)
    begin(first, runs, heard)
    runs.allow()
    first.close()
    folder = tmp_path / "checkpoints" / edit("gold").digest()
    assert (folder / "state").exists()

    heard.events.clear()
    second = make(tmp_path)
    if begun:
        job_id = begin(second, runs, heard)
    else:
        busy = second.submit(edit("rust"))
        job_id = second.submit(edit("gold"))
        runs.allow()
        heard.wait_for_step(busy, 1)
    second.cancel(job_id)
    runs.allow_all()
    assert heard.ending(job_id) == Cancelled()
    second.close()
    assert not folder.exists()


def test_a_failed_jobs_checkpoint_stays_until_the_next_start(make: Make, heard: Listener, tmp_path: Path) -> None:
    fails = [True]

    def run(job: Job, context: RunContext) -> Generator[RunEvent, None, object]:
        assert context.checkpoint is not None
        state = context.checkpoint / "state"
        before = state.exists()
        state.write_text("1")
        yield Progress("train", 1, 1, 0.0)
        if fails.pop():
            raise UserError("There is no room on the disk; make some.")
        return "went on" if before else "began anew"

    engine_ = make(tmp_path, run=run)
    heard.ending(engine_.submit(edit("gold")))
    fails.append(False)
    assert heard.ending(engine_.submit(edit("gold"))) == Done("went on")

    fails.append(True)
    heard.ending(engine_.submit(edit("rust")))
    engine_.close()
    assert engine_.unfinished() == ()
    make(tmp_path, run=run).close()
    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_unfinished_jobs_stay_until_they_are_taken_up_or_forgotten(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path
) -> None:
    first = make(tmp_path)
    for prompt in ("gold", "gold", "rust"):
        first.pause(first.submit(edit(prompt)))
    first.close()

    second = make(tmp_path)
    runs.allow_all()
    assert isinstance(heard.ending(second.submit(edit("ice"))), Done)
    assert second.unfinished() == (edit("gold"), edit("gold"), edit("rust"))
    heard.events.clear()
    second.cancel(second.submit(edit("gold")))
    second.close()

    third = make(tmp_path)
    assert third.unfinished() == (edit("gold"), edit("rust"))
    third.forget_unfinished(edit("gold"))
    third.forget_unfinished(edit("ice"))  # not among them
    assert third.unfinished() == (edit("rust"),)
    third.close()
    assert make(tmp_path).unfinished() == (edit("rust"),)


def test_a_forgotten_job_takes_its_checkpoint_with_it(make: Make, runs: Runs, heard: Listener, tmp_path: Path) -> None:
    first = make(tmp_path)
    begin(first, runs, heard)
    runs.allow()
    first.close()
    folder = tmp_path / "checkpoints" / edit("gold").digest()
    assert folder.exists()

    second = make(tmp_path)
    second.forget_unfinished(edit("gold"))
    second.close()
    assert not folder.exists()


def test_a_job_that_was_taken_up_is_not_forgotten(make: Make, runs: Runs, heard: Listener, tmp_path: Path) -> None:
    first = make(tmp_path)
    first.pause(first.submit(edit("gold")))
    first.close()

    second = make(tmp_path)
    job_id = second.submit(edit("gold"))
    second.forget_unfinished(edit("gold"))
    runs.allow_all()
    assert heard.ending(job_id) == Done("layer of gold")


def test_the_list_is_on_disk_while_a_job_runs(make: Make, runs: Runs, heard: Listener, tmp_path: Path) -> None:
    engine_ = make(tmp_path)
    begin(engine_, runs, heard)
    on_disk = json.loads((tmp_path / "queue.json").read_text())
    assert [job_from_json(values) for values in on_disk] == [edit("gold")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("[{", ()),
        ("[" * 100_000, ()),
        ("7", ()),
        (json.dumps([{"kind": "hologram"}, 3, edit("gold").to_json(), {"kind": "image_edit"}]), (edit("gold"),)),
    ],
)
def test_a_damaged_list_never_blocks_the_start(make: Make, tmp_path: Path, text: str, expected: tuple[Job]) -> None:
    (tmp_path / "queue.json").write_text(text)
    assert make(tmp_path).unfinished() == expected


def test_a_second_engine_leaves_the_firsts_work_alone(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    first = make(tmp_path)
    job_id = begin(first, runs, heard)

    second = make(tmp_path)
    assert second.unfinished() == ()
    second.close()
    assert (tmp_path / "checkpoints" / edit("gold").digest() / "state").exists()
    runs.allow_all()
    assert heard.ending(job_id) == Done("layer of gold")
