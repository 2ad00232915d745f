"""The one place where the engine's events reach Qt."""

import asyncio
import logging
from collections.abc import Generator
from pathlib import Path
from threading import Lock

from PySide6.QtCore import QObject, Signal

from engine.context import RunContext
from engine.events import Cancelled, Done, Event, Failed, MatteFound, Notice, Preview, Progress, RunEvent
from engine.jobs import Job
from engine.runner import Engine, JobRecord, JobState, Run

PREVIEW_EVERY = 2.0  # seconds

LOGGER = logging.getLogger(__name__)


class EngineBridge(QObject):
    """Owns the engine and hands what it says to Qt, in order, on the thread of asyncio's loop.

    While the window is busy, only the newest preview of a job waits for it. The texts in the signals are job ids.
    """

    record_changed = Signal(object)  # a JobRecord; the same state may be told twice
    progressed = Signal(str, object)  # a Progress
    previewed = Signal(str, object)  # a Preview
    matte_found = Signal(str, object)  # (H, W) float32
    noticed = Signal(str, str)
    ended = Signal(str, object)  # an Ending

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        work: Path | None = None,
        run: Run | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Start the engine's thread; ``work`` is the folder of its queue and checkpoints, ``run`` what it runs."""
        super().__init__(parent)
        self._loop = loop
        self._inbox = _Inbox()
        self._live_preview = True
        self._engine = Engine(run or _run, self._hear_event, self._hear_record, work, PREVIEW_EVERY)

    @property
    def live_preview(self) -> bool:
        """Whether the layer is shown while it forms."""
        return self._live_preview

    @live_preview.setter
    def live_preview(self, on: bool) -> None:
        # A job that runs keeps computing what it began with: off hides that at once, on holds from the next job.
        self._live_preview = on
        self._engine.preview_every = PREVIEW_EVERY if on else 0.0

    # The engine's thread tells of a change after its present step; these tell at once what the user has done.

    def submit(self, job: Job) -> str:
        """Put ``job`` at the end of the queue and return its id."""
        job_id = self._engine.submit(job)
        self._tell_records({job_id})
        return job_id

    def pause(self, job_id: str) -> None:
        """Hold the job after its present step."""
        self._engine.pause(job_id)
        self._tell_records({job_id})

    def resume(self, job_id: str) -> None:
        """Let a paused job go on."""
        self._engine.resume(job_id)
        self._tell_records({job_id})

    def cancel(self, job_id: str) -> None:
        """End the job after its present step, or take it from the queue."""
        self._engine.cancel(job_id)
        self._tell_records({job_id})

    def cancel_waiting(self) -> None:
        """Take all waiting jobs from the queue; the running one goes on."""
        waiting = {record.id for record in self.records() if record.state is JobState.WAITING}
        self._engine.cancel_waiting()
        self._tell_records(waiting)

    def records(self) -> list[JobRecord]:
        """Return all jobs of this session, oldest first."""
        return list(self._engine.records())

    def unfinished(self) -> list[Job]:
        """Return the jobs that the last session left unfinished."""
        return list(self._engine.unfinished())

    def forget_unfinished(self, job: Job) -> None:
        """Drop a job that the last session left unfinished."""
        self._engine.forget_unfinished(job)

    def close(self) -> None:
        """End the engine's thread after its present step, then say what was still to be said, for instance a result.

        To be called on the window's thread, while those who keep results still listen.
        """
        self._engine.close()
        self._tell_all()

    def _tell_records(self, job_ids: set[str]) -> None:
        for record in self.records():
            if record.id in job_ids:
                self.record_changed.emit(record)

    def _hear_event(self, job_id: str, event: Event) -> None:
        self._hear((job_id, event))

    def _hear_record(self, record: JobRecord) -> None:
        self._hear(record)

    def _hear(self, message: "_Message") -> None:
        """Take a message on any thread; ring for the window's thread unless it is already on its way."""
        if self._inbox.put(message) and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell_all)

    def _tell_all(self) -> None:
        for message in self._inbox.take_all():
            if not isinstance(message, JobRecord):
                self._tell(*message)
            elif message in self.records():  # else the user has changed the state since, which was told at once
                self.record_changed.emit(message)

    def _tell(self, job_id: str, event: Event) -> None:
        match event:
            case Progress():
                self.progressed.emit(job_id, event)
            case Preview() if self.live_preview:
                self.previewed.emit(job_id, event)
            case MatteFound():
                self.matte_found.emit(job_id, event.matte)
            case Notice():
                self.noticed.emit(job_id, event.text)
            case Done() | Failed() | Cancelled():
                if isinstance(event, Failed) and event.bug:
                    LOGGER.error("The job %s failed: %s\n%s", job_id, event.message, event.details)
                self.ended.emit(job_id, event)


_Message = JobRecord | tuple[str, Event]


class _Inbox:
    """What the engine has said and the window has not yet heard."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._messages: list[_Message] = []

    def put(self, message: _Message) -> bool:
        """Add ``message``; a preview takes the place of its job's older one. Returns whether none waited."""
        with self._lock:
            first = not self._messages
            if _previews(message):
                self._messages = [each for each in self._messages if not _replaces(message, each)]
            self._messages.append(message)
            return first

    def take_all(self) -> list[_Message]:
        """Return the messages, oldest first, and forget them."""
        with self._lock:
            messages, self._messages = self._messages, []
            return messages


def _previews(message: _Message) -> bool:
    return isinstance(message, tuple) and isinstance(message[1], Preview)


def _replaces(new: _Message, old: _Message) -> bool:
    return _previews(old) and isinstance(new, tuple) and isinstance(old, tuple) and new[0] == old[0]


def _run(job: Job, context: RunContext) -> Generator[RunEvent, None, object]:
    # Imported on the engine's thread, on the first job: torch takes seconds to load and the window needs none of it.
    from engine.runs import run

    return (yield from run(job, context))
