"""Cutting an object out of a picture along its edges, from a box round it or from a rough mask.

GrabCut (Rother et al., SIGGRAPH 2004) on a small copy of the part that matters, brought to full size on the picture's
own edges. Pictures are (H, W, 3), masks (H, W), float32 in 0..1.
"""

import cv2
import numpy as np

from engine.filters import guided_enlargement, resize

Box = tuple[int, int, int, int]

LONG_SIDE = 300  # of the small copy: a fraction of a second's work
SURROUND = 0.35  # of the box's sides, what is looked at round it to know the background
ROUNDS = 5
SURE_SHARE, RIM_SHARE = 0.1, 0.1  # of the square root of a mask's area: how far its rim may be wrong, in and out
FILTER_RADIUS, FILTER_SMOOTHNESS = 3, 1e-4


def cut_box(picture: np.ndarray, box: Box) -> np.ndarray:
    """Return the matte of the object in ``box`` (left, top, right, bottom in pixels); outside the box it is 0."""
    labels = np.full(picture.shape[:2], cv2.GC_BGD, np.uint8)
    left, top, right, bottom = box
    labels[top:bottom, left:right] = cv2.GC_PR_FGD
    matte = _cut(picture, labels, _grown(box, picture.shape[:2]))
    inside = np.zeros_like(matte)
    inside[top:bottom, left:right] = matte[top:bottom, left:right]
    return inside


def cut_mask(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the matte of the object that ``mask`` covers roughly: its middle is kept, its rim moves to the edges.

    A mask without any pixel over 0.5, or with nothing else, is given back as it is.
    """
    inside = (mask > 0.5).astype(np.uint8)
    if not inside.any() or inside.all():
        return mask
    reach = np.sqrt(inside.sum())
    sure = _eroded(inside, max(round(reach * SURE_SHARE), 1))
    near = cv2.dilate(inside, _disc(max(round(reach * RIM_SHARE), 2)))
    labels = np.full(mask.shape, cv2.GC_BGD, np.uint8)
    labels[near > 0] = cv2.GC_PR_BGD
    labels[inside > 0] = cv2.GC_PR_FGD
    labels[sure > 0] = cv2.GC_FGD
    x, y, width, height = cv2.boundingRect(near)
    return _cut(picture, labels, _grown((x, y, x + width, y + height), mask.shape))


def _eroded(inside: np.ndarray, radius: int) -> np.ndarray:
    """Return the mask's middle; of thin ones at least the ridge."""
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    return (depth > min(radius, 0.5 * depth.max())).astype(np.uint8)


def _cut(picture: np.ndarray, labels: np.ndarray, part: Box) -> np.ndarray:
    left, top, right, bottom = part
    shown, seeds = picture[top:bottom, left:right], labels[top:bottom, left:right]
    height, width = seeds.shape
    scale = min(LONG_SIDE / max(height, width), 1.0)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = np.clip(resize(shown, *size), 0, 1)
    matte = np.zeros(labels.shape, np.float32)
    matte[top:bottom, left:right] = _sharpened(_grab(small, _shrunk(seeds, size)), small, shown)
    return matte


def _grab(picture: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return 1 where the object is, else 0, (H, W) float32."""
    maybe = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    if not maybe.any() or maybe.all():
        return maybe.astype(np.float32)  # GrabCut needs some of both
    cv2.setRNGSeed(0)  # its colour clusters start at random; the same box must give the same matte
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    shown = np.ascontiguousarray((picture[..., ::-1] * 255 + 0.5).astype(np.uint8))
    cv2.grabCut(shown, labels, (0, 0, 0, 0), background, foreground, ROUNDS, cv2.GC_INIT_WITH_MASK)
    return ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.float32)


def _sharpened(cut: np.ndarray, small: np.ndarray, picture: np.ndarray) -> np.ndarray:
    if cut.shape == picture.shape[:2]:
        return cut
    full = guided_enlargement(cut, small, picture, FILTER_RADIUS, FILTER_SMOOTHNESS)
    # The filter leaves a haze in flat regions; a matte is 0 or 1 but for its edge.
    return np.clip((full - 0.2) / 0.6, 0, 1).astype(np.float32)


def _grown(box: Box, shape: tuple[int, ...]) -> Box:
    left, top, right, bottom = box
    across, down = (max(round(side * SURROUND), 8) for side in (right - left, bottom - top))
    return max(left - across, 0), max(top - down, 0), min(right + across, shape[1]), min(bottom + down, shape[0])


def _shrunk(labels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST)


def _disc(radius: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
