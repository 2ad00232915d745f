"""Colour management: pictures with an embedded ICC profile become sRGB, at their own bit depth."""

from functools import cache

import imagecodecs
import numpy as np

from engine.colour import in_unit_range

SPACES = {1: "gray", 3: "rgb", 4: "cmyk"}  # by channels

# A profile that moves no probe by half a step of 8 bits is sRGB, whatever its name.
SAME = 0.5 / 255
PROBES = 5

INTENT = imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC


def to_srgb(colour: np.ndarray, icc: bytes | None) -> np.ndarray:
    """Return (H, W, 3) float32 sRGB in 0..1 from gray, RGB or CMYK samples (H, W, 1|3|4): uint8, uint16 or float32.

    Without a profile, gray and RGB are taken as sRGB, CMYK as plain inks. A profile that is damaged, or made for
    another kind of picture, counts as none, as in browsers. What sRGB cannot show is clipped.
    """
    if icc is not None and not _is_srgb(icc, colour.shape[2]):
        converted = _converted(colour, icc)
        if converted is not None:
            return converted
    plain = in_unit_range(colour)
    if plain.shape[2] == 4:
        return (1 - plain[..., :3]) * (1 - plain[..., 3:])
    return plain if plain.shape[2] == 3 else np.repeat(plain, 3, axis=2)


@cache
def srgb_profile() -> bytes:
    """Return an sRGB ICC profile for files to carry; the same bytes at all times."""
    profile = bytearray(imagecodecs.cms_profile("srgb"))
    profile[24:36] = bytes.fromhex("07ea00010001000000000000")  # lcms puts the current time here
    return bytes(profile)


def _converted(colour: np.ndarray, icc: bytes) -> np.ndarray | None:
    """Return sRGB in 0..1, or None where the profile does not serve these samples."""
    space = SPACES[colour.shape[2]]
    samples = np.ascontiguousarray(colour[..., 0] if space == "gray" else colour)
    if space == "cmyk" and samples.dtype == np.float32:
        samples = samples * np.float32(100)  # lcms counts ink in per cent
    # To integers, lcms takes a path ten times as fast: exact to about half a step for 8 bits, and wrong by up to 8 % in
    # the shadows for 16.
    fast = space == "rgb" and samples.dtype == np.uint8
    try:
        rgb = imagecodecs.cms_transform(
            samples,
            icc,
            srgb_profile(),
            colorspace=space,
            outcolorspace="rgb",
            outdtype=np.uint16 if fast else np.float32,
            intent=INTENT,
            flags=imagecodecs.CMS.FLAGS.BLACKPOINTCOMPENSATION,
        )
    except imagecodecs.CmsError:
        return None
    return in_unit_range(rgb)


def _is_srgb(icc: bytes, channels: int) -> bool:
    if channels != 3:
        return False
    levels = np.linspace(0, 1, PROBES, dtype=np.float32)
    probes = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    converted = _converted(probes, icc)
    return converted is not None and float(np.abs(converted - probes).max()) < SAME
