"""Running an atlas fit: from a clip and its subjects to an atlas in a folder."""

import hashlib
import time
from collections.abc import Generator, Iterable
from pathlib import Path

import numpy as np
import torch

from engine.atlas.atlas import Atlas, AtlasLayer, layer_names
from engine.atlas.atlas_folder import save_atlas
from engine.atlas.atlas_report import atlas_report
from engine.atlas.fitting.checkpoint import FitCheckpoint
from engine.atlas.fitting.extent import crop, empty_layer
from engine.atlas.fitting.fit import Fit
from engine.atlas.fitting.fitted_layer import FittedLayer, Lattice
from engine.atlas.fitting.growing import grown
from engine.atlas.fitting.refining import (
    average_textures,
    refine_light,
    refine_mappings,
    refine_mattes,
    refine_textures,
)
from engine.atlas.fitting.settings import FitSettings, fit_settings
from engine.atlas.fitting.subjects import find_masks, flow_named
from engine.atlas.motion.camera import camera_motion, object_motion
from engine.atlas.motion.flow import Flows
from engine.atlas.phases import Phases
from engine.atlas.working_clip import WorkingClip, read_working_clip
from engine.context import RunContext
from engine.events import Preview, Progress, RunEvent
from engine.jobs import AtlasFit
from engine.results import AtlasResult

LIGHT_FROM, MATTES_FROM = 2, 4  # rounds: what is finer follows once the mappings lie well
POLISHING_RELAXATION = 1.5

Run = Generator[RunEvent, None, None]


def run_atlas_fit(job: AtlasFit, context: RunContext) -> Generator[RunEvent, None, AtlasResult]:
    """Fit the atlas that ``job`` asks for and write it to the job's folder.

    Raises UserError for a clip, a mask, a word or a folder that cannot be used.
    """
    settings, phases = fit_settings(job), Phases()
    yield Progress("reading", 0, 1, 0.0)
    reading = read_working_clip(Path(job.clip), job.first, job.last, settings.width)
    clip = yield from phases.sharing("reading", reading)
    if clip.notice:
        yield phases.note(clip.notice)
    checkpoint = FitCheckpoint(context.checkpoint, _identity(job, clip))
    flows = Flows(clip.frames, flow_named(job.flow))
    masks = checkpoint.masks()
    if masks is None:
        yield from phases.following("flow", len(clip.frames) - 1, flows.compute())
        masks = yield from phases.sharing("mattes", find_masks(job, clip, flows, context.device))
        checkpoint.keep_masks(masks)
    fit = yield from _begin(clip, masks, flows, settings, checkpoint, phases, context)
    yield from _refine(fit, checkpoint, phases, context)
    yield Progress("writing", 0, 1, sum(phases.seconds.values()))
    began = time.monotonic()
    atlas = finished(fit, clip)
    save_atlas(atlas, Path(job.out))
    phases.told("writing", 1, 1, began)
    report = atlas_report(job, atlas, clip.frames, context.device, phases, rounds=settings.rounds)
    return AtlasResult(Path(job.out), report)


def finished(fit: Fit, clip: WorkingClip) -> Atlas:
    """Return what was fitted as an atlas."""
    layers = tuple(
        AtlasLayer(
            name,
            np.ascontiguousarray(layer.texture.permute(1, 2, 0).cpu().numpy()),
            layer.seen[0].clamp(0, 1).cpu().numpy(),
            layer.mapping.cpu().numpy(),
        )
        for name, layer in zip(layer_names(len(fit.layers) - 1), fit.layers, strict=True)
    )
    light = fit.light.cpu().numpy() if fit.settings.light else None
    return Atlas(clip.described, clip.size, layers, fit.mattes, light)


def _begin(
    clip: WorkingClip,
    masks: np.ndarray,
    flows: Flows,
    settings: FitSettings,
    checkpoint: FitCheckpoint,
    phases: Phases,
    context: RunContext,
) -> Generator[RunEvent, None, Fit]:
    """Return the fit where an earlier run left it, or with its first mappings and textures."""
    (width, height), device = clip.size, context.device
    light_lattice = Lattice.over(width, height, settings.light_spacing, device)
    light = torch.ones(len(clip.frames), *light_lattice.size, 3, device=device)
    fit = Fit(clip.frames, masks, masks.copy(), [], light_lattice, light, settings, device)
    lattice = Lattice.over(width, height, settings.node_spacing, device)
    fit.layers = [FittedLayer.blank(lattice, device) for _ in range(masks.shape[1] + 1)]
    if checkpoint.restore(fit) >= 0:
        return fit
    yield Progress("motion", 0, 1, sum(phases.seconds.values()))
    began = time.monotonic()
    seen = masks.max(1) if masks.shape[1] else np.zeros(masks.shape[:1] + masks.shape[2:], np.uint8)
    motions = [camera_motion(list(clip.frames), flows, list(seen))]
    motions += [object_motion(flows, list(masks[:, place])) for place in range(masks.shape[1])]
    phases.told("motion", 1, 1, began)
    shown = [255 - seen, *masks.swapaxes(0, 1)]
    fit.layers = [
        empty_layer(motion, each, lattice, settings, device) for motion, each in zip(motions, shown, strict=True)
    ]
    frames = len(fit)
    growing = (step for place in range(len(fit.layers)) for step in grown(fit, place, flows))
    yield from phases.following("growing", frames * len(fit.layers), growing)
    for layer, each in zip(fit.layers, shown, strict=True):
        crop(layer, each)
    yield from phases.following("textures", frames, average_textures(fit))
    checkpoint.keep(fit, 0, at_once=True)
    return fit


def _refine(fit: Fit, checkpoint: FitCheckpoint, phases: Phases, context: RunContext) -> Run:
    settings, done = fit.settings, max(checkpoint.restore(fit), 0)
    rounds = settings.rounds + settings.polishing
    steps, began, shown, step = _steps(settings, done, len(fit)), time.monotonic(), time.monotonic(), 0
    for number in range(done, rounds):
        for _ in _round(fit, number):
            step += 1
            yield phases.told("refining", step, steps, began)
            if context.preview_every and time.monotonic() - shown >= context.preview_every:
                shown = time.monotonic()
                yield Preview(_preview(fit), number)
        checkpoint.keep(fit, number + 1)
    checkpoint.keep(fit, rounds, at_once=True)


def _round(fit: Fit, number: int) -> Iterable[int]:
    settings = fit.settings
    if number >= settings.rounds:
        yield from refine_textures(fit, POLISHING_RELAXATION)
        return
    yield from refine_textures(fit)
    yield from refine_mappings(fit)
    if settings.light and number >= LIGHT_FROM:
        yield from refine_light(fit)
    if len(fit.layers) > 1 and number >= MATTES_FROM:
        yield from refine_mattes(fit)


def _steps(settings: FitSettings, done: int, frames: int) -> int:
    """Return how many frames the rounds that are left will pass."""
    passes = 0
    for number in range(done, settings.rounds + settings.polishing):
        passes += 1
        if number < settings.rounds:
            passes += 1 + (settings.light and number >= LIGHT_FROM) + (number >= MATTES_FROM)
    return passes * frames


def _preview(fit: Fit) -> np.ndarray:
    """Return the middle frame as it is explained now, opaque (H, W, 4)."""
    picture = fit.explained(len(fit) // 2).picture.clamp(0, 1).permute(1, 2, 0).cpu().numpy()
    return np.dstack([picture, np.ones(picture.shape[:2], np.float32)])


def _identity(job: AtlasFit, clip: WorkingClip) -> str:
    """Return a digest of all that the result depends on: the clip may change under the name that a job holds."""
    digest = hashlib.sha256(job.digest().encode())
    digest.update(clip.frames.tobytes())
    return digest.hexdigest()
