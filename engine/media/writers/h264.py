"""H.264 for review: plays everywhere."""

from functools import partial

from engine.media.clip_info import FULL_RANGE
from engine.media.writers.encoding import Encoding, ycbcr_tags
from engine.media.writers.planes import ycbcr_planes
from engine.media.writers.slate import Slate


def h264(slate: Slate, _has_alpha: bool) -> Encoding:
    """Return H.264: 8 bits, colour at half the resolution unless a side is odd, the clip's range."""
    tags = ycbcr_tags(slate.colour, may_be_full_range=True)
    halved = is_even(slate)
    return Encoding(
        encoder="libx264",
        pixels="yuv420p" if halved else "yuv444p",
        planes=partial(
            ycbcr_planes,
            matrix=tags.matrix,
            bits=8,
            full_range=tags.range == FULL_RANGE,
            half_width=halved,
            half_height=halved,
        ),
        tags=tags,
        options={"crf": "14", "preset": "medium"},
    )


def is_even(slate: Slate) -> bool:
    """Return whether both sides are even, as the encoders need for halved chroma."""
    return not any(side % 2 for side in slate.size)
