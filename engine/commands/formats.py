"""The names of delivery formats on the command line."""

import re

from engine.errors import UserError
from engine.media.formats import FORMATS, Format, FormatName

SEPARATORS = re.compile(r"[\s._-]+")
OTHER_NAMES: dict[str, FormatName] = {
    "png16": "png",
    "tif": "tiff",
    "tiff16": "tiff",
    "exr16": "exr",
    "exrhalf": "exr",
    "openexr": "exr",
    "exrfloat": "exr32",
    "prores422hq": "prores422",
    "proreshq": "prores422",
    "mkv": "ffv1",
    "cfhd": "cineform",
    "qtrle": "animation",
    "quicktime": "animation",
    "quicktimeanimation": "animation",
    "vp9alpha": "vp9",
    "webm": "vp9",
    "avc": "h264",
    "mp4": "h264",
    "hevc": "h265",
}
PRORES = ("prores", "mov")  # which one, what is written says


def format_named(text: str, has_alpha: bool) -> FormatName:
    """Return the format called ``text``, for what has alpha or not; raises UserError where there is none."""
    name = SEPARATORS.sub("", text.casefold())
    if name in PRORES:
        return "prores4444" if has_alpha else "prores422"
    known: dict[str, FormatName] = {**OTHER_NAMES, **{each: each for each in FORMATS}}
    if name not in known:
        raise UserError(f"The format {text!r} is unknown; choose one of prores, {', '.join(FORMATS)}.")
    return known[name]


def layer_format(text: str) -> Format:
    """Return the format called ``text`` for a layer; raises UserError where there is none, or it has no alpha."""
    form = FORMATS[format_named(text, has_alpha=True)]
    if form.alpha is None:
        raise UserError(f"{form.label} cannot hold alpha, which a layer needs; choose prores, png or exr.")
    return form
