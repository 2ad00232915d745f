"""Hand-off to After Effects: a script that builds the composition. After Effects itself finds the frames' files."""

import json
from pathlib import Path
from typing import Any

from engine.handoff.composition import CompLayer, Composition, Media
from engine.handoff.counting import counted, drops_frames
from engine.handoff.places import places

SCRIPT = Path(__file__).parents[2] / "resources" / "handoff" / "after_effects.jsx"
DATA_PLACE = "{/* composition */}"


def after_effects_script(composition: Composition, folder: Path) -> str:
    """Return the text of a .jsx that lies in ``folder``: ASCII, ECMAScript 3."""
    data = json.dumps(_description(composition, folder), indent=4)
    return SCRIPT.read_text(encoding="utf-8").replace(DATA_PLACE, data)


def _description(composition: Composition, folder: Path) -> dict[str, Any]:
    """Return the composition as the script takes it; frames count from its first one, 0, opacities in percent."""
    layers, source = composition.seen_layers, composition.source
    start = counted(composition.timecode, composition.rate)
    return {
        "name": composition.name,
        "width": composition.width,
        "height": composition.height,
        "pixelAspect": float(composition.pixel_aspect),
        "frameRate": float(composition.rate),
        "frames": composition.frames,
        "displayStart": composition.first if start is None else start,
        "dropFrame": start is not None and drops_frames(composition.timecode),
        "showsFrames": start is None,
        "bits": max(_depth(media) for media in (source, *(layer.media for layer in layers))),
        "notes": list(composition.notices),
        "source": {
            "name": source.path.name,
            "start": _start(source, composition),
            "begin": 0,
            "end": composition.frames,
            "media": _media(source, composition, folder),
        },
        "layers": [_layer(layer, composition, folder) for layer in layers],
    }


def _layer(layer: CompLayer, composition: Composition, folder: Path) -> dict[str, Any]:
    shown = composition.shown(layer)
    return {
        "name": layer.name,
        "start": _start(layer.media, composition),
        "begin": shown.start - composition.first,
        "end": shown.stop - composition.first,
        "opacity": 100 * layer.opacity,
        "keys": [[number - composition.first, 100 * value] for number, value in layer.opacity_keys],
        "blend": layer.blend.value,
        "media": _media(layer.media, composition, folder),
    }


def _media(media: Media, composition: Composition, folder: Path) -> dict[str, Any]:
    return {
        "name": media.path.name,
        "places": places(media, folder),
        "kind": media.kind,
        "frames": media.frames,
        "frameRate": float(media.rate or composition.rate),
        "alpha": media.alpha,
        "isLinear": media.is_linear,
    }


def _start(media: Media, composition: Composition) -> int:
    return 0 if media.kind == "still" else media.begins - composition.first


def _depth(media: Media) -> int:
    """Return the bits per channel at which a project keeps all that media hold: 8, 16, or 32."""
    if media.is_linear or media.bits > 16:
        return 32
    return 8 if media.bits <= 8 else 16
