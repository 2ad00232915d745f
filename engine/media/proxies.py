"""Proxies: small copies of frames, quick to show while a clip plays."""

from collections.abc import Hashable
from pathlib import Path

import cv2
import numpy as np

from engine.media.clip_info import ClipInfo
from engine.media.clips import Clip
from engine.media.frame_cache import FrameCache

PROXY_SIDE = 960


def proxy_size(info: ClipInfo, side: int = PROXY_SIDE) -> tuple[int, int]:
    """Return the (width, height) of a clip's proxies in square pixels: the longer at most ``side``, never enlarged."""
    aspect = float(info.pixel_aspect)
    width, height = info.width * max(aspect, 1.0), info.height / min(aspect, 1.0)
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def proxy(frame: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a frame (H, W, 3), uint8 or uint16, as a uint8 one of a (width, height) that is not larger."""
    small = frame if frame.shape[1::-1] == size else cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return small if small.dtype == np.uint8 else cv2.convertScaleAbs(small, alpha=255 / 65535)


class Proxies:
    """A clip's proxies, kept in a cache that other clips may share; for one thread at a time, as the clip is."""

    def __init__(self, clip: Clip, cache: FrameCache, side: int = PROXY_SIDE) -> None:
        self._clip = clip
        self._cache = cache
        self._file = clip.info.path
        self.size = proxy_size(clip.info, side)

    def key(self, index: int) -> Hashable:
        """Return the key of a frame's proxy in the cache."""
        return proxy_key(self._file, self.size, index)

    def read(self, index: int) -> np.ndarray:
        """Return a frame's proxy: (height, width, 3) uint8, not to be changed; raises what `Clip.read` raises."""
        return self._cache.get_or_read(self.key(index), lambda: proxy(self._clip.read(index), self.size))


def proxy_key(path: Path, size: tuple[int, int], index: int) -> Hashable:
    """Return the key under which `Proxies` keeps a frame, so that other threads can look it up."""
    return path, size, index
