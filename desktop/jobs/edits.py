"""From a job to a layer or an atlas: hands jobs to the engine, shows what forms, and keeps what comes back."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.atlas.storing import keep_atlas, store_layer_edit
from desktop.background import Background
from desktop.document import Document
from desktop.jobs.bridge import EngineBridge
from desktop.jobs.words import delivered_name
from desktop.matte.history import Matte
from desktop.session_files import StoredLayer, store_edit, store_matte
from engine.errors import UserError
from engine.events import Done, Ending, Failed, Preview
from engine.jobs import AtlasImport, AtlasJob, Delivery, ImageEdit, Job, LayerEdit, SubjectMatte
from engine.results import AtlasResult, EditResult, LayerEditResult, MatteResult
from engine.runner import JobRecord

T = TypeVar("T")


class Edits(QObject):
    """Follows the jobs of the document. A result goes to disk before anything else happens to it."""

    preview_changed = Signal(object)  # (h, w, 4) float32 at training size, None for none
    clip_preview_changed = Signal(object, object)  # AtlasJob or LayerEdit, and (h, w, 4) float32, None for none
    matte_ready = Signal()  # one that the user asked for
    frame_matte_found = Signal(object, object)  # SubjectMatte of a file in the session's folder, (H, W) float32
    said = Signal(str)
    failed = Signal(object)  # a UserError
    not_stored = Signal(object, object)  # a UserError, and a function that tries again: the result is still there

    def __init__(
        self, document: Document, bridge: EngineBridge, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._bridge = bridge
        self._background = background
        self._jobs: dict[str, Job] = {}
        self._to_store = 0  # results that are in memory only
        self._unstored: Job | None = None  # whose result waits for the user's decision
        bridge.record_changed.connect(self._note_record)
        bridge.previewed.connect(self._show_preview)
        bridge.matte_found.connect(self._take_matte)
        bridge.noticed.connect(lambda _id, text: self.said.emit(text))
        bridge.ended.connect(self._end)

    def submit(self, job: Job) -> None:
        """Give ``job`` to the engine; an edit keeps to the matte that a hand made for its subject."""
        if isinstance(job, SubjectMatte):
            self.said.emit(f"Looking for “{job.subject}”…")
        matte = self._document.corrected_matte(job.subject) if isinstance(job, ImageEdit) and not job.mask else None
        if matte is None:
            self._bridge.submit(job)
            return
        # The matte's file must be whole before a job that needs it can start.
        work = partial(store_matte, matte, self._document.folder)
        self._background.run(work, partial(self._submit_masked, job), self.failed.emit)

    def has_open_jobs(self) -> bool:
        """Return whether a job has not ended, or its result is not yet on disk."""
        return self._to_store > 0 or bool(self.open_jobs())

    def open_jobs(self) -> list[JobRecord]:
        """Return the jobs that have not ended."""
        return [record for record in self._bridge.records() if not record.state.ended]

    def cancel(self, job_ids: Iterable[str]) -> None:
        """Cancel those of the jobs that have not ended."""
        for job_id in job_ids:
            self._bridge.cancel(job_id)

    def _submit_masked(self, job: Job, mask: Path) -> None:
        self._document.keep()  # after a crash, the job needs the mask to go on
        self._bridge.submit(replace(job, mask=str(mask)))  # type: ignore[call-arg]

    def _note_record(self, record: JobRecord) -> None:
        self._jobs[record.id] = record.job

    def _show_preview(self, job_id: str, preview: Preview) -> None:
        job = self._jobs.get(job_id)
        if job is not None and self._is_ours(job):
            self._tell_preview(job, preview.layer)

    def _tell_preview(self, job: Job, layer: np.ndarray | None) -> None:
        match job:
            case ImageEdit():
                self.preview_changed.emit(layer)
            case AtlasJob() | LayerEdit():
                self.clip_preview_changed.emit(job, layer)

    def _take_matte(self, job_id: str, pixels: np.ndarray) -> None:
        job = self._edit(job_id)
        # A job with a mask only gives back what the document gave it.
        if job is not None and not job.mask:
            self._document.set_matte("Find the Subject", Matte(pixels, job.subject))

    def _end(self, job_id: str, ending: Ending) -> None:
        job = self._jobs.pop(job_id, None)
        if isinstance(ending, Failed):
            self.failed.emit(UserError(ending.message))
        if isinstance(ending, Done) and job is not None and self._is_ours(job):
            self._take_result(job, ending.result)
        elif job is not None:
            self._tell_preview(job, None)

    def _take_result(self, job: Job, result: object) -> None:
        folder = self._document.folder if self._document.is_open else Path()
        match job, result:
            case ImageEdit(), EditResult():
                self._store(job, partial(store_edit, result, job, folder), partial(self._add_layer, folder))
            case LayerEdit(), LayerEditResult():
                self._store(job, partial(store_layer_edit, result, job, folder), partial(self._add_layer, folder))
            case AtlasJob(), AtlasResult():
                step = "Import an Atlas" if isinstance(job, AtlasImport) else "Fit an Atlas"
                self._store(job, partial(keep_atlas, result.folder, folder), partial(self._add_atlas, step, folder))
            case SubjectMatte(), MatteResult() if self._document.clip is not None:
                self.frame_matte_found.emit(job, result.matte)
            case SubjectMatte(), MatteResult():
                self._document.set_matte("Find the Subject", Matte(result.matte, job.subject))
                self.matte_ready.emit()
                self.said.emit(f"Found “{job.subject}”. The brush (D) corrects the matte.")
            case Delivery(), _:
                self.said.emit(f"Exported {delivered_name(job)} to {job.folder}")

    def _store(self, job: Job, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Bring a result to disk; where that fails, the result stays, and can be tried or discarded again."""
        self._to_store += 1

        def stored(what: T) -> None:
            self._to_store -= 1
            self._unstored = None
            self._tell_preview(job, None)
            done(what)

        def ask_again(error: UserError) -> None:
            self._unstored = job
            self.not_stored.emit(error, try_it)

        def try_it() -> None:
            self._background.run(work, stored, ask_again)

        try_it()

    def discard_result(self) -> None:
        """Give up a result that could not be stored."""
        self._to_store -= 1
        if self._unstored is not None:
            self._tell_preview(self._unstored, None)
            self._cancel_followers(self._unstored)
        self._unstored = None

    def _add_layer(self, folder: Path, stored: StoredLayer) -> None:
        if not self._is_open(folder):
            return
        layer, atlas = stored.layer, self._document.project.atlas
        if layer.atlas and layer.atlas == atlas:
            stored = replace(stored, layer=replace(layer, atlas=""))  # it follows the project's own
        self._document.add_layer(stored)
        self.said.emit(f"The layer “{layer.name}” is ready.")

    def _add_atlas(self, step: str, folder: Path, name: str) -> None:
        if self._is_open(folder):
            self._document.apply(step, self._document.project.with_atlas(name))
            self.said.emit("The atlas is ready.")

    def _is_open(self, folder: Path) -> bool:
        """Return whether the session of a result is still open: another project is not the place for it."""
        return self._document.is_open and self._document.folder == folder

    def _cancel_followers(self, job: Job) -> None:
        """Cancel the edits of an atlas that was made and came to nothing all the same."""
        if job.makes:
            self.cancel(record.id for record in self.open_jobs() if record.job.needs == job.makes)

    def _edit(self, job_id: str) -> ImageEdit | None:
        """Return the edit of that id, None for other jobs and for edits of another picture."""
        job = self._jobs.get(job_id)
        return job if isinstance(job, ImageEdit) and self._is_ours(job) else None

    def _is_ours(self, job: Job) -> bool:
        footage = self._document.project.footage
        match job:
            case ImageEdit():
                return footage is not None and Path(job.picture) == footage.path
            case AtlasJob():
                return footage is not None and Path(job.clip) == footage.path
            case LayerEdit():
                return footage is not None and self._document.folder in Path(job.atlas).parents
            case SubjectMatte():
                own = footage is not None and Path(job.picture) == footage.path
                return own or (footage is not None and self._document.folder in Path(job.picture).parents)
        return isinstance(job, Delivery)
