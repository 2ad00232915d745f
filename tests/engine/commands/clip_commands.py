"""A clip on disk, and a fitting that takes no time, for the tests of the commands for clips."""

from collections.abc import Generator
from pathlib import Path

import pytest

from engine import runs
from engine.atlas.atlas_folder import save_atlas
from engine.commands import command_line
from engine.context import RunContext
from engine.errors import UserError
from engine.events import Progress
from engine.jobs import AtlasFit
from engine.report import AtlasReport
from engine.results import AtlasResult
from tests.engine.small_atlas import CLIP, FITTED, FRAMES, small_atlas


def run(*arguments: object) -> int:
    def no_window(file: str | None) -> int:
        pytest.fail("a window was opened")

    return command_line.run([str(argument) for argument in arguments], no_window)


class QuickFit:
    """Stands in for the fitting: it saves the atlas that is known exactly, and keeps the jobs."""

    def __init__(self) -> None:
        self.jobs: list[AtlasFit] = []
        self.refusal = ""
        self.interrupted = False

    def __call__(self, job: AtlasFit, context: RunContext) -> Generator[Progress, None, AtlasResult]:
        self.jobs.append(job)
        yield Progress("flow", 1, 2, 0.1)
        if self.refusal:
            raise UserError(self.refusal)
        assert context.checkpoint is not None
        (context.checkpoint / "fit.npz").write_bytes(b"half way")
        if self.interrupted:
            raise KeyboardInterrupt
        yield Progress("flow", 2, 2, 0.2)
        save_atlas(small_atlas(Path(job.clip)), Path(job.out))
        return AtlasResult(Path(job.out), self._report(job))

    def _report(self, job: AtlasFit) -> AtlasReport:
        return AtlasReport(
            job=job.to_json(),
            device="cpu",
            frames=FRAMES,
            fps=24.0,
            clip_size=CLIP,
            size=FITTED,
            texture_sizes={"foreground": (44, 44)},
            rounds=1,
            seconds={"flow": 0.2},
            peak_memory_mb=100.0,
            psnr_db=40.0,
            psnr_db_by_frame=(40.0,) * FRAMES,
        )


@pytest.fixture
def quick_fit(monkeypatch: pytest.MonkeyPatch) -> QuickFit:
    """The fitting of atlases in this test."""
    fit = QuickFit()
    monkeypatch.setattr(runs, "run", fit)
    return fit
