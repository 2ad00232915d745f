"""Runs that a test steps through, and a listener that waits for what the engine tells."""

import threading
from collections.abc import Callable, Generator

from engine.context import RunContext
from engine.events import Cancelled, Done, Event, Failed, Progress, RunEvent
from engine.jobs import ImageEdit, Job, StillDelivery
from engine.runner import Engine, JobRecord, JobState

TIMEOUT = 20.0
STEPS = 5

Make = Callable[..., Engine]


def edit(prompt: str, **settings: str) -> ImageEdit:
    return ImageEdit(picture="horse.png", prompt=prompt, device="cpu", **settings)


def export() -> StillDelivery:
    return StillDelivery(project="a.patina", folder="out")


class Runs:
    """Runs of five steps, each of which ends only when a test lets it."""

    def __init__(self) -> None:
        self._permits = threading.Semaphore(0)
        self._free = False
        self.steps: dict[str, int] = {}
        self.contexts: dict[str, RunContext] = {}
        self.closed: list[str] = []

    def __call__(self, job: Job, context: RunContext) -> Generator[RunEvent, None, object]:
        if isinstance(job, StillDelivery):
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


def begin(engine_: Engine, runs: Runs, heard: Listener, prompt: str = "gold") -> str:
    """Submit an edit, and let it do its first step."""
    job_id = engine_.submit(edit(prompt))
    runs.allow()
    heard.wait_for_step(job_id, 1)
    return job_id


def state_of(engine_: Engine, job_id: str) -> JobState:
    return next(record.state for record in engine_.records() if record.id == job_id)
