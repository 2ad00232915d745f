"""Finding, clearing and bringing back the subject matte: of a still, or of the object on a clip's frame."""

from functools import partial
from pathlib import Path

import numpy as np

from desktop.background import Background
from desktop.document import Document
from desktop.jobs.edits import Edits
from desktop.matte.history import Matte
from desktop.matte.subjects import Subjects
from engine.files import make_folder
from engine.jobs import ImageEdit, SubjectMatte
from engine.media.png import write_png
from engine.media.stills import read_mask
from engine.project import Footage, new_id

FRAMES_FOLDER = "frames"  # of a session: frames in which a subject is looked for


class MatteCommands:
    """What the matte's actions do; each is one undoable step of the document."""

    def __init__(self, document: Document, subjects: Subjects, edits: Edits, background: Background) -> None:
        self._document = document
        self._subjects = subjects
        self._edits = edits
        self._background = background
        self._frames: dict[str, int] = {}  # by the file that a frame was written to, to look for a subject in it
        edits.frame_matte_found.connect(self._take_found)

    def find(self, subject: str, guide: str) -> None:
        """Let the engine find the matte of ``subject``, in a clip on the shown frame."""
        footage = self._document.project.footage
        if footage is None:
            return
        if self._document.clip is None:
            self._edits.submit(SubjectMatte(str(footage.path), subject, guide))
            return
        frame = self._document.folder / FRAMES_FOLDER / f"{new_id()}.png"
        self._frames[str(frame)] = self._subjects.number
        source = self._document.source()
        self._background.run(
            lambda: _write_frame(frame, source),
            lambda _none: self._edits.submit(SubjectMatte(str(frame), subject, guide)),
            self._document.failed.emit,
        )

    def edit(self, pixels: np.ndarray) -> None:
        """Take what a brush made."""
        if self._document.clip is None:
            self._document.correct_matte(pixels)
        else:
            self._subjects.paint(pixels)

    def clear(self) -> None:
        """Let the whole picture be the subject again; of a clip, take the frame's mask away."""
        if self._document.clip is not None:
            self._subjects.clear()
        elif self._document.matte is not None:
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

    def _take_found(self, job: SubjectMatte, pixels: np.ndarray) -> None:
        number = self._frames.pop(job.picture, None)
        if number is not None:
            self._subjects.set_key("Find the Subject", number, pixels)
            self._edits.matte_ready.emit()
            self._edits.said.emit(f"Found “{job.subject}” on frame {number}. The brush (D) corrects the mask.")


def _write_frame(path: Path, rgb: np.ndarray) -> None:
    make_folder(path.parent)
    write_png(path, rgb, 8)


def _read(path: Path, footage: Footage) -> np.ndarray:
    return read_mask(path, footage.width, footage.height)
