"""A clip that several threads read, one at a time; what was read last stays in memory."""

from fractions import Fraction
from pathlib import Path
from threading import Lock

import numpy as np

from engine.media.clip_info import ClipInfo
from engine.media.clips import open_clip
from engine.media.frame_cache import FrameCache
from engine.media.proxies import proxy

KEPT_BYTES = 256 * 2**20


class ClipClosedError(Exception):
    """The clip was closed while somebody still waited to read it."""


class SharedClip:
    """An open clip. What it gives is shared: it must not be changed."""

    def __init__(self, path: Path, rate: Fraction | None = None) -> None:
        """Open it; raises UserError as `open_clip` does."""
        self._clip = open_clip(path, rate)
        self._lock = Lock()
        self._closed = False
        self._frames = FrameCache(KEPT_BYTES)
        self.info: ClipInfo = self._clip.info

    def frame(self, number: int) -> np.ndarray:
        """Return the frame of that number, (H, W, 3) uint8 or uint16; raises ClipClosedError or what `read` raises."""
        return self._frames.get_or_read(number, lambda: self._read(number))

    def proxy(self, number: int, size: tuple[int, int]) -> np.ndarray:
        """Return the frame at a (width, height) that is not larger, uint8; raises as `frame` does."""

        def read() -> np.ndarray:
            whole = self._frames.get(number)
            return proxy(self._read(number) if whole is None else whole, size)

        return self._frames.get_or_read((number, size), read)

    def damaged(self) -> tuple[int, ...]:
        """Return the numbers of the frames, of those read so far, whose predecessor stands in for them."""
        return tuple(self.info.number(index) for index in self._clip.damaged)

    def close(self) -> None:
        """Release the file, once nobody reads it."""
        with self._lock:
            self._closed = True
            self._clip.close()

    def _read(self, number: int) -> np.ndarray:
        with self._lock:
            if self._closed:
                raise ClipClosedError
            return self._clip.read(self.info.index(number))
