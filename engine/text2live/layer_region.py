"""Where on a layer of an atlas an edit belongs: where the clip ever shows the layer, and there on the subject."""

import cv2
import numpy as np

from engine.atlas.atlas import AtlasLayer
from engine.guidance.guide import Guide
from engine.guidance.matte import find_matte
from engine.jobs import LayerEdit
from engine.text2live.region import relevance, spared
from engine.text2live.settings import Settings

SEEN = 0.1  # of full coverage
RIM = 3  # pixels of the texture that the mattes' soft edges may reach beyond


def layer_region(job: LayerEdit, layer: AtlasLayer, settings: Settings, guide: Guide, device: str) -> np.ndarray:
    """Return where ``job`` is to edit the layer, (h, w) float32 in 0..1 over its texture.

    The frames' mattes cut the edit to the layer's outline, so that here it reaches a little beyond. Raises UserError
    for a subject, or something to be spared, that is unknown or not found on the layer.
    """
    seen = (layer.coverage >= SEEN).astype(np.uint8)
    where = cv2.dilate(seen, np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8)).astype(np.float32)
    if job.subject.strip() and settings.confinement == "matte":
        where *= find_matte(guide, layer.texture, job.subject, device)
    elif job.subject.strip() and settings.confinement == "relevance":
        where *= relevance(guide, layer.texture, job.subject, device)
    if job.spare.strip():
        where *= 1 - spared(job.spare, settings, guide, layer.texture, device)
    return where
