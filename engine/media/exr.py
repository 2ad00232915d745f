"""OpenEXR, half and float: the main picture, as linear light."""

from typing import Any, BinaryIO

import numpy as np
import OpenEXR

from engine.media.primaries import are_rec709, to_rec709
from engine.media.raster import Header, Raster, UnsupportedError
from engine.media.writers.slate import AlphaMode

RGB, GRAY, ALPHA = ("R", "G", "B"), ("Y",), "A"
CHROMA = {"RY", "BY"}
DEEP = (OpenEXR.deepscanline, OpenEXR.deeptile)
MAX_STORED_PIXELS = 200_000_000
# Alpha is premultiplied by convention; Patina's own files say where it is not.
ALPHA_ATTRIBUTE = "patina/alpha"


def read_header(file: BinaryIO) -> Header:
    """Return the header: its size is that of the display window.

    Raises UnsupportedError where there is no main picture of gray or RGB.
    """
    part = _main_part(OpenEXR.File(file, header_only=True))
    if np.prod(_size(part.header["dataWindow"]), dtype=float) > MAX_STORED_PIXELS:
        raise UnsupportedError("an OpenEXR that reaches far beyond its frame")
    return Header(*_size(part.header["displayWindow"]))


def read_raster(file: BinaryIO) -> Raster:
    """Return the main picture in its display window, as it is stored, linear, of Rec.709's primaries.

    What lies outside the data window is black, and transparent where there is alpha. Values above 1 are clipped.
    """
    part = _main_part(OpenEXR.File(file, separate_channels=True))
    names = _colour_names(part)
    stored = [part.channels[name].pixels for name in (*names, ALPHA) if name in part.channels]
    if any(values.dtype.kind != "f" or values.shape != stored[0].shape for values in stored):
        raise UnsupportedError("an OpenEXR of whole numbers or of channels of several sizes")
    bits = max(values.dtype.itemsize for values in stored) * 8
    picture = _in_display_window(np.dstack(stored).astype(np.float32), part.header)
    picture = np.nan_to_num(picture, copy=False, posinf=1, neginf=0)
    colour = np.clip(_in_rec709(picture[..., : len(names)], part.header), 0, 1)
    if len(names) == len(stored):
        return Raster(colour, None, bits, is_linear=True)
    is_straight = part.header.get(ALPHA_ATTRIBUTE) == "straight"
    declared: AlphaMode = "straight" if is_straight else "premultiplied"
    return Raster(colour, np.clip(picture[..., -1], 0, 1), bits, is_linear=True, declared=declared)


def _main_part(file: Any) -> Any:
    """Return the first part with a main picture: renders and compositors write layers as channels, or as parts."""
    if not file.parts:
        raise ValueError("the library could not decode any part")
    part = next((part for part in file.parts if _colour_names(part)), None)
    if part is None:
        names = sorted({name for part in file.parts for name in _layers(part)})
        raise UnsupportedError(f"an OpenEXR without a main picture (its layers are {', '.join(names)})")
    if part.header.get("type") in DEEP:
        raise UnsupportedError("a deep OpenEXR")
    return part


def _colour_names(part: Any) -> tuple[str, ...]:
    """Return the names of the main picture's colour channels, none where a part has no main picture."""
    names = set(_channel_names(part))
    if names.issuperset(RGB):
        return RGB
    return GRAY if names.issuperset(GRAY) and not names & CHROMA else ()


def _layers(part: Any) -> list[str]:
    """Return the names of a part's layers; of channels without one, those of the part or of the channel."""
    own = part.header.get("name", "")
    return [name.rpartition(".")[0] or own or name for name in _channel_names(part)]


def _channel_names(part: Any) -> list[str]:
    return [channel.name for channel in part.header["channels"]]


def _size(window: tuple[np.ndarray, np.ndarray]) -> tuple[int, int]:
    """Return a window's (width, height); its corners are pixels of it."""
    width, height = window[1].astype(int) - window[0] + 1
    return int(width), int(height)


def _in_display_window(picture: np.ndarray, header: dict[str, Any]) -> np.ndarray:
    """Return the stored pixels (h, w, C) in their place, black around them; what lies outside is cut off."""
    width, height = _size(header["displayWindow"])
    left, top = (int(place) for place in header["dataWindow"][0] - header["displayWindow"][0])
    x0, x1 = np.clip((left, left + picture.shape[1]), 0, width)
    y0, y1 = np.clip((top, top + picture.shape[0]), 0, height)
    result = np.zeros((height, width, picture.shape[2]), np.float32)
    result[y0:y1, x0:x1] = picture[y0 - top : y1 - top, x0 - left : x1 - left]
    return result


def _in_rec709(colour: np.ndarray, header: dict[str, Any]) -> np.ndarray:
    chromaticities = header.get("chromaticities")
    if chromaticities is None or colour.shape[2] != len(RGB) or are_rec709(chromaticities):
        return colour
    return colour @ to_rec709(chromaticities).T.astype(np.float32)
