"""Opening the export dialog, and bringing its job to the engine."""

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.export.dialog import ExportDialog
from desktop.export.plan import ExportSource
from desktop.jobs.words import title
from desktop.services import Services
from engine.delivery.outputs import plan_delivery
from engine.errors import UserError
from engine.jobs import Delivery, Job
from engine.project import Project, new_id
from engine.project_folder import (
    SUFFIX,
    bring_folder,
    link_or_copy,
    make_project_folder,
    read_project_file,
    write_project_file,
)

COPIES = "deliveries"


class ExportCommands(QObject):
    """An export may wait long in the queue, while its project changes: it gets a copy, of links, of what was seen."""

    def __init__(self, services: Services, window: QWidget) -> None:
        super().__init__(window)
        self._services, self._document, self._window = services, services.document, window
        self._copies: dict[str, Path] = {}  # by the ids of the jobs that read them
        services.bridge.ended.connect(lambda job_id, _ending: self._forget_copy(job_id))

    def ask(self) -> None:
        """Open the dialog, once exports that were asked for before are in the queue."""
        self._document.when_written(self._open)

    def _open(self) -> None:
        document, clip = self._document, self._document.clip
        source = ExportSource(
            project=document.project,
            folder=document.folder,
            has_sound=clip is not None and clip.info.has_audio,
            taken=frozenset(file for record in self._services.edits.open_jobs() for file in _files(record.job)),
        )
        dialog = ExportDialog(source, document.current_layer, self._window)
        dialog.export_requested.connect(partial(self._submit, source))
        dialog.open()

    def _submit(self, source: ExportSource, job: Delivery) -> None:
        copy = source.folder / COPIES / new_id() / f"{Path(self._document.title).stem}{SUFFIX}"
        work = partial(copy_project, source.project, source.folder, copy)
        self._services.background.run(work, lambda _none: self._queue(job, copy), self._services.edits.failed.emit)

    def _queue(self, job: Delivery, copy: Path) -> None:
        self._copies[self._services.bridge.submit(replace(job, project=str(copy)))] = copy
        self._services.edits.said.emit(f"In the queue: {title(job)}")

    def _forget_copy(self, job_id: str) -> None:
        copy = self._copies.pop(job_id, None)
        if copy is not None:
            remove = partial(shutil.rmtree, copy.parent, ignore_errors=True)
            self._services.background.run(remove, lambda _none: None, self._services.edits.failed.emit)


def _files(job: Job) -> tuple[Path, ...]:
    """Return the files that a job is going to write, as far as they are known."""
    if not isinstance(job, Delivery):
        return ()
    try:
        return plan_delivery(job, read_project_file(Path(job.project))).files()
    except UserError:  # it will say so itself when its turn comes
        return ()


def copy_project(project: Project, session: Path, copy: Path) -> None:
    """Write a project to the folder ``copy``, with links to its files in the session's folder.

    Raises UserError for what the system refuses.
    """
    make_project_folder(copy)
    for name in project.files():
        link_or_copy(session / name, copy / name)
    for name in (*project.frame_folders(), *project.atlases()):
        bring_folder(session / name, copy / name)
    write_project_file(project, copy)
