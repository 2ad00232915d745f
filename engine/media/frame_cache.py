"""Frames kept in memory up to a number of bytes; those longest unused go first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

import numpy as np


class FrameCache:
    """Arrays by key, for any number of threads. What is given out is shared: it must not be changed."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._frames: OrderedDict[Hashable, np.ndarray] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """How much memory the frames take."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._frames)

    def __contains__(self, key: Hashable) -> bool:
        """Return whether a frame is kept, without making it count as used."""
        with self._lock:
            return key in self._frames

    def get(self, key: Hashable) -> np.ndarray | None:
        """Return a frame and count it as used last, or None where it is not kept."""
        with self._lock:
            if key not in self._frames:
                return None
            self._frames.move_to_end(key)
            return self._frames[key]

    def put(self, key: Hashable, frame: np.ndarray) -> None:
        """Keep a frame, in the place of one of the same key; one larger than the whole cache is not kept."""
        frame.flags.writeable = False
        with self._lock:
            self._drop(key)
            if frame.nbytes > self.max_bytes:
                return
            self._frames[key] = frame
            self._bytes += frame.nbytes
            while self._bytes > self.max_bytes:
                self._drop(next(iter(self._frames)))

    def get_or_read(self, key: Hashable, read: Callable[[], np.ndarray]) -> np.ndarray:
        """Return a frame, read and kept first where it is not; ``read`` runs outside the lock."""
        frame = self.get(key)
        if frame is None:
            frame = read()
            self.put(key, frame)
        return frame

    def discard(self, unwanted: Callable[[Hashable], bool]) -> None:
        """Drop the frames whose keys are ``unwanted``, for instance those of a clip that was closed."""
        with self._lock:
            for key in [key for key in self._frames if unwanted(key)]:
                self._drop(key)

    def clear(self) -> None:
        """Drop all frames."""
        self.discard(lambda _: True)

    def _drop(self, key: Hashable) -> None:
        frame = self._frames.pop(key, None)
        if frame is not None:
            self._bytes -= frame.nbytes
