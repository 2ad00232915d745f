"""GoPro CineForm in QuickTime (SMPTE ST 2073): wavelets, quick to decode."""

from functools import partial

from engine.errors import UserError
from engine.media.writers.encoding import Encoding, rgb_tags
from engine.media.writers.planes import gbr_planes
from engine.media.writers.slate import Slate

BLOCK, SMALLEST = 16, 32


def cineform(slate: Slate, has_alpha: bool) -> Encoding:
    """Return CineForm: RGB and alpha of 12 bits.

    Raises UserError for sizes that the encoder does not take.
    """
    width, height = slate.size
    if width % BLOCK or min(width, height) < SMALLEST:
        raise UserError(
            f"CineForm needs a width that {BLOCK} divides, and sides of at least {SMALLEST} pixels; these are "
            f"{width} × {height}: choose ProRes 4444 or FFV1."
        )
    return Encoding(
        encoder="cfhd",
        pixels="gbrap12le" if has_alpha else "gbrp12le",
        planes=partial(gbr_planes, bits=12),
        tags=rgb_tags(slate.colour),
        options={"quality": "film3+"},
    )
