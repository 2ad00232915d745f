"""Apple ProRes in QuickTime: 4444 for layers, 422 HQ for composites."""

from functools import partial

from engine.media.writers.encoding import Encoding, ycbcr_tags
from engine.media.writers.planes import ycbcr_planes
from engine.media.writers.slate import Slate

FF_QP2LAMBDA = 118  # FFmpeg's unit of quality
VENDOR = {"vendor": "apl0"}  # Apple's own: some programs take no other
# Fixed quantisers. Searching for one that meets a data rate would take four times as long, end at the finest for 4444
# anyway, and leave grain in 422 HQ at less than 45 dB.
FINEST, FINE = ({"flags": "+qscale", "global_quality": str(scale * FF_QP2LAMBDA)} for scale in (1, 2))


def prores_4444(slate: Slate, has_alpha: bool) -> Encoding:
    """Return ProRes 4444: 10 bits, colour at full resolution, video range; alpha is kept without loss."""
    tags = ycbcr_tags(slate.colour)
    return Encoding(
        encoder="prores_ks",
        pixels="yuva444p10le" if has_alpha else "yuv444p10le",
        planes=partial(ycbcr_planes, matrix=tags.matrix, bits=10),
        tags=tags,
        options={**VENDOR, **FINEST, "profile": "4444", "alpha_bits": "16" if has_alpha else "0"},
    )


def prores_422_hq(slate: Slate, _has_alpha: bool) -> Encoding:
    """Return ProRes 422 HQ: 10 bits, video range, no alpha; where the width is odd, ProRes 4444 without alpha."""
    if slate.size[0] % 2:
        return prores_4444(slate, has_alpha=False)  # the encoder would leave out the last column's colour
    tags = ycbcr_tags(slate.colour)
    return Encoding(
        encoder="prores_ks",
        pixels="yuv422p10le",
        planes=partial(ycbcr_planes, matrix=tags.matrix, bits=10, half_width=True),
        tags=tags,
        options={**VENDOR, **FINE, "profile": "hq"},
    )
