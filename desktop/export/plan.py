"""The job that the choices make, what it would write, and what speaks against it. Free of Qt."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from desktop.export.choices import ExportChoices, ExportSettings
from engine.delivery.naming import TOKEN, footage_name, safe_part, version_text
from engine.delivery.outputs import DeliveryPlan, next_version, plan_delivery
from engine.delivery.sizes import check_room, estimated_size, free_room, size_text
from engine.errors import UserError
from engine.jobs import ClipDelivery, Delivery, StillDelivery
from engine.jobs.deliveries import HANDOFF_CONTENTS, LARGEST_VERSION, PASSES_CONTENTS, RGBA_CONTENTS
from engine.media.formats import FORMATS
from engine.project import Footage, Project


@dataclass(frozen=True)
class ExportSource:
    """What is exported from: ``project``, whose files lie in ``folder``; the job reads them there.

    ``has_sound`` tells of the footage. ``taken`` are files that exports in the queue are going to write.
    """

    project: Project
    folder: Path
    has_sound: bool = False
    taken: frozenset[Path] = frozenset()

    @property
    def footage(self) -> Footage:
        """The project's footage; ValueError where it has none."""
        if self.project.footage is None:
            raise ValueError("a project without footage has nothing to export")
        return self.project.footage


@dataclass(frozen=True)
class ExportPlan:
    """What would happen. ``job`` is None where ``problem``, one sentence, says why it cannot be.

    ``written`` is None where the choices do not even make names; ``replaced`` are files that are there already.
    ``size`` and ``free``, the room on the disk, are in bytes, None where they are not known. ``notes`` are sentences
    that hinder nothing.
    """

    version: int
    job: Delivery | None = None
    written: DeliveryPlan | None = None
    size: int | None = None
    free: int | None = None
    replaced: tuple[Path, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()

    def file_words(self) -> str:
        """Return the names of what is written; of a sequence, of its first and last picture."""
        if self.written is None:
            return ""
        names = []
        for output in self.written.outputs:
            files = tuple(output.names())
            names.append(files[0] if len(files) == 1 else f"{files[0]} … {files[-1]}")
        return ", ".join(names)

    def size_words(self) -> str:
        """Return how many files of what size there will be, and how much room there is."""
        if self.written is None or self.size is None:
            return ""
        count = len(self.written.names())
        # A movie's size depends on what it shows; that of a picture is at most what it takes without compression.
        most = "about" if self.written.outputs[0].format.is_movie else "at most"
        scripts = len(self.job.handoffs) if self.job else 0
        with_scripts = " and a script" if scripts == 1 else f" and {scripts} scripts" if scripts else ""
        parts = [f"{count} file{'s' * (count > 1)}{with_scripts}", f"{most} {size_text(self.size)}"]
        return " · ".join([*parts, *([] if self.free is None else [f"{size_text(self.free)} free"])])


def plan(choices: ExportChoices, source: ExportSource) -> ExportPlan:
    """Return the plan for ``choices``; looks at the disk."""
    version = choices.version or 1
    try:
        job = _job(choices, source, version)
        if choices.version is None:
            version = _free_version(job, source)
            job = replace(job, version=version)
        written = plan_delivery(job, source.project)
        size = estimated_size(written, job, source.project)
    except UserError as error:
        return ExportPlan(version, problem=str(error))
    free, replaced = free_room(choices.folder), written.existing()
    problem = _problem(written, size, source)
    return ExportPlan(
        version=version,
        job=None if problem else _with_fixed_name(job, written, source.footage),
        written=written,
        size=size,
        free=free,
        replaced=replaced,
        problem=problem,
        notes=tuple(_notes(choices, source, replaced)),
    )


def is_numbered(settings: ExportSettings) -> bool:
    """Return whether a clip's files have numbers: those of movies and of textures have none."""
    return not FORMATS[settings.format].is_movie and settings.what != "texture"


def _job(choices: ExportChoices, source: ExportSource, version: int) -> Delivery:
    """Return the job, without those settings that do not matter to its content; UserError for what does not fit."""
    settings, footage = choices.settings, source.footage
    given: dict[str, Any] = {
        "project": str(source.folder),
        "folder": str(choices.folder),
        "what": settings.what,
        "layer": choices.layer,
        "format": settings.format,
        "name": settings.name,
        "version": version,
        "alpha": settings.alpha if settings.what in RGBA_CONTENTS else "",
        "bake_opacity": settings.bake_opacity,
        "passes": settings.passes and FORMATS[settings.format].is_linear and settings.what in PASSES_CONTENTS,
        "handoffs": settings.handoffs if settings.what in HANDOFF_CONTENTS else (),
    }
    if not footage.is_clip:
        return StillDelivery(**given)
    whole = (footage.numbers[0], footage.numbers[-1]) if settings.whole else None
    first, last = choices.numbers or whole or (source.project.work_area[0], source.project.work_area[-1])
    start = settings.start if is_numbered(settings) else None
    return ClipDelivery(**given, first=first, last=last, start=start, sound=settings.sound)


def _free_version(job: Delivery, source: ExportSource) -> int:
    """Return the version behind the last one that is in the folder or in the queue."""
    version = next_version(job, source.project)
    while source.taken and version < LARGEST_VERSION and "{version}" in job.name:
        if not _taken(plan_delivery(replace(job, version=version), source.project), source):
            break
        version += 1
    return version


def _taken(written: DeliveryPlan, source: ExportSource) -> set[str]:
    """Return the names that exports in the queue are going to write, too."""
    taken = {file.name for file in source.taken if file.parent == written.folder}
    return taken.intersection(written.names()) if taken else set()


def _with_fixed_name(job: Delivery, written: DeliveryPlan, footage: Footage) -> Delivery:
    """Return the job with the name as it is now: it may wait past midnight, and a list of jobs shows what it makes."""
    output = written.outputs[0]
    if len(written.outputs) == 1 and output.format is job.in_format:
        return replace(job, name=output.path.name)
    known = {
        "{clip}": safe_part(footage_name(footage)),
        "{version}": version_text(job.version),
        "{date}": date.today().isoformat(),
    }
    return replace(job, name=TOKEN.sub(lambda token: known.get(token[0], token[0]), job.name))


def _problem(written: DeliveryPlan, size: int, source: ExportSource) -> str:
    if problem := _folder_problem(written.folder):
        return problem
    if taken := _taken(written, source):
        return f"An export in the queue writes {min(taken)}; choose another name or version."
    try:
        check_room(size, written.folder)
    except UserError as error:
        return str(error)
    return ""


def _folder_problem(folder: Path) -> str:
    """Return what speaks against a folder; one that is missing is made, but not the one above, which is a slip."""
    if not folder.is_absolute():
        return "The folder is not complete; write its whole path, or choose one."
    if folder.exists() and not folder.is_dir():
        return f"{folder} is a file; choose a folder."
    there = folder if folder.exists() else folder.parent
    if not there.is_dir():
        return f"The folder {there} does not exist; choose another one."
    if not os.access(there, os.W_OK):
        return f"The folder {there} cannot be written to; choose another one."
    return ""


def _notes(choices: ExportChoices, source: ExportSource, replaced: tuple[Path, ...]) -> Iterator[str]:
    if replaced:
        more = len(replaced) - 1
        what = f"and {more} more exist; you are asked before they are" if more else "exists; you are asked before it is"
        yield f"{replaced[0].name} {what} replaced."
    if not choices.folder.exists():
        yield f"The folder {choices.folder.name} is made."
    seen = source.project.seen_layers()
    layer = next((each for each in source.project.layers if each.id == choices.layer), None)
    if layer is not None and layer not in seen:
        yield f"The layer “{layer.name}” is hidden; it is exported all the same."
    hidden = len(source.project.layers) - len(seen)
    if choices.settings.what in ("layers", "composite") and hidden:
        yield f"{hidden} hidden layer{'s are' if hidden > 1 else ' is'} left out."
