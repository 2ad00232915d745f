"""How the camera and an object move through a clip: one transform a frame, onto a common reference.

The transforms are (T, 3, 3) float64 and take pixels (x, y) of a frame to pixels of the reference. They are similarities
first, solved over the whole clip; tilts come after, as far as they stay near. A chain of free homographies would blow
up on long pans and zooms.
"""

import itertools
from collections.abc import Sequence

import cv2
import numpy as np

from engine.atlas.motion.flow import Flows
from engine.atlas.motion.links import Link, Region, distant_link, neighbour_link, transformed
from engine.atlas.motion.solving import Model, solve

STEPS = (4, 16, 64)  # frames between distant links
MARGIN = 0.01  # of the larger side: what lies this near to an object may not be ground
LARGEST_ZOOM = 3.0  # of the reference against a frame, and the other way round


def camera_motion(frames: Sequence[np.ndarray], flows: Flows, masks: Sequence[np.ndarray] | None) -> np.ndarray:
    """Return the transforms of the ground; the reference is the middle frame.

    ``masks`` are (T, H, W), above 0.5 where objects are, None where that is not known: then the ground is what most
    of the picture does.
    """
    height, width = frames[0].shape[:2]
    around = np.ones((2 * round(MARGIN * max(height, width)) + 1,) * 2, np.uint8)
    everywhere = np.ones((height, width), bool)

    def ground(index: int) -> np.ndarray:
        if masks is None:
            return everywhere
        free = cv2.dilate(_binary(masks[index]).astype(np.uint8), around) == 0
        return free if free.any() else everywhere

    chain = [neighbour_link(flows, index, index + 1, ground) for index in range(len(frames) - 1)]
    return _motion(flows, chain, ground, len(frames) // 2, Model.HOMOGRAPHY)


def object_motion(flows: Flows, masks: Sequence[np.ndarray]) -> np.ndarray:
    """Return the transforms of the object that ``masks`` (T, H, W), above 0.5, show; affine.

    The reference is the frame that shows most of it. Where it is hidden its motion goes evenly on.
    """
    shown = [_binary(mask) for mask in masks]
    areas = np.array([mask.sum() for mask in shown])
    seen = np.flatnonzero(areas)
    if not len(seen):
        return np.tile(np.eye(3), (len(shown), 1, 1))

    def thing(index: int) -> np.ndarray:
        return shown[index]

    chain: list[Link | None] = [neighbour_link(flows, index, index + 1, thing) for index in range(len(shown) - 1)]
    bridges = _bridges(flows, chain, thing)
    found = _motion(flows, chain, thing, int(areas.argmax()), Model.AFFINE, bridges)
    held = sorted({index for link in (*chain, *bridges) if link for index in (link.a, link.b)})
    return _filled(found, held) if held else found


def _motion(
    flows: Flows,
    chain: Sequence[Link | None],
    region: Region,
    reference: int,
    model: Model,
    bridges: Sequence[Link] = (),
) -> np.ndarray:
    size = flows.size
    known = [link for link in chain if link] + list(bridges)
    start = _chained({link.b: link for link in known}, len(chain) + 1, reference)
    rough = solve(known, start, reference, Model.SIMILARITY, size)
    links = known + _distant_links(flows, rough, region)
    even = _zoom_bounded(solve(links, rough, reference, Model.SIMILARITY, size), reference, size)
    return solve(links, even, reference, model, size, bounded=True)


def _chained(links: dict[int, Link], count: int, reference: int) -> np.ndarray:
    """Return transforms (T, 3, 3) that go from link to link; ``links`` are by their second frame."""
    onto_first = np.tile(np.eye(3), (count, 1, 1))
    for index in range(1, count):
        link = links.get(index)
        onto_first[index] = onto_first[link.a] @ np.linalg.inv(link.similarity) if link else onto_first[index - 1]
    return np.linalg.inv(onto_first[reference]) @ onto_first


def _distant_links(flows: Flows, motion: np.ndarray, region: Region) -> list[Link]:
    pairs = [(a, a + step) for step in STEPS for a in range(0, len(motion) - step, max(1, step // 2))]
    found = (distant_link(flows, a, b, np.linalg.inv(motion[b]) @ motion[a], region) for a, b in pairs)
    return [link for link in found if link]


def _bridges(flows: Flows, chain: Sequence[Link | None], region: Region) -> list[Link]:
    """Return links across the frames that hide the object, guessed from its place and size where no better."""
    linked = [index for index, link in enumerate(chain) if link]
    bridges = []
    for a, b in itertools.pairwise(linked):
        if b == a + 1:
            continue
        a += 1  # the last frame of the run
        guess = _moments_guess(region(a), region(b))
        points = np.argwhere(region(a))[:, ::-1].astype(np.float64)
        corners = np.array([points.min(0), points.max(0), (points[:, 0].min(), points[:, 1].max())])
        bridges.append(
            distant_link(flows, a, b, guess, region) or Link(a, b, corners, transformed(guess, corners), guess)
        )
    return bridges


def _moments_guess(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the shift and scale (3, 3) that take one region's place and area to the other's."""
    scale = np.sqrt(second.sum() / first.sum())
    middles = [np.argwhere(region)[:, ::-1].mean(0) for region in (first, second)]
    guess = np.diag([scale, scale, 1.0])
    guess[:2, 2] = middles[1] - scale * middles[0]
    return guess


def _filled(motion: np.ndarray, held: Sequence[int]) -> np.ndarray:
    """Return ``motion`` with the frames between those ``held`` set evenly between them."""
    flat = motion.reshape(len(motion), 9)
    every = np.arange(len(motion))
    return np.stack([np.interp(every, held, flat[held, entry]) for entry in range(9)], 1).reshape(-1, 3, 3)


def _zoom_bounded(motion: np.ndarray, reference: int, size: tuple[int, int]) -> np.ndarray:
    """Return similarities whose zooms, where they go too far from the reference's, are all lessened alike."""
    zooms = np.sqrt(np.linalg.det(motion[:, :2, :2]))
    furthest = np.abs(np.log(zooms / zooms[reference])).max()
    if furthest <= np.log(LARGEST_ZOOM):
        return motion
    middle = np.eye(3)
    middle[:2, 2] = (size[1] - 1) / 2, (size[0] - 1) / 2
    about_middle = np.linalg.inv(middle) @ motion @ middle
    onto_first = np.tile(np.eye(3), (len(motion), 1, 1))
    for index in range(1, len(motion)):
        step = np.linalg.inv(about_middle[index - 1]) @ about_middle[index]
        zoom = zooms[index] / zooms[index - 1]
        step[:2, :2] *= zoom ** (np.log(LARGEST_ZOOM) / furthest - 1)
        onto_first[index] = onto_first[index - 1] @ step
    return middle @ np.linalg.inv(onto_first[reference]) @ onto_first @ np.linalg.inv(middle)


def _binary(mask: np.ndarray) -> np.ndarray:
    return mask > (127 if mask.dtype == np.uint8 else 0.5)
