"""Running an image edit: from a photograph and a prompt to an edit layer at full size."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.context import RunContext
from engine.events import MatteFound, Notice, Progress, RunEvent
from engine.filters import resize
from engine.guidance.loading import load_guide
from engine.guidance.matte import find_matte
from engine.jobs import ImageEdit, SubjectMatte
from engine.media.stills import read_still
from engine.notices import noting
from engine.report import Report, peak_memory_mb
from engine.results import EditResult, MatteResult
from engine.stopwatch import Stopwatch
from engine.text2live.enlarging import enlarged
from engine.text2live.examples import Example, PictureExamples, training_size
from engine.text2live.region import Region, find_region
from engine.text2live.settings import Settings, settings_for
from engine.text2live.shading import shaded
from engine.text2live.tensors import to_picture, to_tensor
from engine.text2live.texts import Texts, read_texts
from engine.text2live.trainer import LayerTrainer


def run_image_edit(job: ImageEdit, context: RunContext) -> Generator[RunEvent, None, EditResult]:
    """Train the layer that ``job`` asks for and return it at the picture's full size.

    Raises UserError for a picture, a mask, a word, an option or a device that cannot be used.
    """
    settings_for(job)  # what is wrong with the options is said at once
    watch, notices = Stopwatch(), list[str]()
    yield Progress("reading", 0, 1, 0.0)
    with watch.phase("reading"):
        picture = read_still(Path(job.picture)).rgb
    with watch.phase("guide"):
        guide = load_guide(job.guide, context.device)
        texts, settings = read_texts(job, guide), settings_for(job, guide.input_size)
    yield Progress("matte", 0, 1, watch.total)
    with watch.phase("matte"):
        region = find_region(job, job.subject or texts.target.subject, settings, guide, picture, context.device)
    if region.matte is not None:
        yield MatteFound(region.matte)
    if region.notice:
        notices.append(region.notice)
        yield Notice(region.notice)
    whole, settings = _whole(picture, region, texts, settings, context.device)
    trainer = LayerTrainer(guide, texts, PictureExamples(whole, settings), settings, job.seed)
    trained = yield from noting(trainer.train(context.checkpoint, context.preview_every), notices)
    watch.seconds["training"] = round(trained.seconds, 3)
    yield Progress("full size", 0, 1, watch.total, losses=trained.losses)
    with watch.phase("full size"):
        layer = enlarged(
            to_picture(trained.painted), picture, region.where if settings.confinement == "matte" else None
        )
    report = Report(
        job=job.to_json(),
        guide=guide.name,
        device=context.device,
        seed=job.seed,
        steps=trained.steps,
        size=(picture.shape[1], picture.shape[0]),
        training_size=whole.size,
        seconds=watch.seconds,
        peak_memory_mb=round(peak_memory_mb(), 1),
        losses=trained.losses,
        notices=tuple(notices),
    )
    return EditResult(layer, region.matte, report)


def run_subject_matte(job: SubjectMatte, context: RunContext) -> Generator[RunEvent, None, MatteResult]:
    """Find the matte that ``job`` asks for; raises UserError where it cannot be found."""
    yield Progress("reading", 0, 1, 0.0)
    picture = read_still(Path(job.picture)).rgb
    guide = load_guide(job.guide, context.device)
    yield Progress("matte", 0, 1, 0.0)
    return MatteResult(find_matte(guide, picture, job.subject, context.device))


def _whole(
    picture: np.ndarray, region: Region, texts: Texts, settings: Settings, device: str
) -> tuple[Example, Settings]:
    """Return the whole picture at training size, with its region and, for a material, its shading.

    And the settings, in which an edit without a region is not confined.
    """
    width, height = training_size(picture.shape[1], picture.shape[0], settings.size)
    small = np.clip(resize(picture, width, height), 0, 1)
    if region.where is None:
        settings, where = replace(settings, confinement="none"), np.ones((height, width), np.float32)
    else:
        where = np.clip(resize(region.where, width, height), 0, 1)
    material = texts.target.material
    wanted = None if material is None else to_tensor(shaded(material, small, where), device)
    return Example(to_tensor(small, device), to_tensor(where[..., None], device), wanted), settings
