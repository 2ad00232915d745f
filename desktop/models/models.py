"""What the window does with models: beside the trainings, on an engine of its own, so that neither waits."""

import asyncio
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.background import Background
from desktop.jobs.bridge import EngineBridge
from desktop.models.rows import ModelRow, model_rows
from desktop.models.words import in_window
from engine.errors import UserError
from engine.events import Cancelled, Done, Ending, Failed, Progress
from engine.guidance.models.guides import GuideModel, installed_models
from engine.guidance.models.store import ModelStore
from engine.jobs import Job, ModelCheck, ModelImport, ModelPull
from engine.results import CheckResult, ModelResult
from engine.runner import Run

KEPT = "The pull was cancelled; what came is kept, and the next one goes on from there."


class Models(QObject):
    """Does one thing with models at a time, and keeps what the checks found."""

    changed = Signal()  # what is installed or here in part
    busy_changed = Signal()
    progressed = Signal(object)  # a Progress
    noticed = Signal(str)
    said = Signal(str)
    arrived = Signal(str)  # the name of a model that is installed now
    failed = Signal(object, str)  # the Job, None for a removal, and a sentence
    checked = Signal(object)  # a CheckResult

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        background: Background,
        run: Run | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Start the engine's thread; ``run`` takes the place of the engine's own."""
        super().__init__(parent)
        self._background = background
        self._bridge = EngineBridge(loop, None, run)
        self._job: Job | None = None
        self._job_id = ""
        self.checks: dict[str, CheckResult] = {}  # by guide
        self._bridge.progressed.connect(self._tell_progress)
        self._bridge.noticed.connect(lambda _id, text: self.noticed.emit(in_window(text)))
        self._bridge.ended.connect(self._end)

    @property
    def job(self) -> Job | None:
        """What is being done now."""
        return self._job

    def installed(self) -> tuple[GuideModel, ...]:
        """Return the models that guides can work with now."""
        return installed_models()

    def rows(self) -> tuple[ModelRow, ...]:
        """Return all models, installed or not."""
        return model_rows(ModelStore())

    def submit(self, job: ModelPull | ModelImport | ModelCheck) -> None:
        """Begin ``job``; nothing else may be under way."""
        assert self._job is None, "one thing at a time"
        self._job = job
        self._job_id = self._bridge.submit(job)
        self.busy_changed.emit()

    def cancel(self) -> None:
        """End what is being done after its present step."""
        if self._job is not None:
            self._bridge.cancel(self._job_id)

    def remove(self, name: str) -> None:
        """Remove a model, with what was pulled of it."""

        def done(_freed: int) -> None:
            self.checks.pop(f"openclip:{name}", None)
            self.changed.emit()
            self.said.emit(f"{name} is removed.")

        def refused(error: UserError) -> None:
            self.changed.emit()
            self.failed.emit(None, str(error))

        self._background.run(partial(ModelStore().remove, name), done, refused)

    def close(self) -> None:
        """End the engine's thread; what came of a pull is kept."""
        self._bridge.close()

    def _tell_progress(self, _job_id: str, progress: Progress) -> None:
        self.progressed.emit(progress)

    def _end(self, _job_id: str, ending: Ending) -> None:
        job, self._job = self._job, None
        self.busy_changed.emit()
        if not isinstance(job, ModelCheck):
            self.changed.emit()  # a pull that failed or was cancelled leaves a part
        match ending:
            case Done(ModelResult(name=name)):
                self.checks.pop(f"openclip:{name}", None)
                self.arrived.emit(name)
                self.said.emit(f"{name} is installed; the guide openclip:{name} can be chosen.")
            case Done(CheckResult() as result):
                self.checks[result.guide] = result
                self.checked.emit(result)
            case Failed():
                self.failed.emit(job, in_window(ending.message))
            case Cancelled() if isinstance(job, ModelPull):
                self.said.emit(KEPT)
