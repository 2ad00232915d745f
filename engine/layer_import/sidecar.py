"""What Patina's own sidecar says of a file that comes back; see `engine.delivery.sidecar`."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from engine.blending import BlendMode
from engine.delivery.outputs import SIDECAR_SUFFIX
from engine.keyframes import Keys, sorted_keys
from engine.media.sequences import NUMBERED, PLACEHOLDER, sequence_files
from engine.media.writers.slate import AlphaMode

logger = logging.getLogger(__name__)

OF_NO_FRAME = ("texture", "edit")
FRAME_MARK = "####"


@dataclass(frozen=True)
class Told:
    """What a sidecar says; each field stays as it is here where there is no sidecar.

    ``alpha`` is how colour lies under alpha; ``first`` the number of the clip's frame that the source's first picture
    shows. ``name``, ``blend`` and the opacity are those of the layer that was delivered; where the opacity was baked
    into its alpha, it is full. ``atlas_layer`` is the layer of the atlas over which a picture lies, "" for the frame.
    """

    alpha: AlphaMode | None = None
    first: int | None = None
    name: str = ""
    blend: BlendMode = BlendMode.NORMAL
    opacity: float = 1.0
    opacity_keys: Keys = ()
    atlas_layer: str = ""


def told_of(source: Path, first: int | None) -> Told:
    """Return what a sidecar beside a still, a movie, or a folder or pattern of stills says of it.

    ``first`` is the number of a sequence's first file. Sidecars that cannot be read are passed over.
    """
    name = _name_in_sidecar(source)
    folder = source if source.is_dir() else source.parent
    for path in sorted(folder.glob(f"*{SIDECAR_SUFFIX}")):
        try:
            values = json.loads(path.read_bytes())
            files = [each for each in values["files"] if each["file"] in name]
            if files:
                return _told(values, files[0], first)
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            logger.warning("The sidecar %s is passed over: %r", path, error)
    return Told()


def _name_in_sidecar(source: Path) -> tuple[str, ...]:
    """Return what a sidecar may call the source: by its name, or by the pattern of its frames."""
    if source.is_dir():
        source = sequence_files(source)[0].path
    parts = NUMBERED.fullmatch(source.stem)
    numbered = (f"{parts[1]}{FRAME_MARK}{parts[3]}{source.suffix}",) if parts else ()
    return (PLACEHOLDER.sub(FRAME_MARK, source.name), *numbered)


def _told(values: Mapping[str, Any], file: Mapping[str, Any], first: int | None) -> Told:
    delivery, frames, numbers = values["delivery"], values["delivery"]["source_frames"], file["numbers"]
    later = first - numbers[0] if first is not None and numbers is not None else 0  # only some of the files came back
    told = Told(
        alpha=delivery["alpha"] if delivery["alpha"] in get_args(AlphaMode) else None,
        first=None if frames is None else int(frames[0]) + later,
        atlas_layer=str(file["atlas_layer"]) if file["shows"] in OF_NO_FRAME else "",
    )
    layer = next((each for each in values["layers"] if each["id"] == file["layer"]), None)
    if layer is None:
        return told
    told = replace(told, name=str(layer["name"]), blend=BlendMode(layer["blend"]))
    if delivery["opacity_baked"]:
        return told
    keys = sorted_keys((number, value) for number, value in layer["opacity_keys"])
    return replace(told, opacity=float(layer["opacity"]), opacity_keys=keys)
