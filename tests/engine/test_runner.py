import errno
import json
import logging
import os
import random
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
import torch

import engine.runner
from engine.context import RunContext
from engine.errors import UserError
from engine.events import Cancelled, Done, Event, Failed, Notice, Progress, RunEvent
from engine.jobs import ImageEdit, Job, StillExport
from engine.runner import Engine, JobRecord, JobState

TIMEOUT = 20.0
STEPS = 5


def edit(prompt: str, **settings: str) -> ImageEdit:
    return ImageEdit(picture="horse.png", prompt=prompt, device="cpu", **settings)


def export() -> StillExport:
    return StillExport(project="a.patina", out="out.png")


class Runs:
    """Runs of five steps, each of which ends only when a test lets it."""

    def __init__(self) -> None:
        self._permits = threading.Semaphore(0)
        self._free = False
        self.steps: dict[str, int] = {}
        self.contexts: dict[str, RunContext] = {}
        self.closed: list[str] = []

    def __call__(self, job: Job, context: RunContext) -> Generator[RunEvent, None, object]:
        if isinstance(job, StillExport):
            yield Progress("export", 1, 1, 0.0)
            return "exported"
        assert isinstance(job, ImageEdit)
        name = job.prompt
        self.contexts[name] = context
        self.steps[name] = 0
        try:
            for step in range(1, STEPS + 1):
                assert self._free or self._permits.acquire(timeout=TIMEOUT)
                self.steps[name] = step
                if context.checkpoint:
                    (context.checkpoint / "state").write_text(str(step))
                yield Progress("train", step, STEPS, 0.0)
            return f"layer of {name}"
        finally:
            self.closed.append(name)

    def allow(self, steps: int = 1) -> None:
        self._permits.release(steps)

    def allow_all(self) -> None:
        self._free = True
        self._permits.release(100)


class Listener:
    """Notes all that an engine tells, and waits for it."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Event]] = []
        self.records: list[JobRecord] = []
        self.threads: set[str] = set()
        self._told = threading.Condition()

    def on_event(self, job_id: str, event: Event) -> None:
        with self._told:
            self.threads.add(threading.current_thread().name)
            self.events.append((job_id, event))
            self._told.notify_all()

    def on_record(self, record: JobRecord) -> None:
        with self._told:
            self.threads.add(threading.current_thread().name)
            self.records.append(record)
            self._told.notify_all()

    def wait_for(self, holds: Callable[[], object]) -> None:
        with self._told:
            assert self._told.wait_for(holds, TIMEOUT), f"waited in vain; heard {self.events} and {self.records}"

    def of(self, job_id: str) -> list[Event]:
        return [event for each, event in self.events if each == job_id]

    def ending(self, job_id: str) -> Event:
        self.wait_for(lambda: self._endings(job_id))
        return self._endings(job_id)[0]

    def wait_for_step(self, job_id: str, step: int) -> None:
        self.wait_for(lambda: any(isinstance(e, Progress) and e.step == step for e in self.of(job_id)))

    def wait_for_state(self, job_id: str, state: JobState) -> None:
        self.wait_for(lambda: state in self.states(job_id))

    def states(self, job_id: str) -> list[JobState]:
        return [record.state for record in self.records if record.id == job_id]

    def _endings(self, job_id: str) -> list[Event]:
        return [event for event in self.of(job_id) if isinstance(event, Done | Failed | Cancelled)]


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


Make = Callable[..., Engine]


@pytest.fixture
def make(runs: Runs, heard: Listener) -> Iterator[Make]:
    made: list[Engine] = []

    def make_engine(work: Path | None = None, run: engine.runner.Run = runs, **given: object) -> Engine:
        given = {"on_event": heard.on_event, "on_record": heard.on_record, **given}
        made.append(Engine(run, work=work, **given))
        return made[-1]

    yield make_engine
    runs.allow_all()
    for each in made:
        each.close()


def state_of(engine_: Engine, job_id: str) -> JobState:
    return next(record.state for record in engine_.records() if record.id == job_id)


def test_a_job_runs_to_its_result_and_tells_all_in_order(make: Make, runs: Runs, heard: Listener) -> None:
    engine_ = make()
    job_id = engine_.submit(edit("gold"))
    runs.allow_all()

    assert heard.ending(job_id) == Done("layer of gold")
    heard.wait_for_state(job_id, JobState.DONE)
    assert heard.of(job_id) == [*(Progress("train", n, STEPS, 0.0) for n in range(1, 6)), Done("layer of gold")]
    assert heard.states(job_id) == [JobState.WAITING, JobState.RUNNING, JobState.DONE]
    assert engine_.records() == (JobRecord(job_id, edit("gold"), JobState.DONE),)


def test_jobs_run_one_after_another_on_one_thread(make: Make, runs: Runs, heard: Listener, set_up: list[str]) -> None:
    engine_ = make()
    ids = [engine_.submit(edit(prompt)) for prompt in ("gold", "rust", "gold")]
    runs.allow_all()
    for job_id in ids:
        heard.ending(job_id)

    assert len(set(ids)) == 3
    assert [job_id for job_id, event in heard.events if isinstance(event, Done)] == ids
    assert sorted(heard.events, key=lambda each: ids.index(each[0])) == heard.events
    assert heard.threads == {"patina-engine"}
    assert set_up == ["patina-engine"], "the thread is set up once, before the first job"


def test_nothing_is_set_up_before_the_first_job_that_computes(
    make: Make, runs: Runs, heard: Listener, set_up: list[str]
) -> None:
    engine_ = make()
    heard.ending(engine_.submit(export()))
    assert set_up == [], "an export does not wait for torch"
    runs.allow_all()
    heard.ending(engine_.submit(edit("gold")))
    assert set_up == ["patina-engine"]


def test_a_cancelled_run_ends_within_one_step_and_its_generator_is_closed(
    make: Make, runs: Runs, heard: Listener
) -> None:
    engine_ = make()
    job_id = engine_.submit(edit("gold"))
    runs.allow()
    heard.wait_for_step(job_id, 1)
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


def test_an_export_does_not_wait_for_the_end_of_a_long_run(make: Make, runs: Runs, heard: Listener) -> None:
    engine_ = make()
    long, waiting = engine_.submit(edit("gold")), engine_.submit(edit("rust"))
    runs.allow()
    heard.wait_for_step(long, 1)
    job_id = engine_.submit(export())
    runs.allow()

    assert heard.ending(job_id) == Done("exported")
    assert state_of(engine_, long) is JobState.RUNNING
    assert state_of(engine_, waiting) is JobState.WAITING
    runs.allow_all()
    assert heard.ending(long) == Done("layer of gold")


def failing(error: BaseException) -> engine.runner.Run:
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


def test_a_context_says_where_to_work(make: Make, runs: Runs, heard: Listener, tmp_path: Path) -> None:
    engine_ = make(tmp_path, preview_every=0.5)
    runs.allow_all()
    first = engine_.submit(edit("gold"))
    heard.ending(first)
    engine_.preview_every = 0.0
    heard.ending(engine_.submit(edit("rust")))

    folder = tmp_path / "checkpoints" / edit("gold").digest()
    assert runs.contexts["gold"] == RunContext("cpu", folder, 0.5)
    assert runs.contexts["rust"].preview_every == 0.0


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


def test_a_listener_may_ask_the_engine_for_more(make: Make, runs: Runs, heard: Listener) -> None:
    engines: list[Engine] = []

    def on_event(job_id: str, event: Event) -> None:
        heard.on_event(job_id, event)
        if event == Done("layer of gold"):
            engines[0].submit(edit("rust"))

    engines.append(make(on_event=on_event))
    runs.allow_all()
    engines[0].submit(edit("gold"))
    heard.wait_for(lambda: any(event == Done("layer of rust") for _, event in heard.events))


def test_closing_ends_the_thread_and_refuses_new_jobs(make: Make) -> None:
    engine_ = make()
    engine_.close()
    engine_.close()
    assert "patina-engine" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(RuntimeError):
        engine_.submit(edit("gold"))


def test_closing_from_a_callback_does_not_wait_for_itself(make: Make, runs: Runs, heard: Listener) -> None:
    engines: list[Engine] = []

    def on_event(job_id: str, event: Event) -> None:
        heard.on_event(job_id, event)
        engines[0].close()

    engines.append(make(on_event=on_event))
    runs.allow_all()
    engines[0].submit(edit("gold"))
    heard.wait_for(lambda: heard.events)
    engines[0].close()
    assert runs.steps == {"gold": 1}
    assert runs.closed == ["gold"]


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
    job_id = engine_.submit(edit("gold"))
    runs.allow()
    heard.wait_for_step(job_id, 1)
    engine_.pause(job_id)
    runs.allow()
    engine_.close()
    assert runs.closed == ["gold"]
    assert make(tmp_path).unfinished() == (edit("gold"),)


def test_a_cancelled_run_is_not_unfinished_although_the_engine_closes_at_once(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path
) -> None:
    engine_ = make(tmp_path)
    job_id = engine_.submit(edit("gold"))
    runs.allow()
    heard.wait_for_step(job_id, 1)
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
    job_id = first.submit(edit("gold"))
    runs.allow()
    heard.wait_for_step(job_id, 1)
    runs.allow()
    first.close()
    folder = tmp_path / "checkpoints" / edit("gold").digest()
    assert (folder / "state").exists()

    heard.events.clear()
    second = make(tmp_path)
    if begun:
        job_id = second.submit(edit("gold"))
        runs.allow()
        heard.wait_for_step(job_id, 1)
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
    third.forget_unfinished()
    assert third.unfinished() == ()
    third.close()
    assert make(tmp_path).unfinished() == ()


def test_the_list_is_on_disk_while_a_job_runs(make: Make, runs: Runs, heard: Listener, tmp_path: Path) -> None:
    engine_ = make(tmp_path)
    job_id = engine_.submit(edit("gold"))
    runs.allow()
    heard.wait_for_step(job_id, 1)
    assert json.loads((tmp_path / "queue.json").read_text()) == [edit("gold").to_json()]


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


def test_a_second_engine_leaves_the_firsts_work_alone(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    first = make(tmp_path)
    job_id = first.submit(edit("gold"))
    runs.allow()
    heard.wait_for_step(job_id, 1)

    second = make(tmp_path)
    assert second.unfinished() == ()
    second.close()
    assert (tmp_path / "checkpoints" / edit("gold").digest() / "state").exists()
    runs.allow_all()
    assert heard.ending(job_id) == Done("layer of gold")


@pytest.mark.parametrize("seed", range(3))
def test_many_threads_asking_at_once_end_every_job_exactly_once(
    make: Make, runs: Runs, heard: Listener, tmp_path: Path, seed: int
) -> None:
    engine_ = make(tmp_path)
    runs.allow_all()

    def ask(choices: random.Random) -> None:
        for number in range(15):
            job = export() if choices.random() < 0.3 else edit(f"{threading.get_ident()} {number}")
            job_id = engine_.submit(job)
            for _ in range(choices.randrange(4)):
                choices.choice([engine_.pause, engine_.resume, engine_.cancel])(job_id)
            if choices.random() < 0.05:
                engine_.cancel_waiting()
            engine_.resume(job_id)

    threads = [threading.Thread(target=ask, args=[random.Random(10 * seed + n)]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    ids = [record.id for record in engine_.records()]
    assert len(set(ids)) == len(ids) == 60
    endings = [heard.ending(job_id) for job_id in ids]
    engine_.close()

    told = [job_id for job_id, event in heard.events if isinstance(event, Done | Cancelled | Failed)]
    assert sorted(told) == sorted(ids)
    assert not any(isinstance(ending, Failed) for ending in endings)
    assert engine_.unfinished() == ()
    assert json.loads((tmp_path / "queue.json").read_text()) == []
    assert list((tmp_path / "checkpoints").iterdir()) == []
    last = {record.id: record for record in heard.records}
    assert tuple(last.values()) == tuple(sorted(engine_.records(), key=lambda record: list(last).index(record.id)))
