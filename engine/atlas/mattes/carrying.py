"""Carrying an object's matte from one frame of a clip to the next."""

from dataclasses import dataclass

import cv2
import numpy as np

from engine.atlas.mattes.channels import channel_mean, lengths
from engine.atlas.mattes.evidence import evidence_of, matte_from, soft
from engine.atlas.mattes.label_colours import label_share
from engine.atlas.mattes.layer_motion import inside, layer_evidence, object_flow
from engine.atlas.mattes.window import Window, window_about
from engine.atlas.motion.flow import Flows, warp
from engine.atlas.motion.links import transformed

MARGIN = 24  # pixels about the object in which it may newly be seen
SHAPE, LABEL, COLOUR, KEY_COLOUR, MOTION = 0.6, 1.0, 1.0, 0.25, 0.5  # what each kind of evidence weighs
NEAR_DOUBT, FAR_DOUBT = 0.3, 3.0  # votes
LEAST_TRUST = 0.05  # of votes from where the flow is not consistent
HIDDEN_FADING = 0.96  # a frame: how long it is remembered what another thing hides
NOTABLY_HIDDEN = 0.1  # of what is seen
HIDDEN_DISTRUST = 0.9  # of labels where the object may have been hidden
BRIGHTNESS_SPARED = 0.5
RIM = 7  # pixels
HIDDEN = 0.45  # what is said of a place where the object may be hidden, before any evidence
LOOKS, ODDNESS = 8.0, 3.0
POINTS = 800
FITTING, ODD = 14.0, 40.0  # levels: a colour fits below, and is as odd as any above
FURTHEST_REST = 10.0  # pixels
SMALLEST_COMPARED = 32  # pixels that flow needs
REPROJECTION = 1.5  # pixels


@dataclass(frozen=True)
class Key:
    """A frame whose matte is known: its Lab colours (H, W, 3) uint8 and the matte (H, W) float32."""

    lab: np.ndarray
    matte: np.ndarray


@dataclass(frozen=True)
class Carried:
    """An object in a frame: the ``matte`` (H, W) float32 of what is seen, and the ``whole`` with what may be hidden.

    ``looks`` (H, W, 3) float32 is what the whole looks like, or looked when last seen, 0..255. ``step`` (3, 3) took
    the object here from the frame before, ``ground`` (3, 3) most of the rest.
    """

    index: int
    matte: np.ndarray
    whole: np.ndarray
    looks: np.ndarray
    step: np.ndarray
    ground: np.ndarray


def first(flows: Flows, index: int, matte: np.ndarray) -> Carried:
    """Return where carrying begins."""
    return Carried(index, matte, matte, flows.frames[index].astype(np.float32), np.eye(3), np.eye(3))


def carry(flows: Flows, key: Key, here: Carried, there: int, *, begun: bool) -> Carried:
    """Return the object in the neighbouring frame ``there``; ``begun`` where ``here.step`` tells its motion so far."""
    ground = _similarity(flows, here.index, there, here.matte < 0.5)
    ground = np.eye(3) if ground is None else ground
    step, steady = _object_step(flows, here, there, ground, begun)
    shape = np.argwhere(np.maximum(here.matte, here.whole) > 0.3)[:, ::-1]
    window = window_about(transformed(step, shape), MARGIN, flows.size)
    empty = np.zeros(flows.size, np.float32)
    looks = flows.frames[there].astype(np.float32)
    if window is None:
        return Carried(there, empty, empty, looks, step, ground)
    hidden = _covered(here.matte, here.whole).sum() > NOTABLY_HIDDEN * (here.matte > 0.5).sum()
    move = _registered_move if hidden or not steady else _measured_move
    moved = move(flows, here, there, step, window)
    matte, whole, looks[window.part] = _seen(flows, key, here, there, moved, window)
    return Carried(there, _placed(matte, window, empty), _placed(whole, window, empty), looks, step, ground)


def _placed(part: np.ndarray, window: Window, empty: np.ndarray) -> np.ndarray:
    full = empty.copy()
    full[window.part] = part
    return full


def _object_step(flows: Flows, here: Carried, there: int, ground: np.ndarray, begun: bool) -> tuple[np.ndarray, bool]:
    """Return how the object gets there, and whether the flow says so.

    If not, it goes on as before, against the ground, for that fits its looks better.
    """
    core = inside(here.matte, flows.consistent(here.index, there))
    measured = _similarity(flows, here.index, there, core)
    before = ground @ np.linalg.inv(here.ground) @ here.step if begun else ground
    if measured is None:
        return before, False
    points = _drawn(here.whole > 0.5)
    misfits = [_misfit(here.looks, flows.frames[there], step, points) for step in (measured, before)]
    return (measured, True) if misfits[0] <= misfits[1] else (before, False)


def _measured_move(flows: Flows, here: Carried, there: int, step: np.ndarray, window: Window) -> np.ndarray:
    """Return the flow (h, w, 2) back to where the object was, from the flow of its inside."""
    flow = flows.between(there, here.index)[window.part]
    agreed = flows.consistent(there, here.index)[window.part]
    labelled = window.looked_up(here.matte, flow)
    return object_flow(flow, _rigid(step, window), inside(labelled, agreed))


def _registered_move(flows: Flows, here: Carried, there: int, step: np.ndarray, window: Window) -> np.ndarray:
    """Return the flow (h, w, 2) back to where the object was, by comparing the frame with how it would look."""
    rigid, now = _rigid(step, window), flows.frames[there][window.part]
    whole = window.looked_up(here.whole, rigid)
    looks = np.where(whole[..., None] > 0.5, window.looked_up(here.looks, rigid), now).astype(np.uint8)
    if min(now.shape[:2]) < SMALLEST_COMPARED:
        return rigid
    rest, agreed = flows.compared(now, looks)
    fits = channel_mean(cv2.absdiff(warp(looks, rest)[0], now)) < FITTING
    near = lengths(rest) < FURTHEST_REST
    return object_flow(rigid + rest, rigid, inside(whole, agreed & fits & near))


def _rigid(step: np.ndarray, window: Window) -> np.ndarray:
    return (transformed(np.linalg.inv(step), window.places) - window.places).astype(np.float32)


def _similarity(flows: Flows, a: int, b: int, region: np.ndarray) -> np.ndarray | None:
    points = _drawn(region)
    if len(points) < 8:
        return None
    ends = points + flows.between(a, b)[points[:, 1], points[:, 0]]
    cv2.setRNGSeed(0)
    found, _ = cv2.estimateAffinePartial2D(
        points.astype(np.float64), ends.astype(np.float64), None, cv2.RANSAC, REPROJECTION
    )
    return None if found is None else np.vstack([found, [0, 0, 1]])


def _drawn(region: np.ndarray) -> np.ndarray:
    """Return at most POINTS pixels (N, 2) of the region."""
    chosen = np.flatnonzero(region)
    if len(chosen) > POINTS:
        chosen = np.random.default_rng(0).choice(chosen, POINTS, replace=False)
    return np.stack([chosen % region.shape[1], chosen // region.shape[1]], 1)


def _misfit(looks: np.ndarray, frame: np.ndarray, step: np.ndarray, points: np.ndarray) -> float:
    """Return how little the points' looks are those of where ``step`` takes them, in levels of at most ODD."""
    ends = transformed(step, points).astype(np.float32)
    x, y = cv2.split(ends[None])
    found = cv2.remap(frame, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0].astype(np.float32)
    misfits = np.minimum(np.abs(found - looks[points[:, 1], points[:, 0]]).mean(-1), ODD)
    height, width = frame.shape[:2]
    left = ((ends < 0) | (ends > (width - 1, height - 1))).any(-1)
    return float(np.where(left, FITTING, misfits).mean())


def _seen(
    flows: Flows, key: Key, here: Carried, there: int, moved: np.ndarray, window: Window
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what is seen of the object in the window, it with what may be hidden, and the looks of that."""
    flow = flows.between(there, here.index)[window.part]
    agreed = flows.consistent(there, here.index)[window.part]
    labelled = window.looked_up(here.matte, flow)
    shape, whole, looks = (window.looked_up(values, moved) for values in (here.matte, here.whole, here.looks))
    covered = _covered(shape, whole)
    likely = np.maximum(soft(shape), HIDDEN * covered)
    now = flows.frames[there][window.part]
    lab = _lab(now)
    before = window.looked_up(_lab(flows.frames[here.index]), flow)
    # Where something else hid the object, its labels say nothing of what comes out from behind it.
    heard = 1 - HIDDEN_DISTRUST * _covered(labelled, window.looked_up(here.whole, flow))
    trust = np.maximum(agreed, LEAST_TRUST) * heard
    evidence = SHAPE * evidence_of(likely)
    evidence += LABEL * evidence_of(soft(labelled, 1.0)) * agreed * heard
    evidence += COLOUR * evidence_of(label_share(before, labelled, trust, lab, NEAR_DOUBT))
    everywhere = np.ones(key.matte.shape, np.float32)
    evidence += KEY_COLOUR * evidence_of(label_share(key.lab, key.matte, everywhere, lab, FAR_DOUBT, local=False))
    evidence += MOTION * _motion_evidence(flows, there, window, shape)
    odd = soft(_oddness(looks, now))
    surely = agreed & (labelled > 0.5)  # what the flow carries from the object looks different only by its light
    familiar = np.clip((FITTING - odd) / (FITTING / 2), -1, 1)
    evidence += LOOKS * covered * familiar + ODDNESS * np.where(surely, 0, np.minimum(familiar, 0)) * (shape > 0.5)
    matte = matte_from(evidence, now)
    looks = np.where((((matte > 0.5) & ((odd < ODD) | surely)) | (whole <= 0.5))[..., None], now, looks)
    return matte, np.maximum(matte, HIDDEN_FADING * whole), looks


def _oddness(looks: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Return how far the colours lie apart (h, w), in levels; brightness, which light changes, counts less."""
    apart = looks - now
    return channel_mean(np.abs(apart - BRIGHTNESS_SPARED * channel_mean(apart)[..., None]))


def _covered(seen: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return 1 where the object is hidden, else 0, float32; thin rims are but the outline's doubts."""
    doubtful = ((whole > 0.5) & (seen < 0.5)).astype(np.uint8)
    return cv2.morphologyEx(doubtful, cv2.MORPH_OPEN, np.ones((RIM, RIM), np.uint8)).astype(np.float32)


def _motion_evidence(flows: Flows, index: int, window: Window, matte: np.ndarray) -> np.ndarray:
    neighbours = [other for other in (index - 1, index + 1) if 0 <= other < len(flows)]
    others = [(flows.frames[other].astype(np.float32), flows.between(index, other)) for other in neighbours]
    return layer_evidence(window, flows.frames[index].astype(np.float32), others, matte)


def _lab(frame: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(frame, cv2.COLOR_RGB2Lab)
