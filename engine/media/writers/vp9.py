"""VP9 in WebM, with alpha as browsers read it."""

from functools import partial

from engine.media.writers.encoding import Encoding, ycbcr_tags
from engine.media.writers.planes import ycbcr_planes
from engine.media.writers.slate import Slate

# Hidden frames would put the alpha, which is a movie of its own, out of step with the colour.
OPTIONS = {"crf": "8", "b": "0", "deadline": "good", "cpu-used": "5", "row-mt": "1", "auto-alt-ref": "0"}


def vp9(slate: Slate, has_alpha: bool) -> Encoding:
    """Return VP9: 8 bits, colour at half the resolution, video range."""
    tags = ycbcr_tags(slate.colour)
    return Encoding(
        encoder="libvpx-vp9",
        pixels="yuva420p" if has_alpha else "yuv420p",
        planes=partial(ycbcr_planes, matrix=tags.matrix, bits=8, half_width=True, half_height=True),
        tags=tags,
        options=OPTIONS,
    )
