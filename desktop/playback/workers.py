"""Threads that work off a plan: the most urgent job first, and only what the newest plan still holds."""

import os
from collections.abc import Callable, Hashable, Sequence
from threading import Condition, Thread
from time import perf_counter
from typing import Protocol

MOST_THREADS = 4


class Job(Protocol):
    """A piece of work; jobs of the same key are the same work."""

    @property
    def key(self) -> Hashable:
        """What the work is known by."""
        ...

    def run(self) -> object:
        """Do the work, on a thread of its own."""
        ...


# Is told, on the worker's thread, the job, its result or what it raised, and the seconds that it took.
Done = Callable[[Job, object, float], None]


class Workers:
    """A few threads, started by the first plan. What is not begun when a new plan comes is forgotten."""

    def __init__(self, done: Done) -> None:
        self._done = done
        self._plan: list[Job] = []
        self._idle: list[Job] = []
        self._running: set[Hashable] = set()
        self._threads: list[Thread] = []
        self._changed = Condition()
        self._closing = False

    @property
    def count(self) -> int:
        """How many jobs run side by side: a thread for each processor but one, which is the window's."""
        return min(max((os.cpu_count() or 2) - 1, 2), MOST_THREADS)

    def plan(self, jobs: Sequence[Job]) -> None:
        """Work on these from now on, the first one first."""
        with self._changed:
            self._plan = list(jobs)
            self._changed.notify_all()
        self._start()

    def plan_idle(self, jobs: Sequence[Job]) -> None:
        """Work on these while the plan leaves nothing to do."""
        with self._changed:
            self._idle = list(jobs)
            self._changed.notify_all()
        self._start()

    def close(self) -> None:
        """End the threads once their present jobs are done; nothing is told any more."""
        with self._changed:
            self._closing = True
            self._plan, self._idle = [], []
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._threads = []

    def _start(self) -> None:
        if (self._plan or self._idle) and not self._threads and not self._closing:
            self._threads = [Thread(target=self._work, name=f"patina-frames-{place}") for place in range(self.count)]
            for thread in self._threads:
                thread.start()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            start = perf_counter()
            try:
                result = job.run()
            except Exception as error:  # noqa: BLE001 - told to whoever planned it
                result = error
            with self._changed:
                self._running.discard(job.key)
                self._changed.notify_all()
            if not self._closing:
                self._done(job, result, perf_counter() - start)

    def _next(self) -> Job | None:
        with self._changed:
            while not self._closing:
                for jobs in (self._plan, self._idle):
                    job = next((job for job in jobs if job.key not in self._running), None)
                    if job is not None:
                        jobs.remove(job)
                        self._running.add(job.key)
                        return job
                self._changed.wait()
            return None
