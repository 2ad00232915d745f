"""Edit layers over pictures: `over` (Porter and Duff, 1984), blend modes, straight and premultiplied alpha, bleeding.

Pictures are float32 in 0..1, display space; (H, W, 3) RGB, or (H, W, 4) RGBA with straight alpha where not said
otherwise. Nothing given is changed: every function returns a new array.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from engine.blending import BlendMode, mixed

__all__ = [
    "BlendMode",
    "Placed",
    "bleed",
    "blend",
    "composite",
    "on_checkerboard",
    "on_green_screen",
    "over",
    "premultiply",
    "unpremultiply",
]

GREEN_SCREEN = (0.0, 177 / 255, 64 / 255)
CHECKERBOARD_GRAYS = (0.45, 0.6)

# Rows composited at a time, so that a formula's temporary arrays stay in the processor's cache: twice as fast.
BAND = 32

# A whole pixel as one number: moving that takes a third of the time.
FOUR_FLOATS = np.complex128


@dataclass(frozen=True)
class Placed:
    """An edit layer in its place: ``rgba`` (H, W, 4), ``opacity`` in 0..1."""

    rgba: np.ndarray
    opacity: float = 1.0
    mode: BlendMode = BlendMode.NORMAL


def over(layer_rgba: np.ndarray, backdrop_rgb: np.ndarray, opacity: float = 1.0) -> np.ndarray:
    """Return αC + (1 − α)·backdrop, α times ``opacity``, as (H, W, 3); both of the same size."""
    return _interpolated(layer_rgba[..., :3] - backdrop_rgb, layer_rgba, backdrop_rgb, opacity)


def blend(layer_rgba: np.ndarray, backdrop_rgb: np.ndarray, opacity: float, mode: BlendMode) -> np.ndarray:
    """Return the layer over an opaque backdrop in a blend mode: (1 − α)·Cb + α·B(Cb, Cs), as (H, W, 3)."""
    if mode is BlendMode.NORMAL:
        return over(layer_rgba, backdrop_rgb, opacity)
    change = mixed(backdrop_rgb, layer_rgba[..., :3], mode)
    change -= backdrop_rgb
    return _interpolated(change, layer_rgba, backdrop_rgb, opacity)


def composite(backdrop_rgb: np.ndarray, layers: Sequence[Placed]) -> np.ndarray:
    """Return all ``layers``, the bottom one first, blended over the backdrop, as (H, W, 3)."""
    picture = backdrop_rgb.copy()
    seen = [layer for layer in layers if layer.opacity > 0]
    for top in range(0, len(picture) if seen else 0, BAND):
        rows = slice(top, top + BAND)
        for layer in seen:
            picture[rows] = blend(layer.rgba[rows], picture[rows], layer.opacity, layer.mode)
    return picture


def premultiply(rgba: np.ndarray) -> np.ndarray:
    """Return straight RGBA with its colour multiplied by its alpha."""
    result = rgba * rgba[..., 3:]  # of all channels at once: three times as fast
    result[..., 3] = rgba[..., 3]
    return result


def unpremultiply(rgba: np.ndarray) -> np.ndarray:
    """Return premultiplied RGBA with straight colour, 0..1; black where alpha is 0, as no colour is left there.

    Alpha is the last channel, however many there are.
    """
    alpha = rgba[..., -1:]
    result = rgba.copy()
    colour = result[..., :-1]
    np.clip(colour, 0, alpha, out=colour)  # before dividing, which by the smallest alphas would overflow
    np.divide(colour, alpha, out=colour, where=alpha > 0)
    return result


def bleed(rgba: np.ndarray) -> np.ndarray:
    """Return RGBA whose pixels of alpha 0 have the colour of the nearest visible one; visible pixels stay as they are.

    A program that scales or blurs straight alpha mixes in the colour of hidden pixels: were it black, edges would
    darken. A layer without any visible pixel is returned as it is.
    """
    hidden = rgba[..., 3] <= 0
    if not hidden.any() or hidden.all():
        return rgba.copy()
    _, labels = cv2.distanceTransformWithLabels(
        hidden.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    visible = ~hidden
    pixels = rgba.view(FOUR_FLOATS)[..., 0]
    by_label = np.empty(int(labels.max()) + 1, FOUR_FLOATS)  # each visible pixel has a label of its own
    by_label[labels[visible]] = pixels[visible]
    result = by_label[labels].view(rgba.dtype).reshape(rgba.shape)
    result[..., 3] = rgba[..., 3]
    return result


def on_green_screen(rgba: np.ndarray) -> np.ndarray:
    """Return the layer over a green screen, as (H, W, 3)."""
    return over(rgba, np.broadcast_to(np.array(GREEN_SCREEN, np.float32), (*rgba.shape[:2], 3)))


def on_checkerboard(rgba: np.ndarray, cell: int = 16) -> np.ndarray:
    """Return the layer over a gray checkerboard whose squares are ``cell`` pixels wide, as (H, W, 3)."""
    rows, columns = (np.arange(length) // cell for length in rgba.shape[:2])
    squares = np.array(CHECKERBOARD_GRAYS, np.float32)[(rows[:, None] + columns) % 2]
    return over(rgba, np.broadcast_to(squares[..., None], (*rgba.shape[:2], 3)))


def _interpolated(change: np.ndarray, layer_rgba: np.ndarray, backdrop_rgb: np.ndarray, opacity: float) -> np.ndarray:
    change *= layer_rgba[..., 3:] * np.float32(opacity)
    change += backdrop_rgb
    return change
