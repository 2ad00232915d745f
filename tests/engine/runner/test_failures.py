"""Whatever goes wrong in a run, in a listener or on the disk, the engine goes on."""

import errno
import os
import threading
from collections.abc import Generator
from pathlib import Path

import pytest
import torch

from engine.context import RunContext
from engine.errors import UserError
from engine.events import Cancelled, Done, Event, Failed, Notice, Progress, RunEvent
from engine.jobs import AtlasFit, ImageEdit, Job, LayerEdit
from engine.runner import JobRecord, JobState, Run
from tests.engine.runner.helpers import STEPS, TIMEOUT, Listener, Make, Runs, edit


def failing(error: BaseException) -> Run:
    def run(job: Job, _context: RunContext) -> Generator[RunEvent, None, object]:
        yield Progress("train", 1, 2, 0.0)
        if isinstance(job, ImageEdit) and job.prompt == "fail":
            raise error
        return "fine"

    return run


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
    ],
)
def test_running_out_of_memory_gives_advice(make: Make, heard: Listener, error: Exception) -> None:
    ending = heard.ending(make(run=failing(error)).submit(edit("fail")))
    assert isinstance(ending, Failed)
    assert not ending.bug
    assert "memory" in ending.message
    assert "size" in ending.message


def test_what_the_user_can_mend_is_no_bug(make: Make, heard: Listener) -> None:
    engine_ = make(run=failing(UserError("The picture is missing; choose another one.")))
    job_id = engine_.submit(edit("fail"))
    assert heard.ending(job_id) == Failed("The picture is missing; choose another one.")
    heard.wait_for_state(job_id, JobState.FAILED)
    assert engine_.records()[0].message == "The picture is missing; choose another one."


@pytest.mark.parametrize("error", [ValueError("bad\nvalue"), SystemExit(3), AssertionError()])
def test_any_other_error_is_a_bug_with_details_and_the_next_job_runs(
    make: Make, heard: Listener, error: BaseException
) -> None:
    engine_ = make(run=failing(error))
    job_id, following = engine_.submit(edit("fail")), engine_.submit(edit("gold"))

    ending = heard.ending(job_id)
    assert isinstance(ending, Failed)
    assert ending.bug
    assert "\n" not in ending.message
    assert "Traceback" in ending.details
    assert type(error).__name__ in ending.details
    assert heard.ending(following) == Done("fine")


@pytest.mark.parametrize("cancel", [True, False], ids=["cancelled", "failed"])
def test_what_waits_for_a_job_that_ends_badly_is_cancelled_before_it_begins(
    make: Make, heard: Listener, cancel: bool
) -> None:
    begun: list[Job] = []
    go_on = threading.Event()

    def run(job: Job, _context: RunContext) -> Generator[RunEvent, None, object]:
        begun.append(job)
        yield Progress("fitting", 1, 2, 0.0)
        if isinstance(job, AtlasFit):
            assert go_on.wait(TIMEOUT)
            raise UserError("The clip cuts to another scene at frame 13; choose a range.")
        return "layer"

    engine_ = make(run=run)
    fit = AtlasFit(clip="shot.mp4", out="one", device="cpu")
    follower, other = (LayerEdit(prompt="gold", atlas=atlas, device="cpu") for atlas in ("one", "two"))
    fitting, following, another = (engine_.submit(job) for job in (fit, follower, other))
    heard.wait_for_step(fitting, 1)
    if cancel:
        engine_.cancel(fitting)
    go_on.set()
    assert isinstance(heard.ending(fitting), Cancelled if cancel else Failed)
    assert heard.ending(following) == Cancelled()
    assert heard.ending(another) == Done("layer")
    assert begun == [fit, other]


def test_a_run_that_is_refused_at_once_fails(make: Make, heard: Listener) -> None:
    def run(job: Job, _context: RunContext) -> Generator[RunEvent, None, object]:
        raise NotImplementedError(job)

    ending = heard.ending(make(run=run).submit(edit("gold")))
    assert isinstance(ending, Failed)
    assert ending.bug


def test_an_absent_device_fails_the_job_alone(
    make: Make, runs: Runs, heard: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    engine_ = make()
    job_id = engine_.submit(ImageEdit(picture="horse.png", prompt="gold", device="cuda"))
    ending = heard.ending(job_id)
    assert isinstance(ending, Failed)
    assert not ending.bug
    assert runs.steps == {}


@pytest.mark.parametrize("kind", [Progress, Cancelled, JobRecord])
def test_a_listener_that_raises_stops_nothing(
    make: Make, runs: Runs, heard: Listener, kind: type, caplog: pytest.LogCaptureFixture
) -> None:
    def on_event(job_id: str, event: Event) -> None:
        heard.on_event(job_id, event)
        if isinstance(event, kind):
            raise RuntimeError("the window is gone")

    def on_record(record: JobRecord) -> None:
        heard.on_record(record)
        if kind is JobRecord:
            raise RuntimeError("the window is gone")

    engine_ = make(on_event=on_event, on_record=on_record)
    cancelled, done = engine_.submit(edit("rust")), engine_.submit(edit("gold"))
    engine_.cancel(cancelled)
    runs.allow_all()
    assert heard.ending(cancelled) == Cancelled()
    assert heard.ending(done) == Done("layer of gold")
    heard.wait_for_state(done, JobState.DONE)
    assert "the window is gone" in caplog.text


def test_a_result_that_nobody_takes_is_not_forgotten(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def on_event(job_id: str, event: Event) -> None:
        if isinstance(event, Done):
            raise RuntimeError("the loop is closed")
        heard.on_event(job_id, event)

    engine_ = make(tmp_path, on_event=on_event)
    job_id = engine_.submit(edit("gold"))
    runs.allow_all()
    ending = heard.ending(job_id)
    engine_.close()

    assert isinstance(ending, Failed)
    assert heard.states(job_id) == ["waiting", "running", "failed"]
    assert make(tmp_path).unfinished() == (edit("gold"),)


def test_a_full_disk_costs_the_list_but_not_the_queue(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    engine_ = make(tmp_path)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", refuse)
        first, second, third = (engine_.submit(edit(prompt)) for prompt in ("gold", "rust", "fire"))
        runs.allow(STEPS)
        assert heard.ending(first) == Done("layer of gold")
        runs.allow()
        heard.wait_for_step(second, 1)
        engine_.pause(third)
        runs.allow()
        heard.wait_for_state(third, JobState.PAUSED)
    notices = [event for _, event in heard.events if isinstance(event, Notice)]
    assert len(notices) == 1, "the user is told once"
    assert "no room" in notices[0].text

    runs.allow()
    engine_.close()
    assert make(tmp_path).unfinished() == (edit("rust"), edit("fire")), "saved as soon as there is room again"


def test_a_work_folder_that_cannot_be_made_is_done_without(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    engine_ = make(tmp_path / "file")
    runs.allow_all()
    assert isinstance(heard.ending(engine_.submit(edit("gold"))), Done)
    assert runs.contexts["gold"].checkpoint is None
    assert engine_.unfinished() == ()
    assert "will not be kept" in caplog.text
