"""The cache of frames: bounded, least recently used first out, shared between threads."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.media.frame_cache import FrameCache


def frame(size: int = 100, value: int = 0) -> np.ndarray:
    return np.full(size, value, np.uint8)


def test_the_frame_longest_unused_goes_first() -> None:
    cache = FrameCache(300)
    for key in "abc":
        cache.put(key, frame())
    assert cache.get("a") is not None
    cache.put("d", frame())
    assert [key in cache for key in "abcd"] == [True, False, True, True]


def test_looking_whether_a_frame_is_kept_does_not_use_it() -> None:
    cache = FrameCache(200)
    cache.put("a", frame())
    cache.put("b", frame())
    assert "a" in cache
    cache.put("c", frame())
    assert "a" not in cache


def test_a_frame_larger_than_the_cache_is_not_kept_and_pushes_nothing_out() -> None:
    cache = FrameCache(300)
    cache.put("a", frame())
    cache.put("b", frame(301))
    assert len(cache) == 1
    assert cache.get("b") is None


def test_a_new_frame_takes_the_place_of_the_old_one_of_its_key() -> None:
    cache = FrameCache(300)
    cache.put("a", frame(100, 1))
    cache.put("a", frame(200, 2))
    assert (len(cache), cache.bytes) == (1, 200)
    assert np.array_equal(cache.get("a"), frame(200, 2))


def test_frames_are_read_once_and_cannot_be_changed() -> None:
    cache = FrameCache(300)
    reads = []

    def read() -> np.ndarray:
        reads.append(1)
        return frame()

    kept = cache.get_or_read("a", read)
    assert cache.get_or_read("a", read) is kept
    assert len(reads) == 1
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 1


def test_a_clips_frames_can_be_dropped_together() -> None:
    cache = FrameCache(1000)
    for key in (("one", 0), ("one", 1), ("two", 0)):
        cache.put(key, frame())
    cache.discard(lambda key: key[0] == "one")
    assert (len(cache), cache.bytes, ("two", 0) in cache) == (1, 100, True)
    cache.clear()
    assert (len(cache), cache.bytes) == (0, 0)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 120)), max_size=40))
def test_the_bytes_counted_are_those_kept_and_never_too_many(puts: list[tuple[int, int]]) -> None:
    cache = FrameCache(250)
    for key, size in puts:
        cache.put(key, frame(size))
        kept = [cache.get(key) for key in range(6)]
        assert cache.bytes == sum(each.nbytes for each in kept if each is not None) <= 250


def test_threads_share_a_cache() -> None:
    cache = FrameCache(1000)

    def work(seed: int) -> bool:
        keys = np.random.default_rng(seed).integers(0, 30, 500)
        return all(cache.get_or_read(int(key), lambda key=key: frame(100, key))[0] == key for key in keys)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))
    assert cache.bytes == 100 * len(cache) <= 1000
