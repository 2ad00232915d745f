"""How much a delivery takes on the disk, and how much room there is."""

import shutil
from pathlib import Path

from engine.atlas.atlas_folder import texture_file
from engine.delivery.outputs import DeliveryPlan, Kind, Output
from engine.errors import UserError
from engine.jobs.deliveries import Delivery
from engine.media.stills import picture_size
from engine.project import Project

# Samples of a pixel, of the four that `Format.bytes_a_pixel` is about where a format can hold alpha.
SAMPLES: dict[Kind, int] = {"composite": 3, "greenscreen": 3, "alpha": 1, "matte": 1}
PASSES_SAMPLES = 4 + 4 + 1  # foreground, background, matte


def estimated_size(plan: DeliveryPlan, job: Delivery, project: Project) -> int:
    """Return about how many bytes the files take: of pictures the most, of movies what fine grain takes."""
    return round(sum(_size(output, plan, job, project) for output in plan.outputs))


def free_room(folder: Path) -> int | None:
    """Return the bytes that are free where ``folder`` is or will be made, None where that cannot be known."""
    there = next((path for path in (folder.absolute(), *folder.absolute().parents) if path.is_dir()), None)
    try:
        return None if there is None else shutil.disk_usage(there).free
    except OSError:
        return None


def check_room(needed: int, folder: Path) -> None:
    """Raise UserError where the disk of ``folder`` has less than ``needed`` bytes left."""
    free = free_room(folder)
    if free is not None and free < needed:
        raise UserError(
            f"The export may need {size_text(needed)}, but only {size_text(free)} are free; free some space or choose "
            "another disk."
        )


def size_text(size: int) -> str:
    """Return a number of bytes in words."""
    for unit, one in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= one:
            return f"{size / one:.1f} {unit}" if size < 100 * one else f"{size / one:.0f} {unit}"
    return f"{size} bytes"


def _size(output: Output, plan: DeliveryPlan, job: Delivery, project: Project) -> float:
    shown, form = output.shown, output.format
    width, height = _picture_size(output, job, project)
    samples = SAMPLES.get(shown.kind, 4)
    # What a movie holds besides colour and alpha costs it little: it is the colour that takes the room.
    share = 1.0 if form.is_movie or form.alpha is None else samples / 4
    if job.passes:
        share += PASSES_SAMPLES / 4
    frames = 1 if plan.numbers is None or shown.is_of_no_frame else len(plan.numbers)
    return width * height * form.bytes_a_pixel * share * frames


def _picture_size(output: Output, job: Delivery, project: Project) -> tuple[int, int]:
    shown, folder = output.shown, Path(job.project)
    if shown.kind == "edit" and shown.layer is not None:
        return picture_size(folder / shown.layer.picture)
    if shown.kind == "texture":
        return picture_size(texture_file(folder / shown.atlas, shown.atlas_layer))
    assert project.footage is not None
    return project.footage.width, project.footage.height
