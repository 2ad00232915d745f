"""Revising carried mattes, once they reach through the clip, by what distant frames show.

Carrying goes from frame to frame and forgets: what another thing hid, and what was taken for the object since the
ground behind it looks alike. Some frames away the object stands before other ground, so that each place is explained
either by what moves with the object or by what stands behind it.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from engine.atlas.mattes.carrying import Key
from engine.atlas.mattes.distant_frames import UNSEEN, Explaining, typical
from engine.atlas.mattes.evidence import evidence_of, matte_from, soft
from engine.atlas.mattes.label_colours import label_share
from engine.atlas.mattes.layer_motion import evidence_between, inside, outside
from engine.atlas.mattes.motions import Motions
from engine.atlas.mattes.window import Window, window_about
from engine.atlas.motion.links import transformed

DISTANCES = (3, 6, 12)  # frames, before and after
MARGIN = 24  # pixels about the object in which it may newly be seen
CARRIED, LABEL, KEY_COLOUR, BEHIND, OWN = 0.5, 1.0, 0.25, 1.5, 1.0  # what each kind of evidence weighs
ALIKE, FITTING_GROUND = 10.0, 15.0  # levels
DOUBT, COLOUR_DOUBT = 0.3, 3.0  # votes
NOT_YET_REVISED = 0.25  # of a vote
SEEN = 127  # of 255
COVER = np.ones((7, 7), np.uint8)


def revising(
    frames: Sequence[np.ndarray], mattes: np.ndarray, motions: Motions, keys: Mapping[int, Key]
) -> Generator[float, None, None]:
    """Revise ``mattes`` (T, H, W) uint8 in place, from the frames of the ``keys`` outwards; yield the share done."""
    trust = np.full(len(frames), NOT_YET_REVISED)
    trust[list(keys)] = 1
    revision, order = _Revision(Explaining(frames), frames, mattes, motions, trust), _outwards(len(frames), keys)
    for done, index in enumerate(order, 1):
        revision.revise(index, keys[min(keys, key=lambda known: abs(known - index))])
        yield done / len(order)


def _outwards(count: int, keys: Iterable[int]) -> list[int]:
    """Return all frames but the keys', the nearest to a key first."""
    away = {index: min(abs(index - key) for key in keys) for index in range(count)}
    return sorted((index for index in range(count) if away[index]), key=lambda index: (away[index], index))


@dataclass(frozen=True)
class _Revision:
    """A clip whose ``mattes`` (T, H, W) uint8 are revised; ``trust`` (T,) is how far each may be believed so far."""

    explaining: Explaining
    frames: Sequence[np.ndarray]
    mattes: np.ndarray
    motions: Motions
    trust: np.ndarray

    def revise(self, index: int, key: Key) -> None:
        """Revise the matte of a frame, whose nearest key is ``key``."""
        self.trust[index] = 1
        others = [index + way * away for away in DISTANCES for way in (-1, 1)]
        others = [other for other in others if 0 <= other < len(self.frames)]
        window = self._window(index, others)
        if window is None or not others:
            return
        carried, picture = self.mattes[index][window.part].astype(np.float32) / 255, self.frames[index][window.part]
        labels, told = self._by_motion(index, others, window, carried)
        lab, everywhere = cv2.cvtColor(picture, cv2.COLOR_RGB2Lab), np.ones(key.matte.shape, np.float32)
        colours = label_share(key.lab, key.matte, everywhere, lab, COLOUR_DOUBT, local=False)
        evidence = (
            CARRIED * evidence_of(soft(carried)) + LABEL * evidence_of(labels) + KEY_COLOUR * evidence_of(colours)
        )
        # Shadows and reflections move with the object, too: its motion speaks only for what was known as the object.
        evidence += BEHIND * np.minimum(told, 0) + OWN * np.maximum(told, 0) * np.minimum(2 * labels, 1)
        self.mattes[index] = 0
        self.mattes[index][window.part] = np.rint(matte_from(evidence, picture) * 255)

    def _window(self, index: int, others: Sequence[int]) -> Window | None:
        """Return the window about the object, and about where it should be by its mattes in other frames."""
        points = [np.argwhere(self.mattes[index] > SEEN)[:, ::-1]]
        for other in others:
            shown = np.argwhere(self.mattes[other] > SEEN)[::4, ::-1]
            points.append(transformed(self.motions.of_object(other, index), shown))
        return window_about(np.concatenate(points), MARGIN, self.mattes.shape[1:])

    def _by_motion(
        self, index: int, others: Sequence[int], window: Window, carried: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the label share (h, w) of what moves with the object, and evidence that its motion is the object's."""
        core, around = inside(carried, np.ones(carried.shape, bool)), outside(carried)
        votes, weights = 0.5 * DOUBT, DOUBT
        own_errors, ground_errors = [], []
        for other in others:
            own = self.explaining(window, index, other, self.motions.of_object(index, other), core)
            weight = self.trust[other] * np.where(own.error < UNSEEN, np.exp(-((own.error / ALIKE) ** 2)), 0)
            votes, weights = votes + weight * own.looked_up(self.mattes[other]) / 255, weights + weight
            own_errors.append(own.error)
            ground = self.explaining(window, index, other, self.motions.of_ground(index, other), around)
            # The object itself, where it stands in the other frame, is no ground.
            object_there = ground.looked_up(cv2.dilate((self.mattes[other] > SEEN).astype(np.uint8), COVER)) > 0
            ground_errors.append(np.where(object_there, np.float32(UNSEEN), ground.error))
        own_error, ground_error = typical(own_errors), typical(ground_errors)
        known = (own_error < UNSEEN) & (ground_error < UNSEEN)
        told = np.where(known, evidence_between(own_error, ground_error), 0)
        # An object that turns or bends fits its rough motion badly; that makes no ground of it unless the ground fits.
        told *= np.where(told < 0, np.exp(-((ground_error / FITTING_GROUND) ** 2)), 1)
        return np.asarray(votes / weights, np.float32), told
