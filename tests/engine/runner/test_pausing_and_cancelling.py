"""Pausing, resuming and cancelling, also of jobs that only wait."""

from collections.abc import Generator
from pathlib import Path

import pytest

from engine.context import RunContext
from engine.events import Cancelled, Done, Progress, RunEvent
from engine.jobs import Job
from engine.runner import JobState
from tests.engine.runner.helpers import STEPS, Listener, Make, Runs, begin, edit, export, state_of


def test_a_cancelled_run_ends_within_one_step_and_its_generator_is_closed(
    make: Make, runs: Runs, heard: Listener
) -> None:
    engine_ = make()
    job_id = begin(engine_, runs, heard)
    engine_.cancel(job_id)
    runs.allow()  # the step that it may already be in

    assert heard.ending(job_id) == Cancelled()
    heard.wait_for_state(job_id, JobState.CANCELLED)
    assert runs.steps["gold"] <= 2
    assert runs.closed == ["gold"]


def test_cancelling_a_waiting_job_never_touches_the_running_one(make: Make, runs: Runs, heard: Listener) -> None:
    engine_ = make()
    first, second, third = (engine_.submit(edit(prompt)) for prompt in ("gold", "rust", "fire"))
    runs.allow()
    heard.wait_for_step(first, 1)
    engine_.cancel(second)
    assert [record.state for record in engine_.records()] == [
        JobState.RUNNING,
        JobState.CANCELLED,
        JobState.WAITING,
    ], "the records show it before the step ends"
    runs.allow_all()

    assert heard.ending(first) == Done("layer of gold")
    assert heard.ending(second) == Cancelled()
    assert heard.ending(third) == Done("layer of fire")
    assert "rust" not in runs.steps


def test_cancelling_a_waiting_twin_leaves_the_running_ones_checkpoint(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path
) -> None:
    engine_ = make(tmp_path)
    first, twin = engine_.submit(edit("gold")), engine_.submit(edit("gold"))
    runs.allow()
    heard.wait_for_step(first, 1)
    engine_.cancel(twin)
    runs.allow()
    heard.ending(twin)

    checkpoint = runs.contexts["gold"].checkpoint
    assert checkpoint is not None
    assert (checkpoint / "state").exists()
    runs.allow_all()
    assert heard.ending(first) == Done("layer of gold")


def test_cancel_waiting_leaves_the_running_and_the_ended(make: Make, runs: Runs, heard: Listener) -> None:
    engine_ = make()
    done = engine_.submit(edit("gold"))
    runs.allow(STEPS)
    heard.wait_for_state(done, JobState.DONE)
    running, held, waiting = (engine_.submit(edit(prompt)) for prompt in ("rust", "fire", "ice"))
    runs.allow()
    heard.wait_for_step(running, 1)
    engine_.pause(held)
    engine_.cancel_waiting()
    runs.allow_all()

    assert heard.ending(running) == Done("layer of rust")
    assert heard.ending(held) == heard.ending(waiting) == Cancelled()
    assert [record.state for record in engine_.records()] == ["done", "done", "cancelled", "cancelled"]


def test_an_ended_job_stays_as_it_is(make: Make, runs: Runs, heard: Listener) -> None:
    engine_ = make()
    job_id = engine_.submit(edit("gold"))
    runs.allow_all()
    heard.wait_for_state(job_id, JobState.DONE)
    for ask in (engine_.cancel, engine_.pause, engine_.resume):
        ask(job_id)
        assert state_of(engine_, job_id) is JobState.DONE


@pytest.mark.parametrize("name", ["cancel", "pause", "resume"])
def test_an_unknown_id_is_an_error(make: Make, name: str) -> None:
    with pytest.raises(KeyError):
        getattr(make(), name)("job-7")


def test_a_paused_run_takes_no_step_until_it_is_resumed(make: Make, runs: Runs, heard: Listener) -> None:
    engine_ = make()
    job_id, later = engine_.submit(edit("gold")), engine_.submit(edit("rust"))
    runs.allow()
    heard.wait_for_step(job_id, 1)
    engine_.pause(job_id)
    runs.allow_all()
    heard.wait_for_state(job_id, JobState.PAUSED)
    steps = runs.steps["gold"]
    # An export is done meanwhile, which proves that the thread is at rest between two steps.
    assert heard.ending(engine_.submit(export())) == Done("exported")
    assert heard.ending(engine_.submit(export())) == Done("exported")

    assert runs.steps == {"gold": steps}, "neither the paused job nor the one behind it went on"
    assert state_of(engine_, later) is JobState.WAITING
    engine_.resume(job_id)
    assert heard.ending(job_id) == Done("layer of gold")
    assert heard.ending(later) == Done("layer of rust")
    assert heard.states(job_id) == ["waiting", "running", "paused", "running", "done"]


def test_a_paused_waiting_job_lets_others_pass(make: Make, runs: Runs, heard: Listener) -> None:
    engine_ = make()
    first, held, last = (engine_.submit(edit(prompt)) for prompt in ("gold", "rust", "fire"))
    engine_.pause(held)
    runs.allow_all()
    heard.ending(first)
    heard.ending(last)

    assert "rust" not in runs.steps
    engine_.resume(held)
    assert heard.ending(held) == Done("layer of rust")


@pytest.mark.parametrize("begun", [True, False])
def test_a_paused_job_can_be_cancelled(make: Make, runs: Runs, heard: Listener, begun: bool) -> None:
    engine_ = make()
    first, second = engine_.submit(edit("gold")), engine_.submit(edit("rust"))
    runs.allow()
    heard.wait_for_step(first, 1)
    job_id = first if begun else second
    engine_.pause(job_id)
    engine_.cancel(job_id)
    engine_.resume(job_id)  # too late
    runs.allow_all()

    assert heard.ending(job_id) == Cancelled()
    heard.wait_for_state(job_id, JobState.CANCELLED)
    assert heard.states(job_id)[-2:] == ["paused", "cancelled"]
    assert heard.ending(second if begun else first) == Done("layer of rust" if begun else "layer of gold")
    assert runs.steps["gold"] <= 2 or not begun


def test_a_cancelled_run_that_fails_to_clean_up_is_cancelled(make: Make, heard: Listener) -> None:
    def run(job: Job, _context: RunContext) -> Generator[RunEvent, None, object]:
        try:
            while True:
                yield Progress("train", 1, 2, 0.0)
        finally:
            raise OSError("no room")

    engine_ = make(run=run)
    job_id = engine_.submit(edit("gold"))
    heard.wait_for_step(job_id, 1)
    engine_.cancel(job_id)
    assert heard.ending(job_id) == Cancelled()
