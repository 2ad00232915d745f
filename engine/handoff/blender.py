"""Hand-off to Blender: a script that builds a scene and its compositor, and renders it where asked."""

import pprint
import re
from pathlib import Path
from typing import Any

from engine.errors import UserError
from engine.handoff.composition import CompLayer, Composition, Media
from engine.handoff.places import places

SCRIPT = Path(__file__).parents[2] / "resources" / "handoff" / "blender_scene.py"
DATA_PLACE = "COMPOSITION: dict[str, Any] = {}  # composition"
WIDTH = 120
LAST_FRAME = 1_048_574


def blender_script(composition: Composition, folder: Path) -> str:
    """Return the text of a .py that lies in ``folder``.

    Raises UserError for frame numbers that Blender cannot count to, and for sequences whose frames it would not find.
    """
    if composition.last > LAST_FRAME:
        raise UserError(
            f"Blender counts to frame {LAST_FRAME}, and the last one here is {composition.last}; choose a smaller "
            "start number, or leave the Blender script out."
        )
    for media in (composition.source, *(layer.media for layer in composition.seen_layers)):
        _check_numbers(media)
    data = pprint.pformat(_description(composition, folder), width=WIDTH, sort_dicts=False)
    return SCRIPT.read_text(encoding="utf-8").replace(DATA_PLACE, f"COMPOSITION: dict[str, Any] = {data}")


def _check_numbers(media: Media) -> None:
    # Of a name, Blender counts up the last number before the suffix.
    if media.kind == "sequence" and re.search(r"\d", Path(f"0{media.name_parts[2]}").stem[1:]):
        raise UserError(
            f"Blender counts by the last number in a name, and {media.path.name} has another one behind its frame "
            "number; rename the files, or leave the Blender script out."
        )


def _description(composition: Composition, folder: Path) -> dict[str, Any]:
    """Return the composition as the script takes it; all frame numbers are the composition's own."""
    aspect = float(composition.pixel_aspect)
    fps = max(1, round(composition.rate))
    return {
        "name": composition.name,
        "size": (composition.width, composition.height),
        "pixel_aspect": (max(aspect, 1.0), max(1 / aspect, 1.0)),  # Blender takes none below 1
        "fps": fps,
        "fps_base": float(fps / composition.rate),
        "first": composition.first,
        "last": composition.last,
        "notices": "\n".join(composition.notices),
        "source": _media(composition.source, folder),
        "layers": [_layer(layer, composition, folder) for layer in composition.seen_layers],
    }


def _layer(layer: CompLayer, composition: Composition, folder: Path) -> dict[str, Any]:
    return {
        "name": layer.name,
        "blend": layer.blend.value,
        "opacity": list(composition.opacity_curve(layer)),
        "media": _media(layer.media, folder),
    }


def _media(media: Media, folder: Path) -> dict[str, Any]:
    return {
        "places": places(media, folder),
        "kind": media.kind,
        "alpha": media.alpha,
        "is_linear": media.is_linear,
        "begins": media.begins,
        "first": media.first,
        "frames": media.frames,
    }
