"""JPEG, WebP and BMP, 8 bits a sample, by way of Pillow."""

from typing import BinaryIO

import numpy as np
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ExifTags import Base
from PIL.Image import Exif
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.WebPImagePlugin import WebPImageFile

from engine.media.raster import UPRIGHT, Header, Raster, split_alpha

# Opened by class, as `Image.open` would try formats that run other programs, and warn on standard error of big ones.
OPENERS: dict[bytes, type[ImageFile]] = {b"\xff\xd8": JpegImageFile, b"RI": WebPImageFile, b"BM": BmpImageFile}


def read_header(file: BinaryIO) -> Header:
    """Return the header of a JPEG, WebP or BMP file."""
    with _opened(file) as image:
        return header_of(image)


def read_raster(file: BinaryIO) -> Raster:
    """Return the samples of a JPEG, WebP or BMP file; palettes are expanded."""
    with _opened(file) as image:
        image.load()
        if image.mode == "CMYK":
            return Raster(np.asarray(image), None, 8)
        return split_alpha(np.asarray(image if image.mode in ("L", "RGB", "RGBA") else image.convert("RGB")), 8)


def header_of(image: ImageFile) -> Header:
    """Return the header of a file that Pillow has opened, without decoding it."""
    return Header(*image.size, _orientation(image.info.get("exif")), image.info.get("icc_profile"))


def _opened(file: BinaryIO) -> ImageFile:
    signature = file.read(2)
    file.seek(0)
    return OPENERS[signature](file)


def _orientation(exif: bytes | None) -> int:
    if exif is None:
        return 1
    tags = Exif()
    try:
        tags.load(exif)
        orientation = tags.get(Base.Orientation)
    except Exception:  # noqa: BLE001 - many kinds; a photograph with damaged EXIF data is shown as it is stored
        return 1
    return orientation if orientation in UPRIGHT else 1
