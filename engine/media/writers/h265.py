"""H.265 for review: 10 bits, smaller than H.264."""

from functools import partial

from engine.media.clip_info import FULL_RANGE
from engine.media.writers.encoding import Encoding, ycbcr_tags
from engine.media.writers.h264 import is_even
from engine.media.writers.planes import ycbcr_planes
from engine.media.writers.slate import Slate


def h265(slate: Slate, _has_alpha: bool) -> Encoding:
    """Return H.265: 10 bits, colour at half the resolution unless a side is odd, the clip's range."""
    tags = ycbcr_tags(slate.colour, may_be_full_range=True)
    halved = is_even(slate)
    return Encoding(
        encoder="libx265",
        pixels="yuv420p10le" if halved else "yuv444p10le",
        planes=partial(
            ycbcr_planes,
            matrix=tags.matrix,
            bits=10,
            full_range=tags.range == FULL_RANGE,
            half_width=halved,
            half_height=halved,
        ),
        tags=tags,
        options={"crf": "14", "preset": "medium", "x265-params": "log-level=none"},
        codec_tag="hvc1",  # QuickTime takes no other name
    )
