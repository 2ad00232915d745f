"""TIFF: 8, 16 bits and float, with and without alpha."""

import io
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import numpy as np
from tifffile import COMPRESSION, EXTRASAMPLE, PHOTOMETRIC, RESUNIT, TiffFile, TiffPage, imwrite

from engine.colour import Bits, to_uint
from engine.files import write_bytes
from engine.media.icc import srgb_profile
from engine.media.raster import UPRIGHT, Header, Raster, UnsupportedError
from engine.media.writers.slate import AlphaMode

ORIENTATION_TAG, ICC_TAG = 274, 34675
COLOURS: dict[int, int] = {
    PHOTOMETRIC.MINISWHITE: 1,
    PHOTOMETRIC.MINISBLACK: 1,
    PHOTOMETRIC.RGB: 3,
    PHOTOMETRIC.PALETTE: 1,
    PHOTOMETRIC.SEPARATED: 4,
}
# Files nearly as small as the thorough settings make them, in half the time.
LEVEL = 3
DECLARED: dict[int, AlphaMode] = {EXTRASAMPLE.ASSOCALPHA: "premultiplied", EXTRASAMPLE.UNASSALPHA: "straight"}
JPEG_COMPRESSIONS = (COMPRESSION.JPEG, COMPRESSION.OJPEG)


def read_header(file: BinaryIO) -> Header:
    """Return the header of a TIFF file's first page; raises UnsupportedError for what is not gray, RGB or CMYK."""
    with TiffFile(file) as tiff:
        page = _first_page(tiff)
        _colours(page)
        orientation = page.tags.valueof(ORIENTATION_TAG, 1)
        icc = page.tags.valueof(ICC_TAG)
        return Header(page.imagewidth, page.imagelength, orientation if orientation in UPRIGHT else 1, icc)


def read_raster(file: BinaryIO) -> Raster:
    """Return the samples of a TIFF file's first page: palettes expanded, colour as it is stored, black 0."""
    with TiffFile(file) as tiff:
        page = _first_page(tiff)
        samples = page.asarray()
    if page.photometric == PHOTOMETRIC.PALETTE:
        palette = (np.asarray(page.colormap) >> 8).astype(np.uint8)  # some writers leave the low bytes empty
        return Raster(np.take(palette.T, samples, axis=0), None, 8)
    channels = _full_range(_channels_last(samples, page.axes), page.bitspersample)
    colours = _colours(page)
    colour = channels[..., :colours]
    if page.photometric == PHOTOMETRIC.MINISWHITE:
        colour = (1 if colour.dtype == np.float32 else np.iinfo(colour.dtype).max) - colour
    if channels.shape[2] == colours:
        return Raster(colour, None, page.bitspersample)
    alpha = channels[..., colours]
    declared = next((DECLARED[each] for each in page.extrasamples if each in DECLARED), None)
    return Raster(colour, alpha, page.bitspersample, declared=declared)


def encode_tiff(
    picture: np.ndarray,
    bits: Bits = 16,
    premultiplied: bool = False,
    description: str = "",
    software: str = "",
    pixel_aspect: Fraction = Fraction(1),
) -> bytes:
    """Return the TIFF file, zlib-compressed, of a float picture in 0..1: (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA.

    Colour is tagged as sRGB, alpha as unassociated; or, where the colour given is ``premultiplied``, as associated.
    ``pixel_aspect`` is a pixel's width by its height.
    """
    samples = to_uint(picture, bits)
    is_colour = samples.ndim == 3
    has_alpha = is_colour and samples.shape[2] == 4
    buffer = io.BytesIO()
    imwrite(
        buffer,
        samples,
        photometric="rgb" if is_colour else "minisblack",
        extrasamples=["assocalpha" if premultiplied else "unassalpha"] if has_alpha else None,
        compression="zlib",
        compressionargs={"level": LEVEL},
        predictor=True,
        iccprofile=srgb_profile() if is_colour else None,
        description=description.encode() or None,
        software=software or False,
        resolution=(pixel_aspect.denominator, pixel_aspect.numerator),  # pixels across and down a unit, of no kind
        resolutionunit=RESUNIT.NONE,
        metadata=None,
    )
    return buffer.getvalue()


def write_tiff(path: Path, picture: np.ndarray, bits: Bits = 16, premultiplied: bool = False) -> None:
    """Write `encode_tiff`'s file atomically; raises UserError where it cannot be written."""
    write_bytes(path, encode_tiff(picture, bits, premultiplied))


def _first_page(tiff: TiffFile) -> TiffPage:
    page = tiff.pages.first
    if not isinstance(page, TiffPage) or page.axes not in ("YX", "YXS", "SYX"):
        raise UnsupportedError("a stack of pictures")
    return page


def _colours(page: TiffPage) -> int:
    """Return how many channels are colour; raises UnsupportedError for what is no gray, RGB or CMYK."""
    if page.sampleformat not in (1, 3):  # unsigned integers and floats
        raise UnsupportedError("a TIFF of signed or complex numbers")
    if page.photometric == PHOTOMETRIC.YCBCR and page.compression in JPEG_COMPRESSIONS:
        return 3  # decoded to RGB
    colours = COLOURS.get(page.photometric, 0)
    if not colours or not colours <= page.samplesperpixel <= 5:
        raise UnsupportedError("a TIFF of neither gray, RGB nor CMYK")
    return colours


def _channels_last(samples: np.ndarray, axes: str) -> np.ndarray:
    if axes == "YX":
        return samples[..., None]
    return np.moveaxis(samples, 0, -1) if axes == "SYX" else samples


def _full_range(samples: np.ndarray, bits: int) -> np.ndarray:
    """Return samples of any depth as uint8 or uint16 over the whole range, or as finite float32."""
    if samples.dtype.kind == "f":
        return np.nan_to_num(samples.astype(np.float32), posinf=1, neginf=0)
    if samples.dtype in (np.uint8, np.uint16) and bits == samples.dtype.itemsize * 8:
        return samples
    return (samples / (2.0**bits - 1)).astype(np.float32)  # for instance 1 and 12 bits
