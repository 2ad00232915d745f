"""The masks of a clip's objects: files of the session, and the newest of them in memory."""

from collections import OrderedDict
from functools import partial
from pathlib import Path

import numpy as np

from desktop.background import Background, Failure
from engine.media.png import write_png
from engine.media.stills import read_mask
from engine.project import MATTES_FOLDER, Footage, new_id

KEPT = 12


class KeyMasks:
    """Masks, (H, W) float32 in 0..1, by their file's name in the session's folder; a file never changes."""

    def __init__(self, background: Background, failed: Failure) -> None:
        self._background = background
        self._failed = failed
        self._known: OrderedDict[Path, np.ndarray] = OrderedDict()
        self._unwritten: set[Path] = set()

    def add(self, pixels: np.ndarray, folder: Path) -> str:
        """Return the name of a new mask, which is there at once; its file follows."""
        name = f"{MATTES_FOLDER}/{new_id()}.png"
        path = folder / name
        self._unwritten.add(path)
        self._keep(path, pixels)
        self._background.run(partial(write_png, path, pixels, 8), lambda _none: self._note_written(path), self._failed)
        return name

    def pixels(self, name: str, folder: Path, footage: Footage) -> np.ndarray:
        """Return a mask; raises UserError where its file is missing or damaged."""
        path = folder / name
        if path not in self._known:
            self._keep(path, read_mask(path, footage.width, footage.height))
        self._known.move_to_end(path)
        return self._known[path]

    def _keep(self, path: Path, pixels: np.ndarray) -> None:
        self._known[path] = pixels
        old = [each for each in self._known if each not in self._unwritten and each != path]
        for each in old[: max(len(self._known) - KEPT, 0)]:
            del self._known[each]

    def _note_written(self, path: Path) -> None:
        self._unwritten.discard(path)
