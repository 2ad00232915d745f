"""A still as its file holds it, before anything is converted."""

from dataclasses import dataclass

import numpy as np

from engine.media.writers.slate import AlphaMode

# How to turn stored rows and columns upright, by the EXIF (and TIFF) orientation, 1 to 8.
UPRIGHT = {
    1: lambda samples: samples,
    2: lambda samples: samples[:, ::-1],
    3: lambda samples: samples[::-1, ::-1],
    4: lambda samples: samples[::-1],
    5: lambda samples: samples.swapaxes(0, 1),
    6: lambda samples: samples[::-1].swapaxes(0, 1),
    7: lambda samples: samples[::-1, ::-1].swapaxes(0, 1),
    8: lambda samples: samples.swapaxes(0, 1)[::-1],
}


class UnsupportedError(Exception):
    """A file of a sound but unsupported kind; the message ends the sentence “… is”."""


@dataclass(frozen=True)
class Header:
    """What is known before decoding: size in pixels as stored, orientation 1 to 8, the embedded ICC profile."""

    width: int
    height: int
    orientation: int = 1
    icc: bytes | None = None

    @property
    def upright_size(self) -> tuple[int, int]:
        """The (width, height) once the picture is turned upright."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


@dataclass(frozen=True)
class Raster:
    """Decoded samples, not yet turned upright.

    ``colour`` is (H, W, 1) gray, (H, W, 3) RGB or (H, W, 4) CMYK (full range: all ink); ``alpha`` (H, W) or None. Both
    are uint8 or uint16 over the whole range, or float32. ``bits`` are those of a sample in the file. ``is_linear``
    where colour is linear light, of Rec.709's primaries, not display values. ``declared`` is how colour lies under
    alpha by the file's own word or its format's convention, None where neither says so.
    """

    colour: np.ndarray
    alpha: np.ndarray | None
    bits: int
    is_linear: bool = False
    declared: AlphaMode | None = None


def upright(samples: np.ndarray, orientation: int) -> np.ndarray:
    """Return (H, W) or (H, W, C) samples turned by an EXIF orientation, 1 to 8."""
    return np.ascontiguousarray(UPRIGHT[orientation](samples))


def split_alpha(samples: np.ndarray, bits: int) -> Raster:
    """Return the raster of (H, W), or (H, W, C) samples: gray, gray and alpha, RGB, or RGBA."""
    if samples.ndim == 2:
        return Raster(samples[..., None], None, bits)
    if samples.shape[2] in (2, 4):
        return Raster(samples[..., :-1], samples[..., -1], bits)
    return Raster(samples, None, bits)
