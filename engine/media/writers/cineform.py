"""GoPro CineForm in QuickTime (SMPTE ST 2073): wavelets, quick to decode."""

from functools import partial

from engine.media.writers.encoding import Encoding, rgb_tags
from engine.media.writers.planes import gbr_planes
from engine.media.writers.slate import Slate


def cineform(slate: Slate, has_alpha: bool) -> Encoding:
    """Return CineForm: RGB and alpha of 12 bits."""
    return Encoding(
        encoder="cfhd",
        pixels="gbrap12le" if has_alpha else "gbrp12le",
        planes=partial(gbr_planes, bits=12),
        tags=rgb_tags(slate.colour),
        options={"quality": "film3+"},
    )
