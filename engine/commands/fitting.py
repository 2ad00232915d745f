"""Fitting an atlas from the command line: gone on with after an interruption, and not done twice."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from engine.commands.progress import ProgressLine
from engine.context import RunContext
from engine.files import make_folder, write_text
from engine.jobs import AtlasFit, AtlasImport, Job

# Inside the folder for results: the atlas with its report, and what only an unfinished command needs.
ATLAS_FOLDER, WORK_FOLDER, REPORT_FILE = "atlas", ".work", "report.json"


@contextmanager
def work_folder(folder: Path) -> Iterator[Path]:
    """Yield the folder in which a command keeps what a later one may go on with; it is removed once all went well.

    Where the block fails before anything was kept, no empty folder stays behind.
    """
    work = folder / WORK_FOLDER
    try:
        yield work
    except BaseException:
        for path in sorted(work.rglob("*"), reverse=True):
            if path.is_dir():
                with suppress(OSError):
                    path.rmdir()
        with suppress(OSError):
            work.rmdir()
        raise
    shutil.rmtree(work, ignore_errors=True)


def context_for(job: Job, work: Path, device: str) -> RunContext:
    """Return the context of a job's run, whose checkpoint lies in ``work``; UserError where it cannot be made."""
    checkpoint = work / job.digest()
    make_folder(checkpoint)
    return RunContext(device=device, checkpoint=checkpoint, preview_every=0)


def fitted(job: AtlasFit | AtlasImport, work: Path, device: str) -> Mapping[str, Any]:
    """Fit or import the atlas that ``job`` asks for, unless it lies there already; return the report of its making.

    Raises UserError for what users can mend.
    """
    if (report := _kept_report(job)) is not None:
        return report
    from engine.runs import run

    result: Any = ProgressLine().follow(run(job, context_for(job, work, device)))
    text = result.report.to_json()
    write_text(Path(job.out) / REPORT_FILE, text)
    return json.loads(text)


def report_of(atlas: Path) -> Mapping[str, Any] | None:
    """Return the report that lies in an atlas's folder, None where there is none that can be read."""
    try:
        report = json.loads((atlas / REPORT_FILE).read_bytes())
    except (OSError, ValueError):
        return None
    return report if isinstance(report, dict) and "seconds" in report else None


def _kept_report(job: AtlasFit | AtlasImport) -> Mapping[str, Any] | None:
    """Return the report of an atlas that the same job made from files that have not changed since."""
    report, path = report_of(Path(job.out)), Path(job.out) / REPORT_FILE
    if report is None or report.get("job") != json.loads(json.dumps(job.to_json())):
        return None
    try:
        fresh = all(file.stat().st_mtime < path.stat().st_mtime for file in _inputs(job))
    except OSError:
        return None
    return report if fresh else None


def _inputs(job: AtlasFit | AtlasImport) -> Iterator[Path]:
    """Yield the files that an atlas is made from."""
    if isinstance(job, AtlasImport):
        others = [job.checkpoint]
    else:
        others = [subject.masks for subject in job.subjects if subject.masks]
        others += [file for subject in job.subjects for _, file in subject.keys]
    for name in (job.clip, *others):
        path = Path(name)
        folder = path if path.is_dir() else path.parent
        yield from folder.iterdir() if path.is_dir() or not path.exists() else (path,)
