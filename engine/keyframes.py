"""Keyframes: values in 0..1 at some frame numbers, linear in between, held before the first and after the last.

Keys are pairs (frame number, value), ascending by number; all functions are pure.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable

Keys = tuple[tuple[int, float], ...]


def sorted_keys(given: Iterable[tuple[int, float]]) -> Keys:
    """Return keys in order; raises ValueError for two at one frame, and for values outside 0..1."""
    keys = tuple(sorted((int(number), float(value)) for number, value in given))
    if len({number for number, _ in keys}) < len(keys):
        raise ValueError("two keyframes lie on one frame")
    if odd := [value for _, value in keys if not (math.isfinite(value) and 0 <= value <= 1)]:
        raise ValueError(f"the keyframe's value {odd[0]} is not in 0..1")
    return keys


def value_at(keys: Keys, number: int) -> float:
    """Return the value at a frame; ValueError where there are no keys."""
    if not keys:
        raise ValueError("there are no keyframes")
    place = bisect_right([each for each, _ in keys], number)
    if place == 0:
        return keys[0][1]
    before, low = keys[place - 1]
    if place == len(keys):
        return low
    after, high = keys[place]
    return low + (high - low) * (number - before) / (after - before)


def with_key(keys: Keys, number: int, value: float) -> Keys:
    """Return the keys with one more, in the place of one that lies on the same frame."""
    return sorted_keys([*without_key(keys, number), (number, value)])


def without_key(keys: Keys, number: int) -> Keys:
    """Return the keys without the one on a frame; the same where there is none."""
    return tuple(key for key in keys if key[0] != number)


def moved_key(keys: Keys, number: int, to: int) -> Keys:
    """Return the keys with the one on frame ``number`` on ``to``, where it takes the place of another.

    KeyError where there is none.
    """
    value = dict(keys)[number]
    return with_key(without_key(keys, number), to, value)
