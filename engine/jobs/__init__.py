"""What can be asked of the engine: one frozen dataclass a job, holding all that determines the result.

A job validates itself when it is made (`UserError`), and goes to JSON and back unchanged.
"""

from engine.errors import UserError
from engine.jobs.atlases import AtlasFit, AtlasImport, AtlasJob, AtlasQuality, FlowName, Subject
from engine.jobs.base import Job
from engine.jobs.checks import LARGEST_SEED, Device
from engine.jobs.deliveries import ClipDelivery, Content, Delivery, HandoffName, StillDelivery
from engine.jobs.edits import (
    LARGEST_SIZE,
    SMALLEST_SIZE,
    ImageEdit,
    LayerEdit,
    Options,
    Quality,
    SubjectMatte,
    Target,
    WordEdit,
)
from engine.jobs.imports import ImportedAlpha, LayerImport, Transfer
from engine.jobs.models import ModelCheck, ModelImport, ModelPull

__all__ = [
    "JOBS",
    "LARGEST_SEED",
    "LARGEST_SIZE",
    "SMALLEST_SIZE",
    "AtlasFit",
    "AtlasImport",
    "AtlasJob",
    "AtlasQuality",
    "ClipDelivery",
    "Content",
    "Delivery",
    "Device",
    "FlowName",
    "HandoffName",
    "ImageEdit",
    "ImportedAlpha",
    "Job",
    "LayerEdit",
    "LayerImport",
    "ModelCheck",
    "ModelImport",
    "ModelPull",
    "Options",
    "Quality",
    "StillDelivery",
    "Subject",
    "SubjectMatte",
    "Target",
    "Transfer",
    "WordEdit",
    "job_from_json",
]

JOBS: tuple[type[Job], ...] = (
    ImageEdit,
    SubjectMatte,
    AtlasFit,
    AtlasImport,
    LayerEdit,
    LayerImport,
    StillDelivery,
    ClipDelivery,
    ModelPull,
    ModelImport,
    ModelCheck,
)


def job_from_json(values: object) -> Job:
    """Return the job of whatever kind ``values`` holds; UserError where it holds none."""
    kind = values.get("kind") if isinstance(values, dict) else None
    for job in JOBS:
        if job.kind == kind:
            return job.from_json(values)  # type: ignore[arg-type]
    raise UserError(f"There is no job of the kind {kind!r}; was it written by a newer Patina?")
