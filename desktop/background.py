"""One thread of the window's own for reading and writing files, so that it never freezes."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from engine.errors import UserError

T = TypeVar("T")
Failure = Callable[[UserError], None]

BUG = "Something went wrong inside Patina; the log (see the Help menu) says what."

LOGGER = logging.getLogger(__name__)


class Background:
    """Does pieces of work in the order given, and answers in that order on the loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="patina-files")
        self._closed = False
        self._unanswered: deque[tuple[Future[Any], Callable[[Any], None], Failure]] = deque()

    @property
    def closed(self) -> bool:
        """Whether the thread has ended."""
        return self._closed

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: Failure) -> None:
        """Start ``work``; later call ``done`` with its result, or ``failed`` with what the user should read."""
        future = self._executor.submit(work)
        self._unanswered.append((future, done, failed))
        future.add_done_callback(lambda _future: self._ring())

    def drain(self) -> None:
        """Wait for all work, also what the answers start, and give the answers now: for the end of the loop."""
        while self._unanswered:
            self._unanswered[0][0].exception()
            self._answer_one()

    def close(self) -> None:
        """Finish all work that was given, then end the thread; nothing is answered any more."""
        self._executor.shutdown(wait=True)
        self._unanswered.clear()
        self._closed = True

    def _ring(self) -> None:
        """Take the end of a piece of work, on its thread, to the loop's."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._answer)

    def _answer(self) -> None:
        if self._unanswered and self._unanswered[0][0].done():
            self._answer_one()

    def _answer_one(self) -> None:
        future, done, failed = self._unanswered.popleft()
        error = future.exception()
        if error is None:
            done(future.result())
        elif isinstance(error, UserError):
            failed(error)
        else:
            LOGGER.error("Work on a file failed", exc_info=error)
            failed(UserError(BUG))
