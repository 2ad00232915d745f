"""From a subject word to a clip's mattes: looked for in a few frames, judged by how it moves, and carried on."""

from collections.abc import Generator, Sequence

import cv2
import numpy as np

from engine.atlas.finishing import finish
from engine.atlas.mattes.layer_motion import layer_evidence
from engine.atlas.mattes.propagation import propagating
from engine.atlas.mattes.window import Window
from engine.atlas.motion.flow import Flows, grid
from engine.atlas.motion.links import transformed
from engine.errors import UserError
from engine.guidance.guide import Guide
from engine.guidance.matte import find_matte

LOOKED_AT = 4  # frames in which the subject is looked for
LOOKING = 0.4  # of the work
MOVING, STILL = 1.5, 4.0  # pixels, and medians of the frame, by which a subject must move to be told by that
NEAR = 0.03  # of the larger side: how far the subject may reach beyond what the guide found
CORE = 9  # pixels
SURELY_BEHIND = 0.5
NEARLY = 0.9  # of the best agreement
RECALL = 0.25  # what it counts that all that moves is found, against that nothing else is
ROUNDS = 5
GRID, REPROJECTION = 12, 1.5  # pixels


def subject_mattes(
    frames: Sequence[np.ndarray], flows: Flows, guide: Guide, text: str, device: str = "cpu"
) -> np.ndarray:
    """Return the mattes (T, H, W) uint8 of the subject that ``text`` names; see `finding_subject`."""
    return finish(finding_subject(frames, flows, guide, text, device))


def finding_subject(
    frames: Sequence[np.ndarray], flows: Flows, guide: Guide, text: str, device: str = "cpu"
) -> Generator[float, None, np.ndarray]:
    """Return the mattes (T, H, W) uint8, 0..255, of the subject that ``text`` names; yields the share that is done.

    ``frames`` are RGB (H, W, 3) uint8. What the guide sees and what moves must agree best in the frame from which the
    matte is carried on. Raises UserError where the guide does not know the subject, or finds it in no frame.
    """
    indices = sorted({round((place + 0.5) / LOOKED_AT * (len(frames) - 1)) for place in range(LOOKED_AT)})
    candidates: list[tuple[float, int, np.ndarray]] = []
    refusal: UserError | None = None
    for place, index in enumerate(indices):
        try:
            matte = find_matte(guide, frames[index].astype(np.float32) / 255, text, device)
        except UserError as error:
            refusal = error
        else:
            agreement, refined = _judged(flows, index, matte > 0.5)
            if refined.any():
                candidates.append((agreement, index, refined))
        yield LOOKING * (place + 1) / len(indices)
    if not candidates:
        raise refusal or UserError(f"“{text}” was not found in the clip; name another subject or paint a mask.")
    _, key, matte = _best(candidates)
    carrying = propagating(frames, flows, {key: matte.astype(np.float32)})
    while True:
        try:
            share = next(carrying)
        except StopIteration as stop:
            return stop.value
        yield LOOKING + (1 - LOOKING) * share


def _best(candidates: Sequence[tuple[float, int, np.ndarray]]) -> tuple[float, int, np.ndarray]:
    """Return the candidate to carry on: of those that agree nearly best the smallest.

    What a guide gets wrong it mostly takes in too much, and the subject's own reflection moves with it.
    """
    enough = NEARLY * max(agreement for agreement, _, _ in candidates)
    return min((each for each in candidates if each[0] >= enough), key=lambda each: int(each[2].sum()))


def _judged(flows: Flows, index: int, matte: np.ndarray) -> tuple[float, np.ndarray]:
    """Return how well the matte agrees with what moves, 0..1, and the matte cut out anew by both."""
    moving = own_motion(flows, index)
    if not matte.any():
        return 0.0, matte
    typical = float(np.median(moving[matte]))
    if typical < MOVING or typical < STILL * float(np.median(moving)):
        return 0.0, matte  # it stands still, or the camera's motion is not known
    near = cv2.dilate(matte.astype(np.uint8), np.ones((2 * round(NEAR * max(matte.shape)) + 1,) * 2, np.uint8)) > 0
    told = _filled(near & (moving > typical / 2))  # a plain surface shows no motion in its middle
    found = (told & matte).sum()
    # Shadows and reflections move along, so that a matte which leaves some of what moves out is no worse for it.
    agreement = found / matte.sum() * (found / max(told.sum(), 1)) ** RECALL
    behind = _motion_evidence(flows, index, told & matte) < -SURELY_BEHIND
    return float(agreement), _cut_out(flows.frames[index], told & matte & ~behind, told)


def _filled(region: np.ndarray) -> np.ndarray:
    """Return the region with its holes, (H, W) booleans."""
    outlines, _ = cv2.findContours(region.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros(region.shape, np.uint8), outlines, -1, 1, cv2.FILLED) > 0


def _motion_evidence(flows: Flows, index: int, matte: np.ndarray) -> np.ndarray:
    neighbours = [other for other in (index - 1, index + 1) if 0 <= other < len(flows)]
    others = [(flows.frames[other].astype(np.float32), flows.between(index, other)) for other in neighbours]
    everything = Window(0, 0, *flows.size)
    return layer_evidence(everything, flows.frames[index].astype(np.float32), others, matte.astype(np.float32))


def own_motion(flows: Flows, index: int) -> np.ndarray:
    """Return how far each pixel of a frame moves against the camera's motion, (H, W) pixels, in one frame.

    To the frame before or after, whichever is less: what is uncovered or hidden seems to move in one of them only.
    """
    neighbours = [other for other in (index - 1, index + 1) if 0 <= other < len(flows)]
    found = [_against_camera(flows.between(index, other)) for other in neighbours]
    return np.min(found, 0) if found else np.zeros(flows.size, np.float32)


def _against_camera(flow: np.ndarray) -> np.ndarray:
    places = grid(*flow.shape[:2])
    starts = places[::GRID, ::GRID].reshape(-1, 2)
    cv2.setRNGSeed(0)
    camera, _ = cv2.findHomography(starts, starts + flow[::GRID, ::GRID].reshape(-1, 2), cv2.RANSAC, REPROJECTION)
    if camera is None:
        return np.zeros(flow.shape[:2], np.float32)
    return np.linalg.norm(places + flow - transformed(camera, places), axis=-1).astype(np.float32)


def _cut_out(frame: np.ndarray, likely: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return (H, W) booleans by GrabCut (Rother et al., SIGGRAPH 2004) from what is ``likely``, not beyond ``near``."""
    core = cv2.erode(likely.astype(np.uint8), np.ones((CORE, CORE), np.uint8)) > 0
    if not core.any() or near.all():
        return likely
    labels = np.full(likely.shape, cv2.GC_BGD, np.uint8)
    labels[near] = cv2.GC_PR_BGD
    labels[likely] = cv2.GC_PR_FGD
    labels[core] = cv2.GC_FGD
    cv2.setRNGSeed(0)  # its colour clusters start at random; the same clip must give the same mattes
    bgr = np.ascontiguousarray(frame[..., ::-1])
    cv2.grabCut(bgr, labels, (0, 0, 0, 0), np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK)
    cut = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    return _pieces_with(cut, core)


def _pieces_with(cut: np.ndarray, core: np.ndarray) -> np.ndarray:
    """Return the pieces of ``cut`` that hold some of the ``core``."""
    _, pieces = cv2.connectedComponents(cut.astype(np.uint8))
    return cut & np.isin(pieces, np.unique(pieces[core & cut]))
