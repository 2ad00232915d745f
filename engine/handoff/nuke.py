"""Hand-off to Nuke: a script of the composition.

Patina composites display values, and so does the script: every file is read raw, linear ones are turned into display
values, and the composite's end is linear light again, as all of Nuke works in it and its viewer expects.
"""

from pathlib import Path

from engine.blending import BlendMode
from engine.handoff.composition import CompLayer, Composition, Media
from engine.handoff.nuke_blending import EXPRESSIONS, MERGE_OPERATIONS
from engine.handoff.nuke_text import Value, curve, literal, node
from engine.handoff.places import inside

SCRIPT_FOLDER = "[file dirname [value root.name]]"
NOTE = "The composite is made of display values, as in Patina; after the last node it is linear light."
COLUMN, ROW = 220, 130  # pixels of the node graph


def nuke_script(composition: Composition, folder: Path) -> str:
    """Return the text of an .nk that lies in ``folder``."""
    parts = [_root(composition), _note(composition), _source(composition, folder)]
    for place, layer in enumerate(composition.seen_layers, 1):
        # Nuke's files are a stack: a node takes its inputs from the top, the first one B, and leaves itself there.
        parts += [
            f"set Below{place} [stack 0]\n",
            *_layer(layer, place, folder),
            *_merge(layer, place, composition),
        ]
    parts.append(node("Colorspace", {"colorspace_in": "sRGB", "colorspace_out": "Linear", "name": "ToLinear"}))
    return "".join(parts)


def _root(composition: Composition) -> str:
    size = f"{composition.width} {composition.height}"
    knobs: dict[str, Value] = {
        "inputs": 0,
        "first_frame": composition.first,
        "last_frame": composition.last,
        "frame": composition.first,
        "lock_range": True,
        "fps": float(composition.rate),
        "format": f"{size} 0 0 {size} {float(composition.pixel_aspect):.10g} Patina",
    }
    return node("Root", knobs)


def _note(composition: Composition) -> str:
    label = "\n".join([composition.name, NOTE, *composition.notices])
    return node(
        "StickyNote", {"inputs": 0, "name": "About", "label": literal(label), "xpos": -2 * COLUMN, "ypos": -ROW}
    )


def _source(composition: Composition, folder: Path) -> str:
    source = composition.source
    read = _read(source, "Source", 0, folder)
    if not source.is_linear:
        return read
    return read + node("Colorspace", _to_display("Source"))


def _layer(layer: CompLayer, place: int, folder: Path) -> list[str]:
    """Return nodes that read a layer and leave its colour straight, in display values."""
    name = f"Layer{place}"
    nodes = [_read(layer.media, name, place, folder, label=layer.name)]
    if layer.media.alpha == "premultiplied":
        nodes.append(node("Unpremult", {"name": f"{name}_unpremult"}))
    if layer.media.is_linear:
        nodes.append(node("Colorspace", _to_display(name)))
    return nodes


def _to_display(name: str) -> dict[str, Value]:
    return {"colorspace_in": "Linear", "colorspace_out": "sRGB", "name": f"{name}_display"}


def _read(media: Media, name: str, column: int, folder: Path, label: str = "") -> str:
    last = media.first + media.frames - 1
    knobs: dict[str, Value] = {
        "inputs": 0,
        "file": _file(media, folder),
        "first": media.first,
        "last": last,
        "origfirst": media.first,
        "origlast": last,
        "origset": True,
        "raw": True,
        "auto_alpha": media.alpha == "none",
        "name": name,
        "label": literal(label),
        "xpos": column * COLUMN,
        "ypos": -ROW,
    }
    if media.kind != "still" and media.begins != media.first:
        knobs |= {"frame_mode": "start at", "frame": str(media.begins)}
    return node("Read", knobs)


def _file(media: Media, folder: Path) -> str:
    relative = inside(media.path, folder)
    return f"{SCRIPT_FOLDER}/{literal(relative)}" if relative else literal(media.path.as_posix())


def _merge(layer: CompLayer, place: int, composition: Composition) -> list[str]:
    """Return nodes that lay the layer on top of the stack over what was there before."""
    knobs: dict[str, Value] = {"mix": curve(composition.opacity_curve(layer)), "name": f"Merge{place}"}
    knobs |= {"label": layer.blend.value, "xpos": 0, "ypos": place * ROW}
    if layer.blend is BlendMode.NORMAL:
        premult = node("Premult", {"name": f"Layer{place}_premult"})
        return [premult, f"push $Below{place}\n", node("Merge2", {"inputs": 2, "operation": "over", **knobs})]
    # The formula is that of opaque colours; the layer's own alpha is the mask. Inputs from the top: B, A, mask.
    inputs = [f"set Layer{place} [stack 0]\n", f"push $Layer{place}\n", f"push $Below{place}\n"]
    if layer.blend in MERGE_OPERATIONS:
        merge = node("Merge2", {"inputs": "2+1", "operation": MERGE_OPERATIONS[layer.blend], **knobs})
    else:
        merge = node("MergeExpression", {"inputs": "2+1", **_expressions(layer.blend), **knobs})
    return [*inputs, merge]


def _expressions(mode: BlendMode) -> dict[str, Value]:
    blending = EXPRESSIONS[mode]
    knobs: dict[str, Value] = {}
    for place, (name, expression) in enumerate(blending.names.items()):
        knobs |= {f"temp_name{place}": name, f"temp_expr{place}": expression}
    for place, channel in enumerate("rgb"):
        knobs[f"expr{place}"] = blending.of_channel(channel)
    return knobs | {"channel3": "none"}
