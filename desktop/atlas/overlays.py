"""What can be laid over a frame of a clip to see how well its atlas explains it. Free of Qt.

Overlays are (H, W, 4) float32, straight alpha, at the atlas's own size; frames are (h, w, 3) float32 in 0..1.
"""

from enum import StrEnum

import cv2
import numpy as np

from engine.atlas.atlas import Atlas, AtlasLayer
from engine.atlas.motion.flow import DisFlow
from engine.atlas.rendering import positions, reconstructed, sampled
from engine.colour import to_uint8
from engine.filters import resize

CELLS = 24  # of the checkerboard along the texture's longer side
BOARD_OPACITY = 0.8
FLOW_WIDTH = 640
SLOWEST = 2.0  # pixels a frame: below that, full colour would be noise
RESIDUAL_GAIN = 4.0


class Overlay(StrEnum):
    """What lies over a frame."""

    NONE = "none"
    MAPPING = "mapping"
    FLOW = "flow"
    RECONSTRUCTION = "reconstruction"
    RESIDUAL = "residual"

    @property
    def label(self) -> str:
        """The name for menus."""
        return LABELS[self]

    @property
    def needs_atlas(self) -> bool:
        """Whether it shows what an atlas holds."""
        return self not in (Overlay.NONE, Overlay.FLOW)


LABELS = {
    Overlay.NONE: "No overlay",
    Overlay.MAPPING: "Checkerboard on the atlas",
    Overlay.FLOW: "Optical flow",
    Overlay.RECONSTRUCTION: "Reconstruction",
    Overlay.RESIDUAL: "Residual × 4",
}


def mapping_overlay(atlas: Atlas, name: str, index: int) -> np.ndarray:
    """Return a checkerboard on a layer's texture as frame ``index`` shows it: it should move with the surface."""
    layer = atlas.layer(name)
    board = sampled(checkerboard(layer), positions(layer, index, atlas.size, atlas.size), layer.size)
    return np.dstack([board, atlas.matte(name, index) * BOARD_OPACITY]).astype(np.float32)


def checkerboard(layer: AtlasLayer) -> np.ndarray:
    """Return a checkerboard over a layer's texture, (h, w, 3); each place has its own colour, to be found again."""
    width, height = layer.size
    cell = max(width, height) / CELLS
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    dark = (np.floor(x / cell) + np.floor(y / cell)) % 2
    hue = 360 * x / width
    value = np.where(dark, 0.3, 0.95)
    hsv = np.dstack([hue, 0.25 + 0.6 * y / height, value]).astype(np.float32)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def flow_overlay(frame: np.ndarray, other: np.ndarray, sign: int = 1) -> np.ndarray:
    """Return how ``frame`` moves to ``other``: the hue is the direction, the saturation the speed.

    ``sign`` is -1 where ``other`` came before.
    """
    height, width = frame.shape[:2]
    size = (min(FLOW_WIDTH, width), max(round(height * min(FLOW_WIDTH / width, 1)), 1))
    flow = DisFlow().between(*(to_uint8(np.clip(resize(each, *size), 0, 1)) for each in (frame, other)))
    return flow_colours(sign * flow)


def flow_colours(flow: np.ndarray) -> np.ndarray:
    """Return a flow (H, W, 2) as an opaque colour wheel; the fastest twentieth has full colour."""
    speed, angle = cv2.cartToPolar(flow[..., 0], flow[..., 1], angleInDegrees=True)
    fastest = max(float(np.quantile(speed, 0.95)), SLOWEST)
    hsv = np.dstack([angle % 360, np.clip(speed / fastest, 0, 1), np.ones_like(speed)])
    return _opaque(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB))


def reconstruction_overlay(atlas: Atlas, index: int) -> np.ndarray:
    """Return frame ``index`` as the atlas explains it."""
    return _opaque(reconstructed(atlas, index))


def residual_overlay(atlas: Atlas, index: int, frame: np.ndarray) -> np.ndarray:
    """Return how far the atlas is from the frame, four times as bright: black where it explains everything."""
    small = np.clip(resize(frame, *atlas.size), 0, 1)
    return _opaque(np.clip(np.abs(reconstructed(atlas, index) - small) * RESIDUAL_GAIN, 0, 1))


def _opaque(rgb: np.ndarray) -> np.ndarray:
    return np.dstack([rgb, np.ones(rgb.shape[:2], np.float32)]).astype(np.float32)
