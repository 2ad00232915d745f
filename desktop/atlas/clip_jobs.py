"""From the panels to the jobs of a clip: making its atlas, and editing a layer of it."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.atlas.fit_box import FitSettings
from desktop.atlas.storing import new_atlas
from desktop.background import Background
from desktop.document import Document
from desktop.jobs.edits import Edits
from desktop.matte.subjects import Subjects
from engine.atlas.atlas import BACKGROUND
from engine.errors import UserError
from engine.jobs import AtlasFit, AtlasImport, AtlasJob, Job, LayerEdit, Subject

HOW_TO_FIND = "Show where the object is first: paint it on one frame, draw a box round it, or write its word."


class ClipJobs(QObject):
    """Makes the jobs and hands them to the engine, once the masks that they need are on disk."""

    said = Signal(str)
    failed = Signal(object)  # a UserError

    def __init__(
        self,
        document: Document,
        subjects: Subjects,
        edits: Edits,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._subjects = subjects
        self._edits = edits
        self._background = background

    def fit(self, settings: FitSettings, guide: str) -> None:
        """Fit an atlas; raises UserError where no object can be found."""
        self._submit(self._fit_job(settings, guide, self._subjects_to_find()))

    def take_over(self, checkpoint: Path, settings: FitSettings) -> None:
        """Make the atlas of a published checkpoint, which was trained on the frames that ``settings`` choose."""
        clip, area = self._clip_and_frames(settings)
        out = new_atlas(self._document.folder)
        self._submit(
            AtlasImport(checkpoint=str(checkpoint), clip=str(clip), out=str(out), first=area[0], last=area[-1])
        )

    def generate(self, edit: LayerEdit, settings: FitSettings) -> None:
        """Edit a layer of the atlas; where there is none yet, one is fitted first.

        ``edit``'s own atlas does not count. Its subject stands in for objects that were never shown. Raises UserError
        where the atlas cannot be fitted for it.
        """
        project = self._document.project
        if project.atlas:
            self._submit(replace(edit, atlas=str(self._document.folder / project.atlas)))
            return
        if (making := self._under_way()) is not None:
            self._submit(replace(edit, atlas=making.out))
            return
        subjects = self._subjects_to_find(edit.subject, needed=edit.atlas_layer != BACKGROUND)
        fit = self._fit_job(settings, edit.guide, subjects)
        self._submit(fit, replace(edit, atlas=fit.out))
        self.said.emit("The atlas is fitted first, then the edit is trained.")

    def _subjects_to_find(self, word: str = "", needed: bool = False) -> tuple[Subject, ...]:
        known = self._subjects.all
        if not known and word.strip():
            return (Subject(text=word.strip()),)
        if (not known and needed) or not all(subject.can_be_found for subject in known):
            unknown = next((subject.name for subject in known if not subject.can_be_found), "")
            raise UserError(f"“{unknown}” has no mask and no word. {HOW_TO_FIND}" if unknown else HOW_TO_FIND)
        return tuple(subject.subject(self._document.folder) for subject in known)

    def _fit_job(self, settings: FitSettings, guide: str, subjects: tuple[Subject, ...]) -> AtlasFit:
        clip, area = self._clip_and_frames(settings)
        return AtlasFit(
            clip=str(clip),
            out=str(new_atlas(self._document.folder)),
            first=area[0],
            last=area[-1],
            subjects=subjects,
            quality=settings.quality,
            light=settings.light,
            flow=settings.flow,
            guide=guide,
        )

    def _clip_and_frames(self, settings: FitSettings) -> tuple[Path, range]:
        project = self._document.project
        if project.footage is None:
            raise UserError("Open a clip first.")
        return project.footage.path, project.footage.numbers if settings.whole else project.work_area

    def _under_way(self) -> AtlasJob | None:
        """Return the newest unfinished making of an atlas for this session."""
        home = self._document.folder
        jobs = (record.job for record in reversed(self._edits.open_jobs()))
        return next((job for job in jobs if isinstance(job, AtlasJob) and home in Path(job.out).parents), None)

    def _submit(self, *jobs: Job) -> None:
        self._document.keep()  # after a crash, the jobs need the session to go on

        def submit(_written: None) -> None:
            for job in jobs:
                self._edits.submit(job)

        # Behind all masks that are still to be written.
        self._background.run(lambda: None, submit, self.failed.emit)
