"""One thread of the window's own for reading and writing files, so that it never freezes."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from engine.errors import UserError

T = TypeVar("T")
Failure = Callable[[UserError], None]

BUG = "Something went wrong inside Patina; the log (see the Help menu) says what."

LOGGER = logging.getLogger(__name__)


class Background:
    """Does pieces of work in the order given, and answers on the loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="patina-files")
        self._closed = False

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: Failure) -> Future[T]:
        """Start ``work``; later call ``done`` with its result, or ``failed`` with what the user should read.

        The future is for callers that must wait, for instance while the window closes.
        """
        future = self._executor.submit(work)
        future.add_done_callback(partial(self._hand_over, done, failed))
        return future

    def close(self) -> None:
        """Finish all work that was given, then end the thread; answers not yet delivered are dropped."""
        self._executor.shutdown(wait=True)
        self._closed = True

    def _hand_over(self, done: Callable[[T], None], failed: Failure, future: Future[T]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliver, done, failed, future)

    def _deliver(self, done: Callable[[T], None], failed: Failure, future: Future[T]) -> None:
        if self._closed:
            return
        error = future.exception()
        if error is None:
            done(future.result())
        elif isinstance(error, UserError):
            failed(error)
        else:
            LOGGER.error("Work on a file failed", exc_info=error)
            failed(UserError(BUG))
