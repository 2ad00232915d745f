"""What the engine keeps on disk: the list of its unfinished jobs, and a checkpoint folder for each job."""

import json
import logging
import shutil
from collections.abc import Collection
from pathlib import Path
from uuid import uuid4

from engine.checkpoint_parts import remove_parts
from engine.errors import UserError
from engine.files import make_folder, write_text
from engine.folder_lock import lock_folder
from engine.jobs import Job, job_from_json

logger = logging.getLogger(__name__)

QUEUE_FILE, CHECKPOINTS = "queue.json", "checkpoints"
GONE_SUFFIX = ".gone"


class WorkFolder:
    """A folder that one engine at a time works in."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; raises UserError where it cannot be written, or where another engine works in it."""
        self._folder = folder
        make_folder(folder / CHECKPOINTS)
        self._lock = lock_folder(folder)
        self._written = ""

    def read_jobs(self) -> list[Job]:
        """Return the jobs of the list, skipping what cannot be read: a damaged list must not block the start."""
        path = self._folder / QUEUE_FILE
        try:
            values = json.loads(path.read_bytes()) if path.exists() else []
        except (OSError, ValueError, RecursionError):
            logger.exception("The list of unfinished jobs cannot be read: %s", path)
            return []
        jobs = []
        for value in values if isinstance(values, list) else []:
            try:
                jobs.append(job_from_json(value))
            except UserError as error:
                logger.warning("An unfinished job is left out: %s", error)
        return jobs

    def write_jobs(self, jobs: Collection[Job]) -> None:
        """Write the list atomically, if it changed; raises UserError where that fails."""
        text = json.dumps([job.to_json() for job in jobs], indent=2)
        if text != self._written:
            write_text(self._folder / QUEUE_FILE, text)
            self._written = text

    def make_checkpoint(self, job: Job) -> Path:
        """Return the job's checkpoint folder, made where it is missing; raises UserError where that fails."""
        folder = self._checkpoint(job)
        make_folder(folder)
        return folder

    def remove_checkpoint(self, job: Job) -> None:
        """Remove the job's checkpoint folder with all that is in it, and what the job keeps elsewhere."""
        _remove(self._checkpoint(job))

    def remove_checkpoints_except(self, jobs: Collection[Job]) -> None:
        """Remove all checkpoint folders but those of ``jobs``."""
        kept = {self._checkpoint(job) for job in jobs}
        for folder in (self._folder / CHECKPOINTS).iterdir():
            if folder not in kept:
                _remove(folder)

    def close(self) -> None:
        """Let another engine take the folder."""
        self._lock.release()

    def _checkpoint(self, job: Job) -> Path:
        return self._folder / CHECKPOINTS / job.digest()


def _remove(folder: Path) -> None:
    # Renamed first: a removal that is interrupted must not leave half a checkpoint under a job's name.
    gone = folder.with_name(f"{uuid4().hex}{GONE_SUFFIX}")
    try:
        folder.rename(gone)
    except FileNotFoundError:
        return
    except OSError:
        gone = folder  # Windows refuses while a file in it is open
    remove_parts(gone)
    shutil.rmtree(gone, ignore_errors=True)
    if gone.exists():
        logger.warning("The checkpoint folder %s could not be removed", gone)
