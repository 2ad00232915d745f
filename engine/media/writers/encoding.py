"""What a movie format is to its writer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.media.clip_info import FULL_RANGE, LIMITED_RANGE, UNSPECIFIED, ColourTags
from engine.media.yuv import LUMA_WEIGHTS

BT709 = 1
RGB_MATRIX = 0  # the code point of samples that are R'G'B' themselves

Planes = Callable[[np.ndarray], Sequence[np.ndarray]]


@dataclass(frozen=True)
class Encoding:
    """FFmpeg's encoder, its ``options``, and how it holds a pixel.

    ``pixels`` is FFmpeg's name of the layout; ``planes`` turns a picture, (H, W, 3) or with alpha (H, W, 4), float32 in
    0..1, into the samples of its planes, in its order, each (rows, samples a row). ``tags`` say how those are meant.
    ``codec_tag`` names the codec in the container, "" for the usual name.
    """

    encoder: str
    pixels: str
    planes: Planes
    tags: ColourTags
    options: Mapping[str, str] = field(default_factory=dict)
    codec_tag: str = ""


def ycbcr_tags(source: ColourTags, may_be_full_range: bool = False) -> ColourTags:
    """Return the tags of Y'CbCr made from a clip: its own, BT.709 and limited range for what it does not name."""
    primaries, transfer = _named(source)
    return ColourTags(
        primaries,
        transfer,
        source.matrix if source.matrix in LUMA_WEIGHTS else BT709,
        FULL_RANGE if may_be_full_range and source.range == FULL_RANGE else LIMITED_RANGE,
    )


def rgb_tags(source: ColourTags) -> ColourTags:
    """Return the tags of R'G'B' of a clip: its primaries and transfer, BT.709 where it does not name them."""
    return ColourTags(*_named(source), RGB_MATRIX, FULL_RANGE)


def _named(source: ColourTags) -> tuple[int, int]:
    return _or_bt709(source.primaries), _or_bt709(source.transfer)


def _or_bt709(code: int) -> int:
    return BT709 if code == UNSPECIFIED else code
