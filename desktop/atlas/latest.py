"""Work off the window's thread of which only the newest matters: what was asked for before is dropped."""

import asyncio
import logging
from collections.abc import Callable
from threading import Condition, Thread
from typing import Any

from engine.errors import UserError

LOGGER = logging.getLogger(__name__)

Work = Callable[[], Any]
Answer = Callable[[Any], None]


class Latest:
    """One thread. While a piece of work runs, at most one more waits; a newer one takes its place.

    An answer is given on the loop's thread, and only where nothing was asked for since.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, name: str) -> None:
        self._loop = loop
        self._changed = Condition()
        self._waiting: tuple[int, Work, Answer] | None = None
        self._newest = 0
        self._closed = False
        self._thread = Thread(target=self._serve, name=f"patina-{name}", daemon=True)
        self._thread.start()

    def ask(self, work: Work, answer: Answer) -> None:
        """Do ``work`` next, and hand its result to ``answer`` unless something else is asked for until then."""
        with self._changed:
            self._newest += 1
            self._waiting = (self._newest, work, answer)
            self._changed.notify()

    def forget(self) -> None:
        """Drop what was asked for; its answer will not come."""
        with self._changed:
            self._newest += 1
            self._waiting = None

    def close(self) -> None:
        """End the thread after its present work."""
        self.forget()
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _serve(self) -> None:
        while (task := self._next()) is not None:
            number, work, answer = task
            try:
                result = work()
            except UserError as error:
                LOGGER.warning("%s", error)
            except Exception:
                LOGGER.exception("Work for the viewer failed")
            else:
                if not self._loop.is_closed():
                    self._loop.call_soon_threadsafe(self._give, number, answer, result)

    def _next(self) -> tuple[int, Work, Answer] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting is not None)
            task, self._waiting = self._waiting, None
            return None if self._closed else task

    def _give(self, number: int, answer: Answer, result: object) -> None:
        if number == self._newest and not self._closed:
            answer(result)
