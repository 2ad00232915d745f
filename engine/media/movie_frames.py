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
# The sign of a display matrix's first and second column, and the EXIF orientation that turns a frame likewise.
ORIENTATIONS = {
    (1, 0, 0, 1): 1, (-1, 0, 0, 1): 2, (-1, 0, 0, -1): 3, (1, 0, 0, -1): 4,
    (0, 1, 1, 0): 5, (0, 1, -1, 0): 6, (0, -1, -1, 0): 7, (0, -1, 1, 0): 8,
}  # fmt: skip


def sample_bits(frame: VideoFrame) -> int:
    """Return the bits of a sample."""
    return max(component.bits for component in frame.format.components)


def colour_tags(frame: VideoFrame) -> ColourTags:
    """Return the tags as the file has them; only the full range that JPEG's formats imply is filled in."""
    implied = frame.format.name.startswith("yuvj")
    return ColourTags(
        frame.color_primaries, frame.color_trc, frame.colorspace, FULL_RANGE if implied else frame.color_range
    )


def orientation(frame: VideoFrame) -> int:
    """Return the EXIF orientation, 1 to 8, that turns the frame upright."""
    held = cast(SideDataContainer, frame.side_data)
    if Type.DISPLAYMATRIX not in held:
        return 1
    a, b, _, c, d = np.sign(np.frombuffer(bytes(held[Type.DISPLAYMATRIX]), np.int32)[:5])
    return ORIENTATIONS.get((int(a), int(b), int(c), int(d)), 1)


def picture(frame: VideoFrame, codec: str) -> np.ndarray:
    """Return a frame's picture (H, W, 3) in display RGB: uint8, or uint16 over the whole range above 8 bits a sample.

    Alpha is left out. Where the frame does not name its matrix, see `matrix_of`.
    """
    bits = sample_bits(frame)
    top = 255 if bits <= 8 else 65535
    if frame.format.name in PLANAR:
        as_is = {"src_color_range": LIMITED_RANGE, "dst_color_range": LIMITED_RANGE}
        frame = frame.reformat(format=PLANAR[frame.format.name], **as_is)
    if frame.format.name.startswith("yuv"):
        return _from_ycbcr(frame, bits, top, centred=codec == "mjpeg")
    if frame.format.name.startswith(("gray", "ya")):
        return _from_gray(frame, bits, top)
    if frame.format.name.startswith("gbr") and bits <= 16:
        green, blue, red = (_samples(frame, plane, bits) for plane in range(3))
        return _scaled(cv2.merge([red, green, blue]), top / ((1 << bits) - 1))
    return frame.reformat(format="rgb24" if bits <= 8 else "rgb48le").to_ndarray()


def alpha_plane(frame: VideoFrame) -> np.ndarray | None:
    """Return a frame's alpha (H, W), its whole range as `picture` has colour's; None where it has none."""
    components = frame.format.components
    if frame.format.has_palette:
        return frame.reformat(format="rgba").to_ndarray()[..., 3]
    if not any(component.is_alpha for component in components):
        return None
    bits = sample_bits(frame)
    top = 255 if bits <= 8 else 65535
    if frame.format.name.startswith(("yuva", "gbrap")) and bits <= 16:
        return _scaled(_samples(frame, 3, bits), top / ((1 << bits) - 1))
    return frame.reformat(format="rgba" if bits <= 8 else "rgba64le").to_ndarray()[..., 3]


def matrix_of(tags: ColourTags, width: int, height: int) -> int:
    """Return the code point of the matrix from Y'CbCr to RGB.

    Where the tags have none that is known, it is BT.709 for frames wider than 1279 or higher than 576 pixels, and
    BT.601 for others, as players do.
    """
    if tags.matrix in LUMA_WEIGHTS:
        return tags.matrix
    return BT709 if width >= 1280 or height > 576 else BT601


def _from_ycbcr(frame: VideoFrame, bits: int, top: int, centred: bool) -> np.ndarray:
    tags = colour_tags(frame)
    luma, *chroma = (_samples(frame, plane, bits) for plane in range(3))
    planes = [luma, *(widened(plane, frame.width, frame.height, centred) for plane in chroma)]
    matrix = decoding_matrix(matrix_of(tags, frame.width, frame.height), bits, tags.range == FULL_RANGE, top)
    return cv2.transform(cv2.merge(planes), matrix)


def _from_gray(frame: VideoFrame, bits: int, top: int) -> np.ndarray:
    """Return a gray frame's picture; its range is full where the file does not say otherwise, as in FFmpeg."""
    luma = cv2.merge([_samples(frame, 0, bits)] * 3)
    if colour_tags(frame).range != LIMITED_RANGE:
        return _scaled(luma, top / ((1 << bits) - 1))
    step = 1 << (bits - 8)
    gain = top / (219 * step)
    return cv2.transform(luma, np.column_stack([np.eye(3) * gain, np.full(3, -16 * step * gain)]))


def _scaled(samples: np.ndarray, gain: float) -> np.ndarray:
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    return samples if gain == 1 else cv2.transform(samples, np.eye(channels) * gain)


def _samples(frame: VideoFrame, index: int, bits: int) -> np.ndarray:
    plane = frame.planes[index]
    dtype = np.dtype(np.uint8 if bits <= 8 else "<u2")
    rows = np.frombuffer(memoryview(plane), dtype).reshape(plane.height, plane.line_size // dtype.itemsize)
    return rows[:, : plane.width]
