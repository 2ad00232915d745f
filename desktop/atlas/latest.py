"""Work off the window's thread of which only the newest matters: what was asked for before is dropped."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any

from engine.errors import UserError

LOGGER = logging.getLogger(__name__)

Work = Callable[[], Any]
Answer = Callable[[Any], None]


class Latest:
    """One thread. Of each kind of work, at most one piece waits for it; a newer one takes its place.

    An answer is given on the loop's thread, and only where nothing of its kind was asked for since.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, name: str) -> None:
        self._loop = loop
        self._changed = Condition()
        self._waiting: dict[str, _Task] = {}
        self._newest: dict[str, int] = {}
        self._closed = False
        self._thread = Thread(target=self._serve, name=f"patina-{name}", daemon=True)
        self._thread.start()

    def ask(self, kind: str, work: Work, answer: Answer) -> None:
        """Do ``work`` soon, and hand its result to ``answer`` unless more of its kind is asked for until then."""
        with self._changed:
            number = self._newest[kind] = self._newest.get(kind, 0) + 1
            self._waiting.pop(kind, None)  # the newest waits at the end: no kind keeps the others from their turn
            self._waiting[kind] = _Task(kind, number, work, answer)
            self._changed.notify()

    def forget(self, kind: str) -> None:
        """Drop what was asked for; its answer will not come."""
        with self._changed:
            self._newest[kind] = self._newest.get(kind, 0) + 1
            self._waiting.pop(kind, None)

    def close(self) -> None:
        """End the thread after its present work."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _serve(self) -> None:
        while (task := self._next()) is not None:
            try:
                result = task.work()
            except UserError as error:
                LOGGER.warning("%s", error)
            except Exception:
                LOGGER.exception("Work for the viewer failed")
            else:
                if not self._loop.is_closed():
                    self._loop.call_soon_threadsafe(self._give, task, result)

    def _next(self) -> "_Task | None":
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._waiting))
            return None if self._closed else self._waiting.pop(next(iter(self._waiting)))

    def _give(self, task: "_Task", result: object) -> None:
        if task.number == self._newest[task.kind] and not self._closed:
            task.answer(result)


@dataclass(frozen=True)
class _Task:
    kind: str
    number: int
    work: Work
    answer: Answer
