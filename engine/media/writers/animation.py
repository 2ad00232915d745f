"""QuickTime Animation: runs of equal pixels, lossless, 8 bits; for old pipelines."""

from engine.media.writers.encoding import Encoding, rgb_tags
from engine.media.writers.planes import packed_planes
from engine.media.writers.slate import Slate


def animation(slate: Slate, has_alpha: bool) -> Encoding:
    """Return QuickTime Animation: RGB and alpha of 8 bits."""
    return Encoding(
        encoder="qtrle", pixels="argb" if has_alpha else "rgb24", planes=packed_planes, tags=rgb_tags(slate.colour)
    )
