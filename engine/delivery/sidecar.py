"""The sidecar: all that a colleague needs to interpret a delivery, or to make it again."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.blending import BlendMode
from engine.delivery.outputs import DeliveryPlan, Output
from engine.delivery.texts import patina_version
from engine.errors import UserError
from engine.files import write_text
from engine.jobs.deliveries import RGBA_CONTENTS, Content, Delivery
from engine.media.clip_info import ClipInfo
from engine.media.writers.slate import Slate
from engine.project import EditLayer, Footage, Project

Values = dict[str, Any]
SCHEMA = 1
OF_LAYERS: tuple[Content, ...] = ("layer", "layers", "alpha", "greenscreen")


def write_sidecar(
    job: Delivery,
    project: Project,
    plan: DeliveryPlan,
    info: ClipInfo | None,
    slate: Slate,
    scripts: Sequence[Path],
    notices: Sequence[str],
) -> None:
    """Write the sidecar of a delivery, whose files are written; ``slate`` is theirs, ``info`` None for a still.

    Raises UserError where it cannot be written.
    """
    if project.footage is None:
        raise UserError(f"The project {job.project} has no footage yet; open some before you export.")
    values = {
        "schema": SCHEMA,
        "patina": patina_version(),
        "written": datetime.now().astimezone().isoformat(timespec="seconds"),
        "project": Path(job.project).name,
        "footage": _footage(project.footage, info),
        "delivery": _delivery(job, plan, slate),
        "files": [_output(output) for output in plan.outputs],
        "layers": [_layer(layer, plan, project) for layer in _layers(plan, project)],
        "scripts": [script.name for script in scripts],
        "how_to_read": list(_sentences(job, plan, project)),
        "notices": list(notices),
        "job": job.to_json(),
    }
    write_text(plan.sidecar, json.dumps(values, indent=2, ensure_ascii=False) + "\n")


def opacity_is_baked(job: Delivery) -> bool:
    """Return whether the layers' own opacity is in their alpha: a hand-off script sets it itself."""
    return job.bake_opacity and not job.handoffs


def _footage(footage: Footage, info: ClipInfo | None) -> Values:
    values: Values = {
        "path": str(footage.path),
        "size": [footage.width, footage.height],
        "frames": footage.frames,
        "first_frame": footage.first_frame,
        "rate": None if footage.rate is None else str(footage.rate),
        "timecode": footage.timecode,
    }
    if info is None:
        return values
    colour = info.colour
    return values | {
        "pixel_aspect": str(info.pixel_aspect),
        "colour": {
            "primaries": colour.primaries,
            "transfer": colour.transfer,
            "matrix": colour.matrix,
            "range": colour.range,
            "standard": "ITU-T H.273; 2, and the range 0, where the file does not say",
        },
        "codec": info.codec,
        "times": None if info.times is None else [str(time) for time in info.times],
    }


def _delivery(job: Delivery, plan: DeliveryPlan, slate: Slate) -> Values:
    form, numbers = job.in_format, plan.numbers
    has_alpha = job.what in RGBA_CONTENTS
    transfer = "none" if job.what in ("uv", "alpha", "matte") else "linear" if form.is_linear else "display"
    return {
        "content": job.what,
        "format": form.label,
        "bits": form.bits,
        "alpha": job.alpha_mode if has_alpha else "none",
        "transfer": transfer,
        "opacity_baked": opacity_is_baked(job),
        "passes": ["fg", "bg", "matte"] if job.passes else [],
        "source_frames": None if numbers is None else [numbers[0], numbers[-1]],
        "file_numbers": None if numbers is None else [slate.first, slate.first + len(numbers) - 1],
        "rate": None if slate.rate is None else str(slate.rate),
        "times": None if slate.times is None else [str(time) for time in slate.times],
        "timecode": slate.timecode,
        "pixel_aspect": str(slate.pixel_aspect),
        "size": list(slate.size),
    }


def _output(output: Output) -> Values:
    shown, numbers = output.shown, output.numbers
    return {
        "shows": shown.kind,
        "name": shown.label,
        "file": _file(output),
        "numbers": None if numbers is None else [numbers[0], numbers[-1]],
        "format": output.format.label,
        "layer": None if shown.layer is None else shown.layer.id,
        "atlas_layer": shown.atlas_layer or None,
    }


def _layers(plan: DeliveryPlan, project: Project) -> tuple[EditLayer, ...]:
    if any(output.shown.kind == "composite" for output in plan.outputs):
        return project.seen_layers()
    found = {output.shown.layer.id: output.shown.layer for output in plan.outputs if output.shown.layer is not None}
    return tuple(found.values())


def _file(output: Output) -> str:
    """Return an output's file; of a sequence, with the place of the number."""
    return output.path.name if output.numbers is None else f"{output.path.stem}.####{output.path.suffix}"


def _layer(layer: EditLayer, plan: DeliveryPlan, project: Project) -> Values:
    own = (output for output in plan.outputs if output.shown.layer is not None and output.shown.layer.id == layer.id)
    return {
        "id": layer.id,
        "name": layer.name,
        "files": [_file(output) for output in own],
        "visible": layer.visible,
        "blend": layer.blend.value,
        "opacity": layer.opacity,
        "opacity_keys": [list(key) for key in layer.opacity_keys],
        "first": layer.first,
        "last": layer.last,
        "own_frames": None if layer.frames is None else list(layer.frames),
        "atlas": project.atlas_of(layer) or None,
        "atlas_layer": layer.atlas_layer or None,
        "job": None if layer.job is None else layer.job.to_json(),
    }


def _sentences(job: Delivery, plan: DeliveryPlan, project: Project) -> Iterator[str]:
    """Yield how the files are to be read, one sentence each."""
    if job.what in RGBA_CONTENTS:
        kind = "straight (unmatted)" if job.alpha_mode == "straight" else "premultiplied (matted with black)"
        yield f"Colour is {job.alpha_mode}: interpret the alpha as {kind}."
    if job.what == "uv":
        yield "Red and green are where a pixel lies in the texture, 0 to 1 from its left and its bottom (an ST map)."
        yield "Alpha is the matte of the texture's layer; none of the channels is colour."
    elif job.in_format.is_linear:
        yield "Colour is linear light, by sRGB's curve, with the primaries of Rec.709."
        yield "Patina composites display values: turn layer and footage into those before you lay one over the other."
    else:
        yield "Colour is in the footage's own display values: composite it as it is, without making it linear."
    if job.what in OF_LAYERS:
        yield from _sentences_of_layers(job, _layers(plan, project))
    if job.passes:
        yield "The layer fg is the footage with the object's matte as alpha, bg the frame without the object."
        yield "What the clip never shows behind an object is a guess in bg."
    numbers = next((output.numbers for output in plan.outputs if output.numbers is not None), None)
    if numbers is not None and plan.numbers is not None and numbers[0] != plan.numbers[0]:
        yield f"The file numbered {numbers[0]} shows the source's frame {plan.numbers[0]}."


def _sentences_of_layers(job: Delivery, layers: Sequence[EditLayer]) -> Iterator[str]:
    if opacity_is_baked(job):
        yield "The opacity of the layers is in their alpha: leave it at 100 %."
    else:
        yield "The opacity of the layers is not in their alpha: set it, or its keyframes, as they are given here."
    for layer in layers:
        if layer.blend is not BlendMode.NORMAL:
            yield f"“{layer.name}” is to be blended in the mode {layer.blend.value}, in display values."
