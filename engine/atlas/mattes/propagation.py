"""Carrying an object's mattes from the frames where they are given through a whole clip."""

from collections.abc import Generator, Mapping, Sequence

import cv2
import numpy as np

from engine.atlas.finishing import finish
from engine.atlas.mattes.carrying import Key, carry, first
from engine.atlas.mattes.motions import Motions
from engine.atlas.mattes.revision import revising
from engine.atlas.motion.flow import Flows
from engine.errors import UserError

CARRYING = 0.5  # of the work; the rest is revising


def propagate(frames: Sequence[np.ndarray], flows: Flows, keys: Mapping[int, np.ndarray]) -> np.ndarray:
    """Return the mattes (T, H, W) uint8 of one object, from those of some frames; see `propagating`."""
    return finish(propagating(frames, flows, keys))


def propagating(
    frames: Sequence[np.ndarray], flows: Flows, keys: Mapping[int, np.ndarray]
) -> Generator[float, None, np.ndarray]:
    """Return the mattes (T, H, W) uint8, 0..255, of one object; yields the share that is done.

    ``frames`` are RGB (H, W, 3) uint8. ``keys`` holds mattes (H, W), uint8 or float in 0..1, by the index of their
    frame; an empty one says that the object is not to be seen there. Between two keys what is carried from both is
    blended. Raises UserError where no key shows anything.
    """
    known = {index: _as_share(matte) for index, matte in sorted(keys.items())}
    if not any((matte > 0.5).any() for matte in known.values()):
        raise UserError("The mask shows nothing; paint over the object, or load another mask.")
    count, size = len(frames), flows.size
    sums, weights = np.zeros((count, *size), np.float32), np.zeros(count, np.float32)
    by_key = {index: Key(cv2.cvtColor(frames[index], cv2.COLOR_RGB2Lab), matte) for index, matte in known.items()}
    done, legs, motions = 0, _legs(list(known), count), Motions(count)
    total = sum(abs(stop - start) for start, stop, _ in legs) or 1
    for start, stop, reach in legs:
        here, way = first(flows, start, known[start]), 1 if stop > start else -1
        for there in range(start + way, stop + way, way):
            here = carry(flows, by_key[start], here, there, begun=abs(there - start) > 1)
            motions.note(there - way, there, here.step, here.ground)
            weight = 1 - abs(there - start) / reach if reach else 1.0
            sums[there] += weight * here.matte
            weights[there] += weight
            done += 1
            yield CARRYING * done / total
    for index, matte in known.items():
        sums[index], weights[index] = matte, 1
    mattes = np.empty((count, *size), np.uint8)
    for index in range(count):
        mattes[index] = np.rint(np.clip(sums[index] / max(weights[index], 1e-6), 0, 1) * 255)
    for share in revising(frames, mattes, motions, by_key):
        yield CARRYING + (1 - CARRYING) * share
    return mattes


def _legs(keys: Sequence[int], count: int) -> list[tuple[int, int, int]]:
    """Return (first, last, reach) of each way from a key; ``reach`` is the distance to the next key, 0 without one."""
    legs = []
    for place, key in enumerate(keys):
        after = keys[place + 1] if place + 1 < len(keys) else None
        before = keys[place - 1] if place else None
        legs.append((key, count - 1, 0) if after is None else (key, after - 1, after - key))
        legs.append((key, 0, 0) if before is None else (key, before + 1, key - before))
    return [leg for leg in legs if leg[0] != leg[1]]


def _as_share(matte: np.ndarray) -> np.ndarray:
    return matte.astype(np.float32) / (255 if matte.dtype == np.uint8 else 1)
