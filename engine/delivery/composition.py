"""The composition that hand-off scripts build: a project's footage, and its layers as they were delivered."""

from fractions import Fraction
from pathlib import Path

from engine.delivery.naming import DIGITS
from engine.delivery.outputs import DeliveryPlan, Output
from engine.handoff.composition import CompLayer, Composition, Media, pattern_of
from engine.jobs.deliveries import Delivery
from engine.media.clip_info import ClipInfo
from engine.media.sequences import DEFAULT_RATE, is_sequence, sequence_files
from engine.media.writers.slate import Slate
from engine.project import EditLayer, Footage, Project

STILL_BITS = 8


def composition_of(
    job: Delivery, project: Project, plan: DeliveryPlan, info: ClipInfo | None, slate: Slate, notices: tuple[str, ...]
) -> Composition:
    """Return the composition of a project and the layers that were delivered; ``info`` is None for a still.

    It counts as the delivered files do: where they have a start number of their own, that is its first frame.
    """
    footage = project.footage
    if footage is None:
        raise ValueError("a project without footage cannot be delivered")
    first = footage.first_frame if plan.numbers is None else plan.numbers[0]
    shift = slate.first - first if plan.numbers is not None else 1 - first
    frames = 1 if plan.numbers is None else len(plan.numbers)
    rate = slate.rate or DEFAULT_RATE
    layers = (
        _layer(output.shown.layer, _media(output, job, first + shift, frames, rate), footage, shift)
        for output in plan.outputs
        if output.shown.layer is not None
    )
    return Composition(
        name=plan.stem,
        width=footage.width,
        height=footage.height,
        rate=rate,
        first=first + shift,
        frames=frames,
        source=_source(footage, info, rate, shift),
        layers=tuple(layers),
        timecode=slate.timecode,
        pixel_aspect=slate.pixel_aspect,
        sidecar=plan.sidecar.absolute(),
        notices=notices,
    )


def _layer(layer: EditLayer, media: Media, footage: Footage, shift: int) -> CompLayer:
    first = footage.numbers[0] if layer.first is None else layer.first
    last = max(footage.numbers[-1], first) if layer.last is None else layer.last
    return CompLayer(
        name=layer.name,
        media=media,
        first=first + shift,
        last=max(last, first) + shift,
        opacity=layer.opacity,
        opacity_keys=tuple((number + shift, value) for number, value in layer.opacity_keys),
        blend=layer.blend,
    )


def _media(output: Output, job: Delivery, first: int, frames: int, rate: Fraction) -> Media:
    """Return a delivered layer, whose first frame lies at the composition's ``first``."""
    path, form = output.path.absolute(), output.format
    alpha = job.alpha_mode
    if output.numbers is not None:
        pattern = path.with_name(f"{path.stem}.%0{DIGITS}d{path.suffix}")
        start = output.numbers[0]
        return Media(pattern, "sequence", first, start, frames, rate, alpha, form.is_linear, form.bits)
    if form.is_movie:
        return Media(path, "movie", first, 1, frames, rate, alpha, form.is_linear, form.bits)
    return Media(path, "still", alpha=alpha, is_linear=form.is_linear, bits=form.bits)


def _source(footage: Footage, info: ClipInfo | None, rate: Fraction, shift: int) -> Media:
    begins, frames = footage.first_frame + shift, footage.frames
    if info is None:
        return Media(footage.path.absolute(), "still", bits=STILL_BITS)
    if footage.path.is_dir() or is_sequence(footage.path):
        pattern: Path = pattern_of(sequence_files(footage.path)[0]).absolute()
        return Media(pattern, "sequence", begins, footage.first_frame, frames, rate, bits=info.bits)
    return Media(footage.path.absolute(), "movie", begins, 1, frames, rate, bits=info.bits)
