"""The delivery formats by name: what each can hold, and by which convention."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.media.writers.slate import AlphaMode

FormatName = Literal[
    "png", "png8", "tiff", "exr", "exr32", "prores4444", "prores422", "ffv1", "cineform", "animation", "vp9", "h264",
    "h265",
]  # fmt: skip


@dataclass(frozen=True)
class Format:
    """A delivery format.

    ``suffixes`` are those that a file of it may have, the usual one first. ``bits`` are those of a sample; ``alpha`` is
    the convention for RGBA, None where the format cannot hold alpha. ``is_linear`` where colour is written as linear
    light. ``bytes_a_pixel`` is about what a pixel of fine-grained RGBA takes, or of RGB where there is no alpha.
    """

    name: FormatName
    label: str
    hint: str
    suffixes: tuple[str, ...]
    bits: int
    alpha: AlphaMode | None
    bytes_a_pixel: float
    is_movie: bool = False
    is_linear: bool = False

    @property
    def suffix(self) -> str:
        """The usual ending of a file's name, with its dot."""
        return self.suffixes[0]


_ALL = (
    Format("png", "PNG 16", "Read by everything", (".png",), 16, "straight", 8),
    Format("png8", "PNG 8", "Small pictures, for showing", (".png",), 8, "straight", 4),
    Format("tiff", "TIFF 16", "Says itself whether its alpha is straight", (".tif", ".tiff"), 16, "straight", 8),
    Format("exr", "OpenEXR half", "Linear light; Nuke and Blender", (".exr",), 16, "premultiplied", 8, is_linear=True),
    Format(
        "exr32", "OpenEXR float", "Linear light, full precision", (".exr",), 32, "premultiplied", 16, is_linear=True
    ),
    Format(
        "prores4444", "ProRes 4444", "After Effects, Resolve, Final Cut", (".mov",), 10, "straight", 2.5, is_movie=True
    ),
    Format("prores422", "ProRes 422 HQ", "Composites for the cut", (".mov",), 10, None, 1.4, is_movie=True),
    Format("ffv1", "FFV1", "Lossless archive", (".mkv",), 16, "straight", 8, is_movie=True),
    Format("cineform", "CineForm", "Quick to decode", (".mov",), 12, "straight", 2.5, is_movie=True),
    Format("animation", "QuickTime Animation", "Old pipelines", (".mov",), 8, "straight", 4, is_movie=True),
    Format("vp9", "VP9 with alpha", "The web", (".webm",), 8, "straight", 0.4, is_movie=True),
    Format("h264", "H.264", "Small, for review", (".mp4", ".mov"), 8, None, 0.3, is_movie=True),
    Format("h265", "H.265", "Smaller, for review", (".mp4", ".mov"), 10, None, 0.2, is_movie=True),
)
FORMATS: Mapping[FormatName, Format] = {each.name: each for each in _ALL}
