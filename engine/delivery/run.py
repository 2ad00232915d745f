"""Delivering a saved project: whole or not at all, and gone on with after an interruption."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from engine.context import RunContext
from engine.delivery.composition import composition_of
from engine.delivery.outputs import plan_delivery
from engine.delivery.part_folder import part_folder, size_of, take_names
from engine.delivery.rendering import Rendering
from engine.delivery.sidecar import write_sidecar
from engine.delivery.sizes import check_room, estimated_size
from engine.delivery.sources import open_source
from engine.errors import UserError
from engine.events import Notice, Progress
from engine.files import make_folder
from engine.handoff.write import write_handoff
from engine.jobs.deliveries import Delivery
from engine.project import Project
from engine.project_folder import load_project, save_project
from engine.results import DeliveryResult

PROJECT_COPY = "project.patina"
UNEVEN = (
    "The footage's frame rate varies, which a composition's cannot: in the scripts it has the mean rate; "
    "the sidecar holds the frames' times."
)


def run_delivery(job: Delivery, context: RunContext) -> Generator[Progress | Notice, None, DeliveryResult]:
    """Write what ``job`` asks for; all files take their names together, the sidecar last.

    With a checkpoint the project is kept as it is at the first start, and a later run goes on with the frames that
    lack; without one only a killed process leaves something to go on with. Raises UserError where the project, its
    footage or one of its pictures cannot be read, where the layer or a frame does not exist, and where there is no
    room, or a file cannot, or must not, be written.
    """
    project, home = _project(job, context.checkpoint)
    local = replace(job, project=str(home))
    plan = plan_delivery(local, project)
    if project.footage is None:
        raise UserError(f"The project {job.project} has no footage yet; open some before you export.")
    with open_source(project.footage) as source:
        rendering = Rendering(local, project, project.footage, plan, source)
        with part_folder(job, project, context.checkpoint) as part:
            check_room(estimated_size(plan, local, project) - size_of(part), plan.folder)
            yield from rendering.write(part)
            stale = plan.left_over()
            take_names(part, plan)
        notices = rendering.notices
        if stale:
            notices.append(f"{len(stale)} files of an earlier export of that name stay, for instance {stale[0].name}.")
            yield Notice(notices[-1])
        slate = rendering.slate()
        scripts: tuple[Path, ...] = ()
        if job.handoffs and slate.times is not None:
            notices.append(UNEVEN)
            yield Notice(UNEVEN)
        if job.handoffs:
            composition = composition_of(job, project, plan, source.info, slate, tuple(notices))
            scripts = tuple(write_handoff(composition, kind, plan.folder, plan.stem) for kind in job.handoffs)
        write_sidecar(job, project, plan, source.info, slate, scripts, notices)
    return DeliveryResult(plan.files(), plan.sidecar, scripts)


def _project(job: Delivery, checkpoint: Path | None) -> tuple[Project, Path]:
    """Return the project to be delivered, and the folder that it lies in."""
    given = Path(job.project)
    if checkpoint is None:
        return load_project(given), given
    # The window's project changes, and its folder goes when it closes, while the job waits to go on.
    copy = checkpoint / PROJECT_COPY
    if not copy.exists():
        make_folder(checkpoint)
        save_project(load_project(given), copy, given)
    return load_project(copy), copy
