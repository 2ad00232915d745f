"""Proxies: small, square-pixelled, eight bits, read once."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.media.clip_info import ClipInfo
from engine.media.frame_cache import FrameCache
from engine.media.proxies import Proxies, proxy, proxy_key, proxy_size


def info(width: int, height: int, pixel_aspect: Fraction = Fraction(1)) -> ClipInfo:
    return ClipInfo(Path("clip"), width, height, 5, Fraction(24), pixel_aspect=pixel_aspect)


class Counted:
    """A clip in memory that counts its reads."""

    damaged = ()

    def __init__(self, width: int, height: int) -> None:
        self.info = info(width, height)
        self.reads: list[int] = []

    def read(self, index: int) -> np.ndarray:
        self.reads.append(index)
        return np.full((self.info.height, self.info.width, 3), 40 * index, np.uint8)


@pytest.mark.parametrize(
    ("clip", "size"),
    [
        (info(1920, 1080), (960, 540)),
        (info(1080, 1920), (540, 960)),
        (info(854, 480), (854, 480)),
        (info(1440, 1080, Fraction(4, 3)), (960, 540)),
        (info(720, 576, Fraction(8, 9)), (720, 648)),
        (info(20000, 10), (960, 1)),
    ],
)
def test_sizes_are_square_pixelled_and_bounded(clip: ClipInfo, size: tuple[int, int]) -> None:
    assert proxy_size(clip) == size


def test_deep_frames_become_shallow() -> None:
    deep = np.zeros((4, 6, 3), np.uint16)
    deep[:, 3:] = 65535
    assert np.array_equal(proxy(deep, (2, 1))[0, :, 0], [0, 255])


def test_a_frame_of_the_right_size_is_passed_on() -> None:
    frame = np.zeros((4, 6, 3), np.uint8)
    assert proxy(frame, (6, 4)) is frame


def test_a_proxy_is_read_once_and_found_by_other_threads() -> None:
    clip, cache = Counted(1000, 500), FrameCache(10_000_000)
    proxies = Proxies(clip, cache, side=100)
    assert proxies.size == (100, 50)
    first = proxies.read(2)
    assert proxies.read(2) is first
    assert (clip.reads, first.shape, int(first[0, 0, 0])) == ([2], (50, 100, 3), 80)
    assert cache.get(proxy_key(Path("clip"), (100, 50), 2)) is first
