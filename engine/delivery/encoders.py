"""Writing pictures on a few threads, while the next frame is made."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

THREADS = 2
# Pictures that may wait, or be written, at a time: each holds its frame in memory.
WAITING = 3

Write = Callable[[], None]


class Encoders:
    """A context manager; where an error leaves its block, what waits is dropped and what is being written ends."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="patina-encoder")
        self._begun: deque[Future[None]] = deque()

    def write(self, write: Write) -> None:
        """Call ``write`` on some thread, soon; raises what an earlier one raised."""
        while len(self._begun) >= WAITING:
            self._begun.popleft().result()
        self._begun.append(self._pool.submit(write))

    def finish(self) -> None:
        """Wait until all is written; raises what a write raised."""
        while self._begun:
            self._begun.popleft().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
