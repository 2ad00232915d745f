"""The engine thread: it does jobs one after another, and can pause, resume and cancel them between two steps."""

import logging
import threading
import traceback
from collections.abc import Callable, Collection, Generator
from contextlib import closing
from pathlib import Path
from typing import Any

from engine.context import RunContext
from engine.devices import choose_device, out_of_memory_advice, set_up_engine_thread
from engine.errors import UserError
from engine.events import Cancelled, Done, Ending, Event, Failed, Notice, RunEvent
from engine.job_queue import Entry, JobQueue, JobRecord, JobState
from engine.jobs import Job
from engine.work_folder import WorkFolder

__all__ = ["Engine", "JobRecord", "JobState", "Run"]

logger = logging.getLogger(__name__)

Run = Callable[[Any, RunContext], Generator[RunEvent, None, object]]


class Engine:
    """Does jobs on one thread of its own.

    Long jobs take their turns in the order of their coming, and a paused one that has begun keeps its turn. An
    interactive job is done between two steps of a long one, or while that is paused.

    Public methods may be called from any thread and return at once (only `close` waits); `records` shows their
    effect at once. Both callbacks run on the engine thread, between two steps, in order: ``on_event(id, event)`` for
    all that a run answers and for its ending, ``on_record(record)`` for every change of state. A callback should only
    pass on what it gets, as the engine waits for it; what it raises is logged, and the engine goes on.

    A result exists nowhere but in its Done event, and its job's checkpoint folder is gone by then: the listener must
    bring the result to disk, also one that was passed on shortly before `close` returned. Where ``on_event`` itself
    raises for a Done, nobody has the result, and the job counts as failed and unfinished, to be offered again.

    Where ``work`` is a folder, unfinished jobs and their checkpoints outlive the process. Where the folder cannot be
    used (no permission, or another Patina works in it), the engine works without one, and logs why.
    """

    def __init__(
        self,
        run: Run,
        on_event: Callable[[str, Event], None],
        on_record: Callable[[JobRecord], None],
        work: Path | None,
        preview_every: float = 2.0,
    ) -> None:
        """Start the thread; ``run(job, context)`` is a generator of events that returns the job's result.

        ``preview_every`` is in seconds, 0 for no previews; it may be set later, and holds for jobs that then begin.
        """
        self.preview_every = preview_every
        self._run, self._on_event, self._on_record = run, on_event, on_record
        self._work = _open_work_folder(work)
        self._queue = JobQueue(self._work.read_jobs() if self._work else [])
        self._is_set_up = False
        self._told_unsaved = False
        self._thread = threading.Thread(target=self._serve, name="patina-engine", daemon=False)
        self._thread.start()

    def submit(self, job: Job) -> str:
        """Add a job to the queue; return its id, good for this engine. An equal unfinished job counts as taken up."""
        return self._queue.add(job)

    def pause(self, job_id: str) -> None:
        """Hold a job, also a waiting one; a running one stops after its step and keeps its memory and its turn."""
        self._queue.pause(job_id)

    def resume(self, job_id: str) -> None:
        """Let a paused job go on, or wait for its turn again."""
        self._queue.resume(job_id)

    def cancel(self, job_id: str) -> None:
        """End a job: one that has begun after its present step, any other at once; one that has ended stays so."""
        self._queue.cancel(job_id)

    def cancel_waiting(self) -> None:
        """Cancel all jobs that have not begun."""
        self._queue.cancel_waiting()

    def records(self) -> tuple[JobRecord, ...]:
        """Return all jobs since the start, in the order of their coming."""
        return self._queue.records()

    def unfinished(self) -> tuple[Job, ...]:
        """Return the jobs that an earlier engine left and nobody took up; once closed, also those of this one."""
        return self._queue.unfinished()

    def forget_unfinished(self, job: Job) -> None:
        """Drop a job that an earlier engine left, with its checkpoint; one that was taken up meanwhile goes on."""
        self._queue.forget_unfinished(job)

    def close(self) -> None:
        """End the thread after the present step and wait for it; jobs that have not ended stay unfinished.

        A run that returns during the wait counts as unfinished too, and goes on from its checkpoint after a restart.
        Called from a callback, it returns without waiting.
        """
        self._queue.close()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    # All below runs on the engine thread.

    def _serve(self) -> None:
        while entry := self._next():
            self._do(entry)
        self._tell_news()
        if self._work:
            self._work.close()

    def _next(self, current: Entry | None = None) -> Entry | None:
        """Return the entry whose step is next, None once the queue is closed; tell all news meanwhile."""
        while not self._queue.closed:
            self._tell_news()
            if entry := self._queue.next_entry(current):
                return entry
        return None

    def _do(self, entry: Entry) -> None:
        """Do a job to its end, and tell it; where the queue is closed meanwhile, leave it unfinished."""
        self._tell_news()
        ending = self._outcome(entry)
        if ending is None:
            return
        if self._work and not isinstance(ending, Failed):
            self._work.remove_checkpoint(entry.record.job)
        self._queue.end(entry, ending)
        self._tell_news()

    def _outcome(self, entry: Entry) -> Ending | None:
        """Return how the job ended, None where it is unfinished; whatever a run raises becomes a Failed."""
        ending: Ending | None
        try:
            ending = self._drive(entry)
        except UserError as error:
            ending = Failed(str(error))
        except BaseException as error:  # noqa: BLE001  even SystemExit from a library must not end the thread
            ending = _failure(error)
        if entry.cancelled:
            return Cancelled()
        return None if self._queue.closed else ending

    def _drive(self, entry: Entry) -> Ending | None:
        """Step through the job's generator and tell its events; None where it was stopped before its end."""
        generator = self._run(entry.record.job, self._context(entry.record.job))
        with closing(generator):
            while self._may_step(entry):
                try:
                    event = next(generator)
                except StopIteration as stop:
                    return Done(stop.value)
                self._call(self._on_event, entry.record.id, event)
        return None

    def _may_step(self, entry: Entry) -> bool:
        """Wait while the job is paused, do interactive jobs meanwhile, and return whether the job may go on."""
        while turn := self._next(entry):
            if turn is entry:
                return not entry.cancelled
            self._do(turn)
        return False

    def _context(self, job: Job) -> RunContext:
        device = self._device(getattr(job, "device", None))
        checkpoint = self._work.make_checkpoint(job) if self._work and not job.interactive else None
        return RunContext(device, checkpoint, self.preview_every)

    def _device(self, wanted: str | None) -> str:
        """Return the device for a job that wants one; the first such job has the thread set up."""
        if wanted is None:  # an export, for instance: it should not wait for torch to be loaded
            return "cpu"
        if not self._is_set_up:
            set_up_engine_thread()
            self._is_set_up = True
        return choose_device(wanted)

    def _tell_news(self) -> None:
        """Pass on what changed, in order, then bring the list on disk up to date."""
        job_id = ""
        for news in self._queue.take_news():
            job_id = news.record.id
            told = news.ending is None or self._call(self._on_event, job_id, news.ending)
            if isinstance(news.ending, Done) and not told:
                self._queue.take_back(
                    news.record, Failed("The result was lost on its way; run the job again.", bug=True)
                )
            else:
                self._call(self._on_record, news.record)
        if (jobs := self._queue.take_unsaved()) and self._work:
            self._save(self._work, *jobs, job_id)

    def _call(self, callback: Callable[..., None], *values: object) -> bool:
        try:
            callback(*values)
        except Exception:
            logger.exception("A listener of the engine failed on a %s", type(values[-1]).__name__)
            return False
        return True

    def _save(self, work: WorkFolder, unfinished: Collection[Job], failed: Collection[Job], job_id: str) -> None:
        """Save the list and drop checkpoints that nobody needs; where that fails, the queue goes on all the same.

        A failed job's checkpoint stays while the user may mend the cause and add the job again.
        """
        try:
            work.write_jobs(unfinished)
            work.remove_checkpoints_except([*unfinished, *failed])
        except (UserError, OSError) as error:
            logger.warning("The list of unfinished jobs was not saved: %s", error)
            if job_id and not self._told_unsaved:
                self._call(self._on_event, job_id, Notice(f"Waiting jobs will not survive a restart. {error}"))
                self._told_unsaved = True
        else:
            self._told_unsaved = False


def _open_work_folder(folder: Path | None) -> WorkFolder | None:
    if folder is None:
        return None
    try:
        return WorkFolder(folder)
    except UserError as error:
        logger.warning("Unfinished jobs will not be kept: %s", error)
        return None


def _failure(error: BaseException) -> Failed:
    if advice := out_of_memory_advice(error):
        return Failed(advice)
    details = "".join(traceback.format_exception(error))
    reason = next(iter(str(error).splitlines()), "no reason given")
    return Failed(f"Patina made a mistake ({type(error).__name__}: {reason}).", bug=True, details=details)
