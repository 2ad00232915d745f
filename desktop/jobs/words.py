"""Jobs, times and settings in words. Free of Qt."""

from collections.abc import Iterator
from pathlib import Path

from desktop.export.words import CONTENT_WORDS, HANDOFF_WORDS
from engine.events import Progress
from engine.jobs import (
    AtlasFit,
    AtlasImport,
    AtlasJob,
    ClipDelivery,
    Delivery,
    ImageEdit,
    Job,
    LayerEdit,
    LayerImport,
    SubjectMatte,
    WordEdit,
)
from engine.jobs.deliveries import RGBA_CONTENTS
from engine.option_texts import write_value

# Phases of one step, whose names alone would say little.
PHASES = {
    "reading": "Reading the footage…",
    "matte": "Finding the subject…",
    "full size": "Bringing the layer to full size…",
}


def title(job: Job) -> str:
    """Return what the job makes."""
    match job:
        case WordEdit():
            return job.prompt
        case AtlasFit():
            return f"Atlas of {Path(job.clip).name}"
        case AtlasImport():
            return f"Published atlas of {Path(job.clip).name}"
        case SubjectMatte():
            return f"Matte of “{job.subject}”"
        case Delivery():
            return f"Export {delivered_name(job)}"
        case LayerImport():
            return f"Import {Path(job.source).name}"
    return job.kind.replace("_", " ").capitalize()


def delivered_name(job: Delivery) -> str:
    """Return the name of the files; a star stands for the layers of a delivery of several."""
    name, suffixes = job.name.replace("{layer}", "*"), job.in_format.suffixes
    return name if name.lower().endswith(suffixes) else f"{name}{suffixes[0]}"


def settings(job: Job) -> Iterator[tuple[str, str]]:
    """Yield the name and the value of each setting that a user chose."""
    match job:
        case WordEdit():
            yield from _edit_settings(job)
        case AtlasJob():
            yield from _atlas_settings(job)
        case SubjectMatte():
            yield "Picture", Path(job.picture).name
            yield "Guide", job.guide
        case Delivery():
            yield from _delivery_settings(job)
        case LayerImport():
            yield "File", job.source
            if job.alpha != "auto":
                yield "Alpha", job.alpha
            if job.start is not None:
                yield "Begins at", str(job.start)
            if job.atlas_layer:
                yield "Atlas layer", job.atlas_layer


def _atlas_settings(job: AtlasJob) -> Iterator[tuple[str, str]]:
    yield "Clip", Path(job.clip).name
    if job.first is not None and job.last is not None:
        yield "Frames", f"{job.first} to {job.last}"
    if isinstance(job, AtlasImport):
        yield "Checkpoint", job.checkpoint
    if isinstance(job, AtlasFit):
        yield from (("Object", str(subject)) for subject in job.subjects)
        yield "Quality", job.quality
        yield "Light", "changes" if job.light else "constant"
        yield "Flow", job.flow.upper()
        if any(subject.text for subject in job.subjects):
            yield "Guide", job.guide


def _delivery_settings(job: Delivery) -> Iterator[tuple[str, str]]:
    yield "Folder", job.folder
    yield "Content", CONTENT_WORDS[job.what]
    yield "Format", job.in_format.label
    if job.what in RGBA_CONTENTS:
        yield "Alpha", job.alpha_mode
        yield "Opacity", "left to the scripts" if job.handoffs else "in the alpha" if job.bake_opacity else "left out"
    if job.passes:
        yield "Passes", "foreground, background, matte"
    if isinstance(job, ClipDelivery) and job.first is not None and job.last is not None:
        yield "Frames", f"{job.first} to {job.last}"
        if job.start is not None:
            yield "First file", str(job.start)
    if job.handoffs:
        yield "Scripts", ", ".join(HANDOFF_WORDS[each] for each in job.handoffs)


def _edit_settings(job: WordEdit) -> Iterator[tuple[str, str]]:
    if isinstance(job, ImageEdit):
        yield "Picture", Path(job.picture).name
    if isinstance(job, LayerEdit):
        yield "Atlas layer", job.atlas_layer
    texts = (
        ("Subject", job.subject),
        ("Spare", job.spare),
        ("Layer", job.layer),
        ("Source", job.source),
        ("Avoid", job.avoid),
    )
    yield from ((name, value) for name, value in texts if value)
    if isinstance(job, ImageEdit) and job.target == "background":
        yield "Edit", "all but the subject"
    yield "Quality", job.quality
    yield from ((name, str(value)) for name, value in (("Steps", job.steps), ("Size", job.size)) if value)
    yield "Seed", str(job.seed)
    yield "Guide", job.guide
    yield from ((name.replace("_", " ").capitalize(), write_value(value)) for name, value in job.options)


def progress_text(progress: Progress) -> str:
    """Return the phase and, where it has several steps, the step and the time that remains."""
    if progress.steps <= 1:
        return PHASES.get(progress.phase, f"{progress.phase.capitalize()}…")
    parts = [progress.phase.capitalize(), f"step {progress.step} of {progress.steps}"]
    if progress.remaining is not None and progress.step < progress.steps:
        parts.append(f"{duration_text(progress.remaining)} left")
    return " · ".join(parts)


def duration_text(seconds: float) -> str:
    """Return a time of the precision that a waiting person wants."""
    whole = max(round(seconds), 1)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
