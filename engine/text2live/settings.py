"""How a layer is trained: sizes, steps and weights for each quality."""

from dataclasses import dataclass, field, replace

from engine.guidance.views import ViewSettings
from engine.jobs import Quality


@dataclass(frozen=True)
class Weights:
    """The weight of each loss; ``strangeness``, ``gaudiness`` and ``roughness`` keep the layer natural."""

    composition: float = 0.6
    screen: float = 0.4
    turning: float = 0.5
    structure: float = 20.0
    edges: float = 1.0
    sparsity: float = 0.02
    bootstrap: float = 3.0
    appearance: float = 6.0
    strangeness: float = 0.35
    gaudiness: float = 0.15
    roughness: float = 0.2


@dataclass(frozen=True)
class Settings:
    """``size`` is the short side in pixels; ``bootstrap_share`` the share of steps over which bootstrap fades.

    ``composite_views`` and ``screen_views`` are seen at each step; ``example_share`` is the share of steps trained
    on a random crop of the source instead of the whole, none of them in the last ``whole_share``.
    """

    size: int
    steps: int
    learning_rate: float = 2.5e-3
    warm_up: int = 8
    composite_views: int = 4
    screen_views: int = 2
    bootstrap_share: float = 0.6
    example_share: float = 0.3
    whole_share: float = 0.3
    weights: Weights = field(default_factory=Weights)
    views: ViewSettings = field(default_factory=lambda: ViewSettings(sides=(224,)))


QUALITIES: dict[Quality, Settings] = {
    "draft": Settings(size=256, steps=80, composite_views=3, screen_views=1),
    "standard": Settings(size=320, steps=160),
    "best": Settings(size=448, steps=320, composite_views=6, screen_views=2),
}


def settings_for(quality: Quality, steps: int | None, size: int | None, side: int) -> Settings:
    """Return the quality's settings with the job's own steps and size, for a guide that sees ``side`` pixels best."""
    chosen = QUALITIES[quality]
    return replace(
        chosen,
        steps=steps or chosen.steps,
        size=size or chosen.size,
        views=replace(chosen.views, sides=view_sides(side)),
    )


def view_sides(side: int) -> tuple[int, ...]:
    """Return the sizes at which views are made for a guide that sees ``side`` pixels best.

    Several, so that the layer looks right at any size, and not only to this guide.
    """
    return side * 5 // 7, side * 6 // 7, side, side * 8 // 7
