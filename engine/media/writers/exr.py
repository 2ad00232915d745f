"""OpenEXR deliveries: half or float, scene-linear Rec.709, ZIP, the picture as main layer and passes beside it."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR

from engine.colour import srgb_to_linear
from engine.files import write_bytes
from engine.media.primaries import REC709
from engine.media.timecode import TIMECODE, advanced
from engine.media.writers.slate import AlphaMode, Slate
from engine.media.writers.straight import has_alpha, in_mode
from engine.media.writers.texts import SOFTWARE, as_lines, texts_of

OWN = "patina/"  # before the keyword of each text, as names like "version" have a meaning in OpenEXR
LARGEST_FRAME = 59  # that a time code in OpenEXR holds
LARGEST_DENOMINATOR = 1_000_000  # mean rates may have any; the format's numbers have 32 bits


def write_exr(
    path: Path,
    picture: np.ndarray,
    slate: Slate,
    alpha: AlphaMode,
    *,
    half: bool = True,
    passes: Mapping[str, np.ndarray] = {},
    number: int | None = None,
) -> None:
    """Write a float picture in 0..1, display space, atomically as linear light.

    (H, W, 3) becomes R, G, B; (H, W, 4), straight, R, G, B, A; (H, W) is a matte, which is data: it is kept as it is,
    three times. ``passes`` go by the name of their layer, for instance fg.R, fg.G, fg.B, fg.A, a matte as matte.A,
    which Nuke takes for matte.alpha and Blender for a value. ``number`` is the file's, from the slate's first on: the
    time code advances with it. Raises UserError where the file cannot be written.
    """
    kind = np.float16 if half else np.float32
    channels = _main(picture, alpha)
    for name, layer in passes.items():
        channels |= {f"{name}.A": layer} if layer.ndim == 2 else {name: _linear(layer, alpha)}
    stored = {name: values.astype(kind) for name, values in channels.items()}
    attributes = attributes_of(slate, number, texts_of(slate, picture, alpha))
    write_channels(path, stored, {"chromaticities": REC709, **attributes})


def attributes_of(slate: Slate, number: int | None, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the header's attributes but those of the pixels: timing, pixel aspect and words."""
    attributes: dict[str, Any] = {f"{OWN}{keyword}": text for keyword, text in texts.items()}
    attributes |= {"software": SOFTWARE, "pixelAspectRatio": float(slate.pixel_aspect)}
    if texts:
        attributes["comments"] = as_lines(texts)
    if slate.rate is None:
        return attributes
    attributes["framesPerSecond"] = slate.rate.limit_denominator(LARGEST_DENOMINATOR)
    place = 0 if number is None else number - slate.first
    timecode = _timecode(advanced(slate.timecode, place, slate.rate))
    return attributes if timecode is None else attributes | {"timeCode": timecode}


def write_channels(path: Path, channels: Mapping[str, np.ndarray], attributes: Mapping[str, Any]) -> None:
    """Write arrays of half or float, by channel or layer, atomically; raises UserError where that fails."""
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, **attributes}
    buffer = io.BytesIO()  # written to a file by the library itself, the system's refusals would lose their kind
    OpenEXR.File(header, dict(channels)).write(buffer)
    write_bytes(path, buffer.getvalue())


def _main(picture: np.ndarray, alpha: AlphaMode) -> dict[str, np.ndarray]:
    if picture.ndim == 2:
        return {"RGB": np.dstack([picture] * 3)}
    return {"RGBA" if has_alpha(picture) else "RGB": _linear(picture, alpha)}


def _linear(picture: np.ndarray, alpha: AlphaMode) -> np.ndarray:
    light = srgb_to_linear(picture)  # with its alpha, as in one piece it is twice as fast
    if has_alpha(picture):
        light[..., 3] = picture[..., 3]
    return in_mode(light, alpha)


def _timecode(timecode: str) -> Any | None:
    """Return a time code (SMPTE ST 12-1) as OpenEXR's, None where it holds none or cannot hold it."""
    parts = TIMECODE.fullmatch(timecode)
    if parts is None or int(parts[5]) > LARGEST_FRAME:
        return None
    hours, minutes, seconds, frame = (int(parts[group]) for group in (1, 2, 3, 5))
    drops_frames = parts[4] != ":"
    flags_and_user_data = (False,) * 5 + (0,) * 8
    return OpenEXR.TimeCode(hours, minutes, seconds, frame, drops_frames, *flags_and_user_data)
