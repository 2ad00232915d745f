"""Finding, clearing and bringing back the subject matte."""

from functools import partial
from pathlib import Path

import numpy as np

from desktop.background import Background
from desktop.document import Document
from desktop.jobs.edits import Edits
from desktop.matte.history import Matte
from engine.jobs import ImageEdit, SubjectMatte
from engine.media.stills import read_mask
from engine.project import Footage


class MatteCommands:
    """What the matte's actions do; each is one undoable step of the document."""

    def __init__(self, document: Document, edits: Edits, background: Background) -> None:
        self._document = document
        self._edits = edits
        self._background = background

    def find(self, subject: str, guide: str) -> None:
        """Let the engine find the matte of ``subject``."""
        if footage := self._document.project.footage:
            self._edits.submit(SubjectMatte(str(footage.path), subject, guide))

    def clear(self) -> None:
        """Let the whole picture be the subject again."""
        if self._document.matte is not None:
            self._document.set_matte("Clear the Matte", None)

    def take_from_layer(self) -> None:
        """Make the current layer's matte the subject matte."""
        layer, footage = self._document.current(), self._document.project.footage
        if layer is None or footage is None or not layer.matte:
            return
        edit = layer.job if isinstance(layer.job, ImageEdit) else None
        work = partial(_read, self._document.folder / layer.matte, footage)
        self._background.run(work, partial(self._take, edit), self._document.failed.emit)

    def _take(self, edit: ImageEdit | None, pixels: np.ndarray) -> None:
        subject, corrected = (edit.subject, bool(edit.mask)) if edit else ("", True)
        self._document.set_matte("Use the Layer’s Matte", Matte(pixels, subject, corrected))


def _read(path: Path, footage: Footage) -> np.ndarray:
    return read_mask(path, footage.width, footage.height)
