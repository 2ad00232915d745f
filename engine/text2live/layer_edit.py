"""Running an edit of one layer of an atlas: from a fitted clip and a prompt to an edit that sticks to the surface."""

from collections.abc import Generator
from pathlib import Path

import numpy as np

from engine.atlas.atlas import Atlas, AtlasLayer
from engine.atlas.atlas_folder import load_atlas
from engine.compositing import bleed
from engine.context import RunContext
from engine.errors import UserError
from engine.events import Progress, RunEvent
from engine.filters import resize
from engine.guidance.loading import load_guide
from engine.jobs import LayerEdit
from engine.media.clips import open_clip
from engine.notices import noting
from engine.report import Report, peak_memory_mb
from engine.results import LayerEditResult
from engine.stopwatch import Stopwatch
from engine.text2live.atlas_examples import AtlasExamples
from engine.text2live.enlarging import enlarged
from engine.text2live.examples import Example, training_size
from engine.text2live.layer_region import layer_region
from engine.text2live.settings import Settings, settings_for
from engine.text2live.shading import shaded
from engine.text2live.tensors import to_picture, to_tensor
from engine.text2live.texts import Texts, read_texts
from engine.text2live.trainer import LayerTrainer
from engine.text2live.windows import Window, cut_windows, window_frames

# A long pan's atlas is shown smaller than a frame would be: its steps must not cost many times those of a picture.
LONGEST_TO_SHORT = 3.0
WELL_SEEN = 0.5  # of full coverage


def run_layer_edit(job: LayerEdit, context: RunContext) -> Generator[RunEvent, None, LayerEditResult]:
    """Train the edit that ``job`` asks for and return it over the extent of its layer's texture.

    Raises UserError for an atlas or clip, a word, an option or a device that cannot be used.
    """
    settings_for(job)  # what is wrong with the options is said at once
    watch, notices = Stopwatch(), list[str]()
    yield Progress("reading", 0, 1, 0.0)
    with watch.phase("reading"):
        atlas = load_atlas(Path(job.atlas))
        layer = _layer(atlas, job.atlas_layer)
        texture = _well_seen(layer)
    with watch.phase("guide"):
        guide = load_guide(job.guide, context.device)
        texts = read_texts(job, guide)
        settings = settings_for(job, guide.input_size, names_material=texts.target.material is not None)
    yield Progress("region", 0, 1, watch.total)
    with watch.phase("region"):
        where = layer_region(job, layer, settings, guide, context.device)
    if not (where > 0).any():
        raise UserError("Nothing of the layer is left to be edited; name another subject, or spare less.")
    with watch.phase("frames"):
        windows = yield from _windows(atlas, job.atlas_layer, settings, watch.total)
    whole = _whole(texture, where, texts, settings, context.device)
    trainer = LayerTrainer(guide, texts, AtlasExamples(whole, windows, settings), settings, job.seed)
    trained = yield from noting(trainer.train(context.checkpoint, context.preview_every), notices)
    watch.seconds["training"] = round(trained.seconds, 3)
    yield Progress("full size", 0, 1, watch.total, losses=trained.losses)
    with watch.phase("full size"):
        confined = where if settings.confinement == "matte" else None
        picture = enlarged(to_picture(trained.painted), texture, confined)
    report = Report(
        job=job.to_json(),
        guide=guide.name,
        device=context.device,
        seed=job.seed,
        steps=trained.steps,
        size=layer.size,
        training_size=whole.size,
        seconds=watch.seconds,
        peak_memory_mb=round(peak_memory_mb(), 1),
        losses=trained.losses,
        notices=tuple(notices),
    )
    return LayerEditResult(picture, report)


def _layer(atlas: Atlas, name: str) -> AtlasLayer:
    try:
        return atlas.layer(name)
    except KeyError:
        names = ", ".join(layer.name for layer in atlas.layers)
        raise UserError(f"The atlas has no layer called {name}; its layers are: {names}.") from None


def _windows(atlas: Atlas, name: str, settings: Settings, before: float) -> Generator[Progress, None, list[Window]]:
    count = len(window_frames(atlas, name))
    if not count:
        raise UserError(f"The clip never shows the layer {name}; choose another layer, or fit the atlas again.")
    windows = []
    with open_clip(atlas.clip.path) as clip:
        for window in cut_windows(atlas, name, clip, settings.size):
            windows.append(window)
            yield Progress("frames", len(windows), count, before)
    return windows


def _well_seen(layer: AtlasLayer) -> np.ndarray:
    """Return the layer's texture with what the clip hardly shows in the colours of what lies beside it.

    At the outline a texture may hold a noise of colours, which must not pass for detail.
    """
    known = (layer.coverage >= WELL_SEEN).astype(np.float32)
    return bleed(np.dstack([layer.texture, known]))[..., :3]


def _whole(texture: np.ndarray, where: np.ndarray, texts: Texts, settings: Settings, device: str) -> Example:
    """Return the layer's texture at training size, with its region and, for a material, its shading."""
    height, width = texture.shape[:2]
    longest = settings.size * LONGEST_TO_SHORT
    scale = min(1.0, longest * min(width, height) / (settings.size * max(width, height)))
    width, height = training_size(width, height, round(settings.size * scale))
    small = np.clip(resize(texture, width, height), 0, 1)
    where = np.clip(resize(where, width, height), 0, 1)
    material = texts.target.material
    wanted = None if material is None else to_tensor(shaded(material, small, where), device)
    return Example(to_tensor(small, device), to_tensor(where[..., None], device), wanted)
