"""The report on an atlas that was made."""

import numpy as np

from engine.atlas.atlas import Atlas
from engine.atlas.metrics import psnr_db
from engine.atlas.phases import Phases
from engine.atlas.rendering import reconstructed
from engine.colour import to_uint8
from engine.jobs import Job
from engine.report import AtlasReport, peak_memory_mb


def atlas_report(
    job: Job, atlas: Atlas, frames: np.ndarray, device: str, phases: Phases, rounds: int = 0
) -> AtlasReport:
    """Return the report on ``atlas``, judged by the clip's ``frames`` (T, H, W, 3) uint8 at its own size."""
    psnr = [psnr_db(frame, to_uint8(reconstructed(atlas, index))) for index, frame in enumerate(frames)]
    return AtlasReport(
        job=job.to_json(),
        device=device,
        frames=len(frames),
        fps=float(atlas.clip.rate),
        clip_size=atlas.clip.size,
        size=atlas.size,
        texture_sizes={layer.name: layer.size for layer in atlas.layers},
        rounds=rounds,
        seconds=phases.seconds,
        peak_memory_mb=round(peak_memory_mb(), 1),
        psnr_db=round(float(np.mean(psnr)), 3),
        psnr_db_by_frame=tuple(round(each, 3) for each in psnr),
        notices=tuple(phases.notices),
    )
