"""PNG, 8 and 16 bits, with and without alpha (ISO/IEC 15948)."""

import struct
import zlib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import imagecodecs
import numpy as np
from PIL.PngImagePlugin import PngImageFile

from engine.colour import Bits, to_uint
from engine.files import write_bytes
from engine.media.icc import srgb_profile
from engine.media.pillow import header_of
from engine.media.raster import Header, Raster, split_alpha

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPES = {1: 0, 3: 2, 4: 6}  # by channels
SUBTRACT_LEFT = 1  # the filter of every row
# Files as small as zlib's thorough settings make them, in a third of the time.
LEVEL = 3
LONGEST_KEYWORD = 79


def read_header(file: BinaryIO) -> Header:
    """Return the header of a PNG."""
    with PngImageFile(file) as image:
        return header_of(image)


def read_raster(file: BinaryIO) -> Raster:
    """Return the samples of a PNG; palettes and transparent colours are expanded."""
    # Pillow would cut 16-bit colour down to 8 bits.
    samples = imagecodecs.png_decode(file.read())
    return split_alpha(samples, samples.dtype.itemsize * 8)


def encode_png(
    picture: np.ndarray,
    bits: Bits = 16,
    texts: Mapping[str, str] = {},
    pixel_aspect: Fraction = Fraction(1),
) -> bytes:
    """Return the PNG file of a float picture in 0..1: (H, W) gray, (H, W, 3) RGB or (H, W, 4) straight RGBA.

    Colour is tagged as sRGB. Alpha's hidden colour is kept as it is: see `engine.compositing.bleed`. ``texts`` are
    stored by keyword; ``pixel_aspect`` is a pixel's width by its height.
    """
    # Pillow cuts 16-bit RGBA down, OpenCV takes no texts, and both compress with zlib, several times as slow.
    samples = to_uint(picture, bits)
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    height, width = samples.shape[:2]
    chunks = [_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, COLOUR_TYPES[channels], 0, 0, 0))]
    if channels > 1:
        chunks.append(_chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(srgb_profile())))
    if pixel_aspect != 1:  # pixels per unit across and down, of an unknown unit
        chunks.append(_chunk(b"pHYs", struct.pack(">IIB", pixel_aspect.denominator, pixel_aspect.numerator, 0)))
    chunks += [_chunk(b"iTXt", _international(keyword, text)) for keyword, text in texts.items()]
    chunks.append(_chunk(b"IDAT", imagecodecs.deflate_encode(_filtered(samples), level=LEVEL)))
    return b"".join((SIGNATURE, *chunks, _chunk(b"IEND", b"")))


def write_png(path: Path, picture: np.ndarray, bits: Bits = 16) -> None:
    """Write `encode_png`'s file atomically; raises UserError where it cannot be written."""
    write_bytes(path, encode_png(picture, bits))


def _filtered(samples: np.ndarray) -> bytes:
    """Return the bytes to compress, one row of them a row of the picture, each less that of the pixel on its left."""
    big_endian = samples.astype(samples.dtype.newbyteorder(">"), copy=False)
    rows = np.ascontiguousarray(big_endian).view(np.uint8).reshape(len(samples), -1)
    pixel = rows.shape[1] // samples.shape[1]
    filtered = np.empty((len(rows), 1 + rows.shape[1]), np.uint8)
    filtered[:, 0] = SUBTRACT_LEFT
    filtered[:, 1 : 1 + pixel] = rows[:, :pixel]
    np.subtract(rows[:, pixel:], rows[:, :-pixel], out=filtered[:, 1 + pixel :])
    return filtered.tobytes()


def _international(keyword: str, text: str) -> bytes:
    """Return the content of an iTXt chunk, not compressed, in no named language."""
    return keyword.encode("latin-1", "replace")[:LONGEST_KEYWORD] + b"\0\0\0\0\0" + text.replace("\0", "").encode()


def _chunk(kind: bytes, content: bytes | bytearray) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(content, zlib.crc32(kind)))
