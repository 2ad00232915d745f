"""Where a delivery is written until it is whole: a hidden folder beside its files, on the same disk."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.checkpoint_parts import PART_SUFFIX, note_part
from engine.delivery.outputs import DeliveryPlan
from engine.errors import UserError
from engine.files import make_folder, writing
from engine.folder_lock import LOCK_FILE, lock_folder
from engine.jobs.deliveries import Delivery
from engine.project import Footage, Project
from engine.project_schema import project_to_json


@contextmanager
def part_folder(job: Delivery, project: Project, checkpoint: Path | None) -> Iterator[Path]:
    """Yield the folder for what ``job`` writes, with what an interrupted run of it left there; gone once all is well.

    Its name holds the job and the project's state, so that frames of another state are never taken up. Where the block
    fails or is closed, the folder stays if there is a ``checkpoint``, and goes with that; else it is removed. A process
    that is killed leaves it in any case. Raises UserError where it cannot be made, or another run works in it.
    """
    target = Path(job.folder).absolute()
    part = target / f".{job.digest()}-{_state(project)}{PART_SUFFIX}"
    made = [path for path in (target, *target.parents) if not path.exists()]
    make_folder(part)
    lock = lock_folder(part)
    done = False
    try:
        _remove_others(part, job)
        if checkpoint is not None:
            note_part(checkpoint, part)
        yield part
        done = True
    finally:
        lock.release()
        if done or checkpoint is None:
            shutil.rmtree(part, ignore_errors=True)
        if not done:
            with suppress(OSError):
                for path in made:
                    path.rmdir()


def take_names(part: Path, plan: DeliveryPlan) -> None:
    """Move all planned files from ``part`` to their folder, in place of others; raises UserError where that fails."""
    with writing(plan.sidecar):
        plan.sidecar.unlink(missing_ok=True)  # while names change, no sidecar vouches for them
    for file in plan.files():
        with writing(file):
            (part / file.name).replace(file)


def size_of(part: Path) -> int:
    """Return the bytes that the files in a part folder take."""
    return sum(path.stat().st_size for path in part.iterdir() if path.is_file())


def _state(project: Project) -> str:
    """Return 12 hex digits that change with the project and with its footage's files, wherever the project lies."""
    values = project_to_json(project, Path("/"))
    stamp = [values, _stamps(project.footage)]
    return hashlib.sha256(json.dumps(stamp, sort_keys=True).encode()).hexdigest()[:12]


def _stamps(footage: Footage | None) -> list[tuple[str, int, int]]:
    if footage is None:
        return []
    path = footage.path
    files = [path] if path.is_file() else sorted((path if path.is_dir() else path.parent).iterdir())
    found = ((file.name, file.stat()) for file in files if file.is_file() and not file.name.startswith("."))
    return [(name, stat.st_size, stat.st_mtime_ns) for name, stat in found]


def _remove_others(part: Path, job: Delivery) -> None:
    """Remove what is of no use: the same job's parts of an earlier state, and files that a kill left half-written."""
    for other in part.parent.glob(f".{job.digest()}-*{PART_SUFFIX}"):
        if other != part:
            with suppress(UserError):  # in use: left alone
                lock_folder(other).release()
                shutil.rmtree(other, ignore_errors=True)
    for file in part.glob(".*"):
        if file.name != LOCK_FILE:
            with suppress(OSError):
                file.unlink()
