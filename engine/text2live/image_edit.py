"""Running an image edit: from a photograph and a prompt to an edit layer at full size."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from engine.context import RunContext
from engine.events import MatteFound, Notice, Progress, RunEvent
from engine.filters import resize
from engine.guidance.guide import Guide
from engine.guidance.loading import load_guide
from engine.guidance.matte import find_matte
from engine.jobs import ImageEdit, SubjectMatte
from engine.media.stills import read_mask, read_still
from engine.report import Report, peak_memory_mb
from engine.results import EditResult, MatteResult
from engine.text2live.enlarging import enlarged
from engine.text2live.examples import Example, training_size
from engine.text2live.settings import Settings, settings_for
from engine.text2live.shading import shaded
from engine.text2live.trainer import ImageTrainer, Texts, Trained


@dataclass
class _Stopwatch:
    """Seconds by phase."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Generator[None]:
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 3)


def run_image_edit(job: ImageEdit, context: RunContext) -> Generator[RunEvent, None, EditResult]:
    """Train the layer that ``job`` asks for and return it at the picture's full size.

    Raises UserError for a picture, a mask, a word or a device that cannot be used.
    """
    watch = _Stopwatch()
    yield Progress("reading", 0, 1, 0.0)
    with watch.phase("reading"):
        picture = read_still(Path(job.picture)).rgb
    with watch.phase("guide"):
        guide = load_guide(job.guide, context.device)
        texts = _texts(job, guide)
    yield Progress("matte", 0, 1, watch.seconds["reading"] + watch.seconds["guide"])
    subject = job.subject or texts.target.subject
    with watch.phase("matte"):
        matte = _matte(job, subject, guide, picture, context.device)
    yield MatteFound(matte)
    notices = () if subject or job.mask else (_no_subject(),)
    yield from (Notice(text) for text in notices)
    region = 1 - matte if job.target == "background" else matte
    settings = settings_for(job.quality, job.steps, job.size, guide.input_size)
    with watch.phase("training"):
        whole = _whole(picture, region, texts, settings, context.device)
        trainer = ImageTrainer(guide, texts, whole, settings, job.seed)
        trained: Trained = yield from trainer.train(context.checkpoint, context.preview_every)
    yield Progress("full size", 0, 1, sum(watch.seconds.values()), losses=trained.losses)
    with watch.phase("full size"):
        painted = trained.painted[0].permute(1, 2, 0).contiguous().cpu().numpy()
        layer = enlarged(painted, picture, region)
    report = Report(
        job=job.to_json(),
        guide=guide.name,
        device=context.device,
        seed=job.seed,
        steps=settings.steps,
        size=(picture.shape[1], picture.shape[0]),
        training_size=whole.size,
        seconds=watch.seconds,
        peak_memory_mb=round(peak_memory_mb(), 1),
        losses=trained.losses,
        notices=notices,
    )
    return EditResult(layer, matte, report)


def run_subject_matte(job: SubjectMatte, context: RunContext) -> Generator[RunEvent, None, MatteResult]:
    """Find the matte that ``job`` asks for; raises UserError where it cannot be found."""
    yield Progress("reading", 0, 1, 0.0)
    picture = read_still(Path(job.picture)).rgb
    guide = load_guide(job.guide, context.device)
    yield Progress("matte", 0, 1, 0.0)
    return MatteResult(find_matte(guide, picture, job.subject, context.device))


def _texts(job: ImageEdit, guide: Guide) -> Texts:
    target = guide.read(job.prompt)
    layer = guide.read(job.layer) if job.layer.strip() else target
    source = guide.read(job.source) if job.source.strip() else None
    return Texts(target, layer, source)


def _matte(job: ImageEdit, subject: str, guide: Guide, picture: np.ndarray, device: str) -> np.ndarray:
    if job.mask:
        return read_mask(Path(job.mask), picture.shape[1], picture.shape[0])
    return find_matte(guide, picture, subject, device)


def _no_subject() -> str:
    return "No subject was named, so the edit is kept to what the guide sees first; name a subject to choose."


def _whole(picture: np.ndarray, region: np.ndarray, texts: Texts, settings: Settings, device: str) -> Example:
    """Return the whole picture at training size, with its region and, for a material, its shading."""
    width, height = training_size(picture.shape[1], picture.shape[0], settings.size)
    small = np.clip(resize(picture, width, height), 0, 1)
    small_region = np.clip(resize(region, width, height), 0, 1)
    material = texts.target.material
    wanted = None if material is None else _tensor(shaded(material, small, small_region), device)
    return Example(_tensor(small, device), _tensor(small_region[..., None], device), wanted)


def _tensor(picture: np.ndarray, device: str) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32))[None].to(device)
