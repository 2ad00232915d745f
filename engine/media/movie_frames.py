"""What a decoded movie frame is, and its picture in display RGB."""

from typing import cast

import cv2
import numpy as np
from av.sidedata.sidedata import SideDataContainer, Type
from av.video.frame import VideoFrame

from engine.media.clip_info import FULL_RANGE, LIMITED_RANGE, ColourTags
from engine.media.yuv import LUMA_WEIGHTS, decoding_matrix, widened

BT709, BT601 = 1, 6
# Formats of other layouts, and the planar one that holds the same samples.
PLANAR = {
    "nv12": "yuv420p", "nv21": "yuv420p", "nv16": "yuv422p", "nv24": "yuv444p", "yuyv422": "yuv422p",
    "uyvy422": "yuv422p", "yvyu422": "yuv422p", "p010le": "yuv420p10le", "p210le": "yuv422p10le",
    "p012le": "yuv420p12le", "p016le": "yuv420p16le", "y210le": "yuv422p10le", "xv30le": "yuv444p10le",
}  # fmt: skip
# Full range told by the format's name alone, as old JPEG movies do.
JPEG_FORMATS = ("yuvj420p", "yuvj422p", "yuvj444p", "yuvj440p", "yuvj411p")
# A display matrix's first four entries, by sign, and the EXIF orientation that turns the frame likewise.
ORIENTATIONS = {
    (1, 0, 0, 1): 1, (-1, 0, 0, 1): 2, (-1, 0, 0, -1): 3, (1, 0, 0, -1): 4,
    (0, 1, 1, 0): 5, (0, 1, -1, 0): 6, (0, -1, -1, 0): 7, (0, -1, 1, 0): 8,
}  # fmt: skip


def sample_bits(frame: VideoFrame) -> int:
    """Return the bits of a sample."""
    return max(component.bits for component in frame.format.components)


def colour_tags(frame: VideoFrame) -> ColourTags:
    """Return the tags as the file has them; only JPEG's full range is filled in."""
    full = frame.format.name in JPEG_FORMATS
    return ColourTags(
        frame.color_primaries, frame.color_trc, frame.colorspace, FULL_RANGE if full else frame.color_range
    )


def orientation(frame: VideoFrame) -> int:
    """Return the EXIF orientation, 1 to 8, that turns the frame upright."""
    held = cast(SideDataContainer, frame.side_data)
    if Type.DISPLAYMATRIX not in held:
        return 1
    data = bytes(held[Type.DISPLAYMATRIX])
    a, b, _, c, d = np.sign(np.frombuffer(data, np.int32)[:5])
    return ORIENTATIONS.get((int(a), int(b), int(c), int(d)), 1)


def picture(frame: VideoFrame, codec: str) -> np.ndarray:
    """Return a frame's picture (H, W, 3) in display RGB: uint8, or uint16 over the whole range above 8 bits a sample.

    Where the frame does not name its matrix, BT.709 is taken for frames wider than 1279 or higher than 576 pixels, and
    BT.601 for others, as players do.
    """
    bits = sample_bits(frame)
    if frame.format.is_rgb or len(frame.format.components) < 3:
        wide = frame.reformat(format="rgb24" if bits <= 8 else "rgb48le")
        return wide.to_ndarray()
    tags = colour_tags(frame)
    if frame.format.name in PLANAR:
        frame = frame.reformat(
            format=PLANAR[frame.format.name], src_color_range=LIMITED_RANGE, dst_color_range=LIMITED_RANGE
        )
    luma, *chroma = (_samples(frame, plane, bits) for plane in range(3))
    centred = codec == "mjpeg"
    full_size = [widened(plane, frame.width, frame.height, centred) for plane in chroma]
    top = 255 if bits <= 8 else 65535
    matrix = decoding_matrix(matrix_of(tags, frame.width, frame.height), bits, tags.range == FULL_RANGE, top)
    return cv2.transform(cv2.merge([luma, *full_size]), matrix)


def matrix_of(tags: ColourTags, width: int, height: int) -> int:
    """Return the code point of the matrix that holds, guessed from the size where the tags have none that is known."""
    if tags.matrix in LUMA_WEIGHTS:
        return tags.matrix
    return BT709 if width >= 1280 or height > 576 else BT601


def _samples(frame: VideoFrame, index: int, bits: int) -> np.ndarray:
    plane = frame.planes[index]
    dtype = np.dtype(np.uint8 if bits <= 8 else "<u2")
    rows = np.frombuffer(memoryview(plane), dtype).reshape(plane.height, plane.line_size // dtype.itemsize)
    return rows[:, : plane.width]
