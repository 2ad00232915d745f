"""Jobs of the small clip: their results, and waiting for them to be asked for."""

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from desktop.window import MainWindow
from engine.atlas.atlas_folder import save_atlas
from engine.jobs import AtlasJob, Job
from engine.report import AtlasReport, Report
from engine.results import AtlasResult, LayerEditResult
from tests.small_atlas import small_atlas

WAIT = 20_000


def edited() -> LayerEditResult:
    """Return an opaque green edit of the foreground."""
    picture = np.zeros((88, 120, 4), np.float32)
    picture[..., 1] = picture[..., 3] = 1
    return LayerEditResult(picture, Report({}, "starter", "cpu", 0, 1, (120, 88), (120, 88), {"training": 3.0}, 0.0))


def made(job: AtlasJob) -> AtlasResult:
    """Write the small atlas where the job asks for it."""
    save_atlas(small_atlas(Path(job.clip)), Path(job.out))
    report = AtlasReport({}, "cpu", 4, 24.0, (96, 64), (48, 32), {}, 1, {"fitting": 65.0}, 0.0, 30.0, (30.0,) * 4)
    return AtlasResult(Path(job.out), report)


def jobs(window: MainWindow) -> list[Job]:
    """Return all jobs of this start."""
    return [record.job for record in window.services.bridge.records()]


def wait_for_jobs(window: MainWindow, count: int, qtbot: QtBot) -> list[Job]:
    """Wait until there are so many jobs, and return them."""
    qtbot.waitUntil(lambda: len(jobs(window)) == count, timeout=WAIT)
    return jobs(window)
