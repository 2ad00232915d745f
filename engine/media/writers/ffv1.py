"""FFV1 in Matroska (RFC 9043): lossless."""

from functools import partial

from engine.media.writers.encoding import Encoding, rgb_tags
from engine.media.writers.planes import gbr_planes
from engine.media.writers.slate import Slate

# As archives ask for: every frame by itself, in slices of their own checksum. Their number is fixed, as otherwise that
# of the processor's cores would change the file.
OPTIONS = {"level": "3", "g": "1", "slices": "16", "slicecrc": "1"}


def ffv1(slate: Slate, has_alpha: bool) -> Encoding:
    """Return FFV1: RGB and alpha of 16 bits."""
    return Encoding(
        encoder="ffv1",
        pixels="gbrap16le" if has_alpha else "gbrp16le",
        planes=partial(gbr_planes, bits=16),
        tags=rgb_tags(slate.colour),
        options=OPTIONS,
    )
