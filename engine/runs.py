"""Which run does which job."""

from collections.abc import Generator
from functools import singledispatch

from engine.context import RunContext
from engine.events import RunEvent
from engine.jobs import (
    AtlasFit,
    AtlasImport,
    Delivery,
    ImageEdit,
    Job,
    LayerEdit,
    LayerImport,
    ModelCheck,
    ModelImport,
    ModelPull,
    SubjectMatte,
)

# Each run is imported where it starts: their libraries take seconds to load, and the window must not wait for them.


@singledispatch
def run(job: Job, _context: RunContext) -> Generator[RunEvent, None, object]:
    """Return the run of ``job``: it yields events and returns the result; raises UserError for what users can mend."""
    raise TypeError(f"no run does a {type(job).__name__}")


@run.register
def _(job: ImageEdit, context: RunContext) -> Generator[RunEvent, None, object]:
    from engine.text2live.image_edit import run_image_edit

    return run_image_edit(job, context)


@run.register
def _(job: SubjectMatte, context: RunContext) -> Generator[RunEvent, None, object]:
    from engine.text2live.image_edit import run_subject_matte

    return run_subject_matte(job, context)


@run.register
def _(job: AtlasFit, context: RunContext) -> Generator[RunEvent, None, object]:
    from engine.atlas.fitting.run import run_atlas_fit

    return run_atlas_fit(job, context)


@run.register
def _(job: LayerEdit, context: RunContext) -> Generator[RunEvent, None, object]:
    from engine.text2live.layer_edit import run_layer_edit

    return run_layer_edit(job, context)


@run.register
def _(job: Delivery, context: RunContext) -> Generator[RunEvent, None, object]:
    from engine.delivery.run import run_delivery

    return run_delivery(job, context)


@run.register
def _(job: ModelPull, context: RunContext) -> Generator[RunEvent, None, object]:
    from engine.guidance.models.downloading import run_model_pull

    return run_model_pull(job, context)


@run.register
def _(job: ModelImport, context: RunContext) -> Generator[RunEvent, None, object]:
    from engine.guidance.models.importing import run_model_import

    return run_model_import(job, context)


@run.register
def _(job: ModelCheck, context: RunContext) -> Generator[RunEvent, None, object]:
    from engine.guidance.models.checking import run_model_check

    return run_model_check(job, context)


@run.register
def _(job: AtlasImport, context: RunContext) -> Generator[RunEvent, None, object]:
    from engine.atlas.published.run import run_atlas_import

    return run_atlas_import(job, context)


@run.register
def _(job: LayerImport, context: RunContext) -> Generator[RunEvent, None, object]:
    from engine.layer_import.run import run_layer_import

    return run_layer_import(job, context)
