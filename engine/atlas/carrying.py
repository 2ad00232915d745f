"""Carrying an object's matte from one frame of a clip to the next."""

from dataclasses import dataclass

import cv2
import numpy as np

from engine.atlas.flow import Flows
from engine.atlas.label_colours import label_share
from engine.atlas.layer_motion import inside, layer_evidence, object_flow
from engine.atlas.motion_links import transformed
from engine.atlas.window import Window, window_about
from engine.filters import guided_enlargement

MARGIN = 24  # pixels about the object in which it may newly be seen
SOFTNESS = 2.0  # pixels by which a carried outline is doubted
SHAPE, LABEL, COLOUR, KEY_COLOUR, MOTION = 0.6, 1.0, 1.0, 0.25, 0.5  # what each kind of evidence weighs
NEAR_DOUBT, FAR_DOUBT = 0.3, 3.0  # votes
LEAST_TRUST = 0.05  # of votes from where the flow is not consistent
HIDDEN_FADING = 0.96  # a frame: how long it is remembered what another thing hides
HIDDEN = 0.45  # what is said of a place where the object may be hidden, before any evidence
POINTS = 800
REPROJECTION = 1.5  # pixels
RADIUS, SMOOTHNESS = 3, 1e-4


@dataclass(frozen=True)
class Key:
    """A frame whose matte is known: its Lab colours (H, W, 3) uint8 and the matte (H, W) float32."""

    lab: np.ndarray
    matte: np.ndarray


@dataclass(frozen=True)
class Carried:
    """An object in a frame: the ``matte`` (H, W) float32 of what is seen, and the ``whole`` with what may be hidden.

    ``step`` (3, 3) took the object here from the frame before, ``ground`` (3, 3) most of the rest.
    """

    index: int
    matte: np.ndarray
    whole: np.ndarray
    step: np.ndarray
    ground: np.ndarray


def first(index: int, matte: np.ndarray) -> Carried:
    """Return where carrying begins."""
    return Carried(index, matte, matte, np.eye(3), np.eye(3))


def carry(flows: Flows, key: Key, here: Carried, there: int, *, begun: bool) -> Carried:
    """Return the object in the neighbouring frame ``there``; ``begun`` where ``here.step`` tells its motion so far."""
    ground = _similarity(flows, here.index, there, here.matte < 0.5)
    ground = np.eye(3) if ground is None else ground
    step = _object_step(flows, here, there, ground, begun)
    shape = np.argwhere(np.maximum(here.matte, here.whole) > 0.3)[:, ::-1]
    window = window_about(transformed(step, shape), MARGIN, flows.size)
    empty = np.zeros(flows.size, np.float32)
    if window is None:
        return Carried(there, empty, empty, step, ground)
    matte, whole = _seen(flows, key, here, there, step, window)
    return Carried(there, _placed(matte, window, empty), _placed(whole, window, empty), step, ground)


def _placed(part: np.ndarray, window: Window, empty: np.ndarray) -> np.ndarray:
    full = empty.copy()
    full[window.part] = part
    return full


def _object_step(flows: Flows, here: Carried, there: int, ground: np.ndarray, begun: bool) -> np.ndarray:
    """Return how the object gets there: as the flow says or, where that fits the pictures better, as it did before."""
    core = inside(here.matte, flows.consistent(here.index, there))
    measured = _similarity(flows, here.index, there, core)
    before = ground @ np.linalg.inv(here.ground) @ here.step if begun else ground
    if measured is None:
        return before
    points = _drawn(here.matte > 0.5)
    misfits = [_misfit(flows, here.index, there, step, points) for step in (measured, before)]
    return measured if misfits[0] <= misfits[1] else before


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


def _misfit(flows: Flows, a: int, b: int, step: np.ndarray, points: np.ndarray) -> float:
    """Return the median difference of the points' colours in a and, where ``step`` takes them, in b."""
    ends = transformed(step, points).astype(np.float32)[None]
    x, y = cv2.split(ends)
    found = cv2.remap(flows.frames[b], x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)[0]
    wanted = flows.frames[a][points[:, 1], points[:, 0]]
    return float(np.median(np.abs(found.astype(np.float32) - wanted).mean(-1)))


def _seen(
    flows: Flows, key: Key, here: Carried, there: int, step: np.ndarray, window: Window
) -> tuple[np.ndarray, np.ndarray]:
    """Return what is seen of the object in the window, and it with what may be hidden, (h, w) each."""
    flow = flows.between(there, here.index)[window.part]
    agreed = flows.consistent(there, here.index)[window.part]
    rigid = (transformed(np.linalg.inv(step), window.places) - window.places).astype(np.float32)
    labelled = window.looked_up(here.matte, flow)
    moved = object_flow(flow, rigid, inside(labelled, agreed))
    shape, whole = (window.looked_up(matte, moved) for matte in (here.matte, here.whole))
    likely = np.maximum(_soft(shape), HIDDEN * np.minimum(1, 2 * _soft(whole)))
    lab = _lab(flows.frames[there][window.part])
    before = window.looked_up(_lab(flows.frames[here.index]), flow)
    trust = np.maximum(agreed, LEAST_TRUST).astype(np.float32)
    evidence = SHAPE * _logit(likely)
    evidence += LABEL * _logit(_soft(labelled, 1.0)) * agreed
    evidence += COLOUR * _logit(label_share(before, labelled, trust, lab, NEAR_DOUBT))
    everywhere = np.ones(key.matte.shape, np.float32)
    evidence += KEY_COLOUR * _logit(label_share(key.lab, key.matte, everywhere, lab, FAR_DOUBT, local=False))
    evidence += MOTION * _motion_evidence(flows, there, window, shape)
    picture = flows.frames[there][window.part].astype(np.float32) / 255
    share = (1 / (1 + np.exp(-evidence))).astype(np.float32)
    smooth = guided_enlargement(share, picture, picture, RADIUS, SMOOTHNESS)
    matte = np.clip((smooth - 0.2) / 0.6, 0, 1).astype(np.float32)
    return matte, np.maximum(matte, HIDDEN_FADING * whole)


def _motion_evidence(flows: Flows, index: int, window: Window, matte: np.ndarray) -> np.ndarray:
    neighbours = [other for other in (index - 1, index + 1) if 0 <= other < len(flows)]
    others = [(flows.frames[other].astype(np.float32), flows.between(index, other)) for other in neighbours]
    return layer_evidence(window, flows.frames[index].astype(np.float32), others, matte)


def _lab(frame: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(frame, cv2.COLOR_RGB2Lab)


def _soft(matte: np.ndarray, softness: float = SOFTNESS) -> np.ndarray:
    return cv2.GaussianBlur(matte, (0, 0), softness)


def _logit(share: np.ndarray) -> np.ndarray:
    share = np.clip(share, 0.01, 0.99)
    return np.log(share / (1 - share))
