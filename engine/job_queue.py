"""The list of jobs and their states, shared by the threads that ask and the one that works."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.events import Cancelled, Done, Ending, Failed
from engine.jobs import Job


class JobState(StrEnum):
    """Where a job stands; a paused job may have begun or not."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether the job has ended, well or badly."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True)
class JobRecord:
    """A job in the engine's list; ``message`` says why it failed."""

    id: str
    job: Job
    state: JobState
    message: str = ""


@dataclass
class Entry:
    """A job's place in the queue: ``begun`` once its turn has come, ``cancelled`` when it must end at its next step."""

    record: JobRecord
    begun: bool = False
    cancelled: bool = False


@dataclass(frozen=True)
class News:
    """A change of state that is still to be told, with the ending where there is one."""

    record: JobRecord
    ending: Ending | None = None


class JobQueue:
    """Jobs in the order of their coming, and ``left`` ones, which an earlier process did not finish.

    Where a job ends badly, those that wait for what it was to make are cancelled with it.
    Every method may be called from any thread. None waits, but for `next_entry`.
    """

    def __init__(self, left: Iterable[Job] = ()) -> None:
        self._left = list(left)
        self._entries: dict[str, Entry] = {}
        self._news: list[News] = []
        self._is_saved = False
        self._closed = False
        # Guards all of the above, and wakes the worker when any of it changes.
        self._changed = threading.Condition()

    def add(self, job: Job) -> str:
        """Append a job, return its id; an equal job among the left ones counts as taken up."""
        with self._changed:
            if self._closed:
                raise RuntimeError("The queue is closed.")
            if job in self._left:
                self._left.remove(job)
            entry = Entry(JobRecord(f"job-{len(self._entries) + 1}", job, JobState.WAITING))
            self._entries[entry.record.id] = entry
            self._change(entry, JobState.WAITING)
            return entry.record.id

    def pause(self, job_id: str) -> None:
        """Hold a job that waits or runs; KeyError where there is none of that id, as in the methods below."""
        with self._changed:
            entry = self._entries[job_id]
            if entry.record.state in (JobState.WAITING, JobState.RUNNING) and not entry.cancelled:
                self._change(entry, JobState.PAUSED)

    def resume(self, job_id: str) -> None:
        """Let a paused job go on, or wait for its turn again."""
        with self._changed:
            entry = self._entries[job_id]
            if entry.record.state is JobState.PAUSED and not entry.cancelled:
                self._change(entry, JobState.RUNNING if entry.begun else JobState.WAITING)

    def cancel(self, job_id: str) -> None:
        """Cancel a job at once, or mark one that has begun; one that has ended stays as it is."""
        with self._changed:
            self._cancel(self._entries[job_id])

    def cancel_waiting(self) -> None:
        """Cancel all jobs that have not begun."""
        with self._changed:
            for entry in self._entries.values():
                if not entry.begun:
                    self._cancel(entry)

    def records(self) -> tuple[JobRecord, ...]:
        """Return all jobs that were added, ended ones too."""
        with self._changed:
            return tuple(entry.record for entry in self._entries.values())

    def unfinished(self) -> tuple[Job, ...]:
        """Return the left jobs, and after `close` also the added ones that have not ended."""
        with self._changed:
            return tuple(self._left + (self._open() if self._closed else []))

    def forget_unfinished(self, job: Job) -> None:
        """Drop one of the left jobs; one that is not among them, for instance as it was taken up, goes on."""
        with self._changed:
            if job in self._left:
                self._left.remove(job)
                self._touch()

    def close(self) -> None:
        """Give out no entries any more."""
        with self._changed:
            self._closed = True
            self._touch()

    @property
    def closed(self) -> bool:
        """Whether the queue was closed."""
        return self._closed

    def next_entry(self, current: Entry | None = None) -> Entry | None:
        """Return the entry whose step is next; ``current`` is the one that is between two steps.

        Where there is none, wait until anything changes and return None: the worker tells the news, and asks again.
        """
        with self._changed:
            if self._closed:
                return None
            if entry := self._choose(current):
                return entry
            if not self._news and self._is_saved:
                self._changed.wait()
            return None

    def end(self, entry: Entry, ending: Ending) -> None:
        """Set the state that an ending brings."""
        with self._changed:
            self._change(entry, _state_after(ending), ending)

    def take_back(self, record: JobRecord, ending: Failed) -> None:
        """Count a job as failed although its run was done, and keep it for a later process."""
        with self._changed:
            self._left.append(record.job)
            self._change(self._entries[record.id], JobState.FAILED, ending)

    def take_news(self) -> list[News]:
        """Return the changes since the last call, in order."""
        with self._changed:
            news, self._news = self._news, []
            return news

    def take_unsaved(self) -> tuple[list[Job], list[Job]] | None:
        """Return the jobs that a later process must know, and those that failed; None where nothing has changed."""
        with self._changed:
            if self._is_saved:
                return None
            self._is_saved = True
            failed = [e.record.job for e in self._entries.values() if e.record.state is JobState.FAILED]
            return self._left + self._open(), failed

    # The methods below are called with the lock held.

    def _choose(self, current: Entry | None) -> Entry | None:
        if current is not None and (current.cancelled or current.record.job.interactive):
            return current if current.cancelled or current.record.state is JobState.RUNNING else None
        waiting = [entry for entry in self._entries.values() if entry.record.state is JobState.WAITING]
        turn = [entry for entry in waiting if entry.record.job.interactive] or (waiting if current is None else [])
        if turn:
            turn[0].begun = True
            self._change(turn[0], JobState.RUNNING)
            return turn[0]
        return current if current is not None and current.record.state is JobState.RUNNING else None

    def _cancel(self, entry: Entry) -> None:
        if entry.record.state.ended:
            return
        if entry.begun:
            entry.cancelled = True
            self._touch()
        else:
            self._change(entry, JobState.CANCELLED, Cancelled())

    def _cancel_followers(self, job: Job) -> None:
        """Cancel the jobs that cannot but fail, as ``job`` did not make what they need."""
        for entry in self._entries.values():
            if not entry.begun and job.makes and entry.record.job.needs == job.makes:
                self._cancel(entry)

    def _open(self) -> list[Job]:
        return [entry.record.job for entry in self._entries.values() if not entry.record.state.ended]

    def _change(self, entry: Entry, state: JobState, ending: Ending | None = None) -> None:
        message = ending.message if isinstance(ending, Failed) else ""
        entry.record = replace(entry.record, state=state, message=message)
        self._news.append(News(entry.record, ending))
        self._touch()
        if isinstance(ending, Failed | Cancelled):
            self._cancel_followers(entry.record.job)

    def _touch(self) -> None:
        self._is_saved = False
        self._changed.notify_all()


def _state_after(ending: Ending) -> JobState:
    match ending:
        case Done():
            return JobState.DONE
        case Failed():
            return JobState.FAILED
        case Cancelled():
            return JobState.CANCELLED
