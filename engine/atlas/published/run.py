"""Running the import of a published atlas: from a checkpoint and its clip to an atlas in a folder."""

from collections.abc import Generator
from pathlib import Path

import cv2
import numpy as np

from engine.atlas.atlas_folder import save_atlas
from engine.atlas.atlas_report import atlas_report
from engine.atlas.phases import Phases
from engine.atlas.published.nla import PUBLISHED_SIDE, import_nla
from engine.atlas.working_clip import read_working_clip
from engine.context import RunContext
from engine.events import Progress, RunEvent
from engine.jobs import AtlasImport
from engine.results import AtlasResult


def run_atlas_import(job: AtlasImport, context: RunContext) -> Generator[RunEvent, None, AtlasResult]:
    """Write the atlas that ``job`` names to the job's folder.

    Raises UserError for a checkpoint, a clip or a folder that cannot be used.
    """
    phases = Phases()
    yield Progress("reading", 0, 1, 0.0)
    reading = read_working_clip(Path(job.clip), job.first, job.last, PUBLISHED_SIDE)
    clip = yield from phases.sharing("reading", reading)
    if clip.notice:
        yield phases.note(clip.notice)
    importing = import_nla(Path(job.checkpoint), clip.described, device=context.device)
    atlas = yield from phases.sharing("importing", importing)
    save_atlas(atlas, Path(job.out))
    frames = np.stack([cv2.resize(frame, atlas.size, interpolation=cv2.INTER_AREA) for frame in clip.frames])
    return AtlasResult(Path(job.out), atlas_report(job, atlas, frames, context.device, phases))
