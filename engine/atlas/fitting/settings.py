"""How thoroughly an atlas is fitted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.jobs import AtlasFit, AtlasQuality


@dataclass(frozen=True)
class FitSettings:
    """Lengths are in pixels of the frames in fitting, if not said otherwise.

    ``width`` is that of the frames; ``rounds`` counts how often everything is refined, ``polishing`` how often the
    textures alone are after that. ``density`` is in texels a pixel of the reference frame. ``node_spacing`` and
    ``light_spacing`` are those of the lattices. The stiffnesses hold the change from the first mapping together:
    against neighbouring nodes and against neighbouring frames, in squared colour differences a squared texel.
    ``light_stiffness`` is in squared colour. Mattes change within ``rim`` of the given masks, ``matte_trust`` against.
    """

    width: int = 768
    rounds: int = 10
    polishing: int = 2
    density: float = 1.25
    most_texels: int = 24_000_000
    node_spacing: float = 6.0
    light_spacing: float = 16.0
    stiffness: float = 0.005
    stiffness_in_time: float = 0.005
    light_stiffness: float = 0.2
    rim: int = 3
    matte_trust: float = 0.08
    light: bool = True


QUALITIES: Mapping[AtlasQuality, FitSettings] = {
    "draft": FitSettings(width=512, rounds=4, polishing=1),
    "standard": FitSettings(),
    "best": FitSettings(width=1024, rounds=14, polishing=4, density=1.5),
}


def fit_settings(job: AtlasFit) -> FitSettings:
    """Return the settings that ``job`` asks for."""
    settings = QUALITIES[job.quality]
    return replace(settings, width=job.width or settings.width, light=job.light)
