"""The pictures of a clip's layers: what is the same in all frames from memory, a frame's own from the session."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desktop.pixels import read_rgba
from engine.media.frame_cache import FrameCache

KEPT_BYTES = 256 * 2**20


class FramePictures:
    """Pictures of single frames by their names in a project's folder, such as layers/ID/1001.png, for any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept = FrameCache(KEPT_BYTES)

    def __call__(self, name: str) -> np.ndarray:
        """Return a picture, (H, W, 4) float32, straight alpha; raises UserError where it is missing or damaged."""
        return self._kept.get_or_read(name, lambda: read_rgba(self._folder / name))


@dataclass(frozen=True, eq=False)
class LayerPictures:
    """All pictures of a project's layers by their names; ``still`` are those of layers with a single one."""

    still: Mapping[str, np.ndarray]
    frames: FramePictures

    def __call__(self, name: str) -> np.ndarray:
        """Return a picture as `FramePictures` does."""
        rgba = self.still.get(name)
        return self.frames(name) if rgba is None else rgba
