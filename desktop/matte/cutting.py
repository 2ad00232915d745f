"""Cutting the subject out along its edges, from a box or from what is painted; of a still and of a clip's frame."""

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.background import Background
from desktop.document import Document
from desktop.matte.subjects import Subjects
from desktop.viewer.view import Rect
from engine.cutout import cut_box, cut_mask


class Cutting(QObject):
    """Cuts in the background; what comes back is one undoable step, on the frame that it was begun on."""

    said = Signal(str)
    failed = Signal(object)  # a UserError

    def __init__(
        self, document: Document, subjects: Subjects, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._subjects = subjects
        self._background = background

    def cut_box(self, box: Rect) -> None:
        """Let the subject be the object in a box, in pixels of the picture."""
        self.said.emit("Cutting out what is in the box…")
        self._cut("Cut out a Box", partial(cut_box, self._document.source(), box))

    def refine(self) -> None:
        """Move the rim of the mask to the picture's edges."""
        mask = self._document.matte if self._document.clip is None else self._subjects.mask()
        if mask is None:
            self.said.emit("There is no mask to refine; paint one with the brush (D), or draw a box (X).")
            return
        self.said.emit("Refining the mask…")
        self._cut("Refine the Mask", partial(cut_mask, self._document.source(), mask))

    def _cut(self, label: str, work: Callable[[], np.ndarray]) -> None:
        footage, number, chosen = self._document.project.footage, self._subjects.number, self._subjects.current

        def take(matte: np.ndarray) -> None:
            if self._document.project.footage is not footage:
                return  # another picture was opened meanwhile
            if not matte.any():
                self.said.emit("Nothing stands out there; draw the box closer round the object.")
            elif self._document.clip is None:
                self._document.correct_matte(matte, label)
            else:
                if chosen is not None:
                    self._subjects.choose(chosen.id)
                self._subjects.set_key(label, number, matte)
            self.said.emit("The brush (D) and the eraser (E) correct the mask.")

        self._background.run(work, take, self.failed.emit)
