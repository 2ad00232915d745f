"""The foreground objects of the open clip: which is painted on, and what its mask is on the present frame."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.background import Background
from desktop.document import Document
from desktop.matte.key_masks import KeyMasks
from engine.atlas.atlas import Atlas, layer_names
from engine.clip_subjects import ClipSubject
from engine.errors import UserError
from engine.media.clip_masks import ClipMasks, read_clip_masks
from engine.media.stills import read_mask
from engine.project import Footage, Project, new_id


class Subjects(QObject):
    """Changes the objects, each time in one undoable step of the document, and follows its playhead."""

    changed = Signal()  # the objects, their masks, or which is the current one
    mask_changed = Signal(object)  # of the current object on the shown frame: (H, W) float32, None for none
    said = Signal(str)
    failed = Signal(object)  # a UserError

    def __init__(self, document: Document, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._background = background
        self._keys = KeyMasks(background, self.failed.emit)
        self._folders: dict[str, ClipMasks] = {}
        self._atlas: Atlas | None = None
        self._last_fitted: tuple[str, int, np.ndarray] | None = None
        self._current = ""
        self._number = 0
        self._shown: Project | None = None
        document.footage_changed.connect(self._show_footage)
        document.project_changed.connect(self._show_project)
        document.frame_shown.connect(self._show_frame)

    @property
    def all(self) -> tuple[ClipSubject, ...]:
        """The objects, the nearest last."""
        return self._document.project.subjects

    @property
    def current(self) -> ClipSubject | None:
        """The object that is painted on, None before there is any."""
        return next((each for each in self.all if each.id == self._current), None)

    @property
    def number(self) -> int:
        """The number of the shown frame."""
        return self._number

    @property
    def atlas_layer(self) -> str:
        """The name of the atlas layer that the current object becomes."""
        ids = [each.id for each in self.all]
        place = ids.index(self._current) if self._current in ids else 0
        return layer_names(max(len(ids), 1))[place + 1]

    def set_atlas(self, atlas: Atlas | None) -> None:
        """Take over the fitted mattes of an atlas."""
        self._atlas, self._last_fitted = atlas, None
        self._show_mask()

    def choose(self, subject_id: str) -> None:
        """Let another object be the current one."""
        if subject_id != self._current:
            self._current = subject_id
            self.changed.emit()
            self._show_mask()

    def add(self) -> None:
        """Add an object in front of the others; it becomes the current one."""
        self._put("Add Object", ClipSubject(new_id(), _new_name(self.all)))

    def remove(self) -> None:
        """Remove the current object."""
        if self.current is not None:
            others = tuple(each for each in self.all if each.id != self._current)
            self._document.apply("Remove Object", replace(self._document.project, subjects=others))

    def rename(self, subject_id: str, name: str) -> None:
        """Give an object another name."""
        subject = next((each for each in self.all if each.id == subject_id), None)
        if subject is not None and name.strip() and name != subject.name:
            self._put("Rename Object", replace(subject, name=name.strip()))

    def set_text(self, text: str) -> None:
        """Name the current object in a word by which it can be found."""
        subject = self._current_or_new()
        if text.strip() != subject.text:
            self._put("Name the Object", replace(subject, text=text.strip()))

    def paint(self, pixels: np.ndarray) -> None:
        """Take a mask of the shown frame on which a hand has painted."""
        self.set_key("Paint on the Mask", self._number, pixels)

    def set_key(self, label: str, number: int, pixels: np.ndarray) -> None:
        """Give the current object a mask at a frame; the first one makes the object."""
        subject = self._current_or_new()
        file = self._keys.add(pixels, self._document.folder)
        self._put(label, subject.with_key(number, file))

    def clear(self) -> None:
        """Take the current object's mask at the shown frame away."""
        if self.current is not None and self.current.key(self._number):
            self._put("Clear the Mask", self.current.with_key(self._number, ""))

    def load_mask(self, path: Path) -> None:
        """Let a picture file be the current object's mask at the shown frame."""
        footage, number = self._footage(), self._number
        if footage is not None:
            self._background.run(
                lambda: read_mask(path, footage.width, footage.height),
                lambda pixels: self.set_key("Load a Mask", number, pixels),
                self.failed.emit,
            )

    def load_folder(self, folder: Path) -> None:
        """Let a folder with one mask a frame be the current object's masks."""
        if self._document.clip is None:
            return
        info = self._document.clip.info

        def take(masks: ClipMasks) -> None:
            self._folders[str(folder)] = masks
            subject = self._current_or_new()
            self._put("Load Masks", replace(subject, masks=str(folder), keys=()))
            self.said.emit(f"{len(masks)} masks were loaded, one a frame.")

        self._background.run(lambda: read_clip_masks(folder, info), take, self.failed.emit)

    def forget_folder(self) -> None:
        """Use the folder of masks no more."""
        if self.current is not None and self.current.masks:
            self._put("Forget the Masks", replace(self.current, masks=""))

    def mask(self) -> np.ndarray | None:
        """Return the current object's mask on the shown frame, (H, W) float32, None for none.

        The frame's own mask, else what the atlas was fitted to show of the object, else the folder's mask.
        """
        subject, footage = self.current, self._footage()
        if footage is None:
            return None
        if subject is None:
            return self._fitted(footage)
        try:
            if key := subject.key(self._number):
                return self._keys.pixels(key, self._document.folder, footage)
            fitted = self._fitted(footage)
            return self._of_folder(subject) if fitted is None else fitted
        except UserError as error:
            self.failed.emit(error)
            return None

    def _fitted(self, footage: Footage) -> np.ndarray | None:
        atlas, name = self._atlas, self.atlas_layer
        if atlas is None or self._number not in atlas.clip.numbers:
            return None
        if name not in [layer.name for layer in atlas.layers]:
            return None
        if self._last_fitted is None or self._last_fitted[:2] != (name, self._number):
            matte = atlas.matte(name, atlas.clip.numbers.index(self._number))
            matte = cv2.resize(matte, (footage.width, footage.height), interpolation=cv2.INTER_LINEAR)
            self._last_fitted = name, self._number, matte
        return self._last_fitted[2]  # the same array again: the viewer leaves a stroke under way alone

    def _of_folder(self, subject: ClipSubject) -> np.ndarray | None:
        clip = self._document.clip
        if not subject.masks or clip is None:
            return None
        if subject.masks not in self._folders:
            self._folders[subject.masks] = read_clip_masks(Path(subject.masks), clip.info)
        return self._folders[subject.masks].read(clip.info.index(self._number))

    def _footage(self) -> Footage | None:
        return self._document.project.footage if self._document.clip is not None else None

    def _current_or_new(self) -> ClipSubject:
        return self.current or ClipSubject(new_id(), _new_name(self.all))

    def _put(self, label: str, subject: ClipSubject) -> None:
        """Put an object in the place of the one that has its id; a new one in front of all, as the current one."""
        project = self._document.project
        if subject.id not in [each.id for each in self.all]:
            project = replace(project, subjects=(*self.all, subject))
            self._current = subject.id
        self._document.apply(label, project.replace_subject(subject))

    def _show_footage(self, footage: Footage | None) -> None:
        self._atlas, self._shown = None, None
        self._folders.clear()
        self._number = footage.first_frame if footage is not None else 0

    def _show_project(self, project: Project) -> None:
        if self._shown is not None and project.subjects == self._shown.subjects:
            self._shown = project
            return
        self._shown = project
        if self.current is None:
            self._current = project.subjects[-1].id if project.subjects else ""
        self.changed.emit()
        self._show_mask()

    def _show_frame(self, number: int) -> None:
        self._number = number
        self.changed.emit()
        self._show_mask()

    def _show_mask(self) -> None:
        if self._document.clip is not None:
            self.mask_changed.emit(self.mask())


def _new_name(subjects: tuple[ClipSubject, ...]) -> str:
    taken = {each.name for each in subjects}
    names = (f"Object {number}" for number in range(1, len(subjects) + 2))
    return next(name for name in names if name not in taken)
