"""Reading stills and masks: every kind becomes an upright sRGB picture, or one sentence that says why not."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np

from engine.colour import in_unit_range, linear_to_srgb, luminance
from engine.compositing import unpremultiply
from engine.errors import UserError
from engine.files import open_to_read
from engine.media import exr, pillow, png, tiff
from engine.media.icc import to_srgb
from engine.media.raster import Header, Raster, UnsupportedError, upright
from engine.media.writers.slate import AlphaMode

MEGAPIXEL = 1_000_000
MAX_PIXELS = 50 * MEGAPIXEL
MIN_SIDE = 16


class StillFormat(Protocol):
    """How one family of files is read; both functions get the file at its beginning, and raise what they like."""

    def read_header(self, file: BinaryIO) -> Header:
        """Return the header, without decoding."""
        ...

    def read_raster(self, file: BinaryIO) -> Raster:
        """Return the samples, colour as it is stored."""
        ...


SIGNATURES: dict[bytes, StillFormat] = {
    b"\x89PNG\r\n\x1a\n": png,
    b"\xff\xd8\xff": pillow,
    b"II*\0": tiff,
    b"MM\0*": tiff,
    b"II+\0": tiff,
    b"MM\0+": tiff,
    b"RIFF": pillow,
    b"BM": pillow,
    b"v/1\x01": exr,
}
LONGEST_SIGNATURE = max(map(len, SIGNATURES))

# What is wrong with a file is said in one sentence; the decoders' logs would repeat it on standard error.
for decoder in ("imagecodecs", "tifffile"):
    logging.getLogger(decoder).addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Still:
    """An upright picture: ``rgb`` (H, W, 3) float32 in 0..1, sRGB; ``alpha`` (H, W) likewise, straight, or None.

    ``bits`` are those of a sample in the file, which ``is_linear`` where it holds linear light; ``declared`` is how
    colour lies under alpha in the file where that, or its format's convention, says so.
    """

    rgb: np.ndarray
    alpha: np.ndarray | None
    bits: int
    path: Path
    is_linear: bool = False
    declared: AlphaMode | None = None


def read_still(path: Path, alpha: AlphaMode | None = None) -> Still:
    """Read a JPEG, PNG, TIFF, WebP, BMP or OpenEXR file; orientation and ICC profile applied, linear light converted.

    Of linear light, what is brighter than white is clipped; premultiplied colour becomes straight. ``alpha`` is how
    colour lies under alpha, whatever the file says; None for its own word.

    Raises UserError for a file that is missing, no picture, damaged or cut short, and, before decoding, for one under
    `MIN_SIDE` or over `MAX_PIXELS`.
    """
    header, raster = _read(path, alpha)
    colour = linear_to_srgb(raster.colour) if raster.is_linear else raster.colour
    rgb = upright(to_srgb(colour, header.icc), header.orientation)
    opacity = None if raster.alpha is None else upright(in_unit_range(raster.alpha), header.orientation)
    return Still(rgb, opacity, raster.bits, path, raster.is_linear, raster.declared)


def read_mask(path: Path, width: int, height: int) -> np.ndarray:
    """Read the mask of a picture of that size: (H, W) float32, 0 outside and 1 inside.

    Of a mask with colour or alpha, the luminance counts. Raises UserError as `read_still` does, and where the sizes
    differ.
    """
    header, raster = _read(path)
    if header.upright_size != (width, height):
        found = " × ".join(map(str, header.upright_size))
        raise UserError(
            f"The mask {path} is {found} pixels and its picture {width} × {height}; give a mask of the picture's size."
        )
    # A mask is data: no profile and no curve is applied, as they would shift the values in between.
    values = to_srgb(raster.colour, None)
    return upright(luminance(values), header.orientation)


def picture_size(path: Path) -> tuple[int, int]:
    """Return a picture's (width, height) when upright, without decoding it; raises UserError as `read_still` does."""
    with _decoding(path) as (file, still_format):
        return _checked_header(path, file, still_format).upright_size


def _read(path: Path, alpha: AlphaMode | None = None) -> tuple[Header, Raster]:
    """Return a picture's header and its samples, their colour straight."""
    with _decoding(path) as (file, still_format):
        header = _checked_header(path, file, still_format)
        file.seek(0)
        raster = still_format.read_raster(file)
    if raster.alpha is None or (alpha or raster.declared) != "premultiplied":
        return header, raster
    straight = unpremultiply(np.dstack([in_unit_range(raster.colour), in_unit_range(raster.alpha)]))
    return header, replace(raster, colour=straight[..., :-1], alpha=straight[..., -1])


@contextmanager
def _decoding(path: Path) -> Iterator[tuple[BinaryIO, StillFormat]]:
    """Open a picture and find its format; whatever its decoder raises becomes a UserError."""
    with open_to_read(path) as file:
        start = file.read(LONGEST_SIGNATURE)
        file.seek(0)
        if not start:
            raise UserError(f"{path} is empty; choose another picture.")
        known = (still_format for signature, still_format in SIGNATURES.items() if start.startswith(signature))
        still_format = next(known, None)
        if still_format is None:
            raise UserError(
                f"{path} is not a picture of a known kind; use a JPEG, PNG, TIFF, WebP, BMP or OpenEXR file."
            )
        try:
            yield file, still_format
        except (UserError, MemoryError):
            raise
        except UnsupportedError as error:
            raise UserError(f"{path} is {error}; save it as one gray, RGB or CMYK picture first.") from error
        except Exception as error:  # decoders raise errors of all kinds at damaged bytes
            raise UserError(f"{path} is damaged or cut short; get it again or choose another picture.") from error


def _checked_header(path: Path, file: BinaryIO, still_format: StillFormat) -> Header:
    header = still_format.read_header(file)
    size = f"{header.width} × {header.height}"
    if min(header.width, header.height) < MIN_SIDE:
        raise UserError(f"{path} is only {size} pixels; choose a picture of at least {MIN_SIDE} on each side.")
    if header.width * header.height > MAX_PIXELS:
        raise UserError(
            f"{path} has {header.width * header.height / MEGAPIXEL:.1f} megapixels ({size}); "
            f"make it smaller first, the limit is {MAX_PIXELS // MEGAPIXEL}."
        )
    return header
