"""How a layer is trained: sizes, steps, weights and choices for each quality and kind of guide. Loads no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from engine.errors import UserError
from engine.guidance.view_settings import ViewSettings
from engine.jobs import LayerEdit, Quality, WordEdit
from engine.options import choice, number, with_options

# From here on, vision transformers see patches of up to 32 pixels.
LARGE_SIDE = 160
# Its seven scales leave nothing to mirror at the borders of smaller pictures.
SMALLEST_FOR_PAPER = 256


@dataclass(frozen=True)
class Weights:
    """The weight of each loss: first those of Text2LIVE, then what keeps a layer natural."""

    composition: float = number(1.0, "Composition", "The composite shows the prompt", 100.0)
    screen: float = number(1.0, "Screen", "The layer alone, over a green screen, shows its text", 100.0)
    directional: float = number(1.0, "Direction", "The picture changes the way from source text to prompt", 100.0)
    avoid: float = number(1.0, "Avoid", "The composite does not show what is to be avoided", 100.0)
    structure: float = number(2.0, "Structure", "Parts stay as alike one another as they were", 1000.0)
    sparsity_l1: float = number(0.06, "Sparsity L1", "The layer's mean opacity stays low", 10.0)
    sparsity_l0: float = number(0.06, "Sparsity L0", "Few places are covered at all", 10.0)
    bootstrap: float = number(10.0, "Bootstrap", "At first, the opacity lies where the subject is", 1000.0)
    appearance: float = number(6.0, "Material", "Named materials look as they would in this light", 100.0)
    edges: float = number(0.0, "Edges", "The photograph's outlines stay", 100.0)
    strangeness: float = number(0.0, "Strangeness", "Textures stay like those of photographs", 100.0)
    gaudiness: float = number(0.0, "Gaudiness", "Colours stay within the reach of natural ones", 100.0)
    roughness: float = number(0.0, "Roughness", "Colours are smooth (total variation)", 100.0)


@dataclass(frozen=True)
class Settings:
    """All that is chosen about a training but its picture, texts and seed.

    ``size`` is the short side in pixels. The first ``bootstrap_share`` of the steps have a bootstrap, which fades;
    ``example_share`` of the steps train on a random crop of the source instead of the whole, none of them in the last
    ``whole_share``. ``patience`` is in steps, 0 for never ending early.
    """

    size: int
    steps: int
    weights: Weights = field(default_factory=Weights)
    views: ViewSettings = field(default_factory=lambda: ViewSettings(sides=(224,)))
    confinement: Literal["matte", "relevance", "none"] = choice(
        "matte",
        "Confinement",
        "matte: nothing is painted off the subject; relevance: the edit starts where the guide sees the subject and "
        "may leave it; none: the edit finds its own place",
        ("matte", "relevance", "none"),
    )
    criterion: Literal["spherical", "cosine"] = choice(
        "spherical", "Criterion", "How far a picture is from a text, to an open guide", ("spherical", "cosine")
    )
    generator: Literal["narrow", "paper"] = choice(
        "narrow", "Generator", "Channels of the painting network", ("narrow", "paper")
    )
    optimizer: Literal["adam", "madgrad"] = choice(
        "adam", "Optimizer", "How the painting network learns", ("adam", "madgrad")
    )
    schedule: Literal["cosine", "exponential"] = choice(
        "cosine", "Schedule", "How the learning rate falls", ("cosine", "exponential")
    )
    precision: Literal["auto", "float32", "bfloat16"] = choice(
        "auto",
        "Precision",
        "Arithmetic of the guide; auto: bfloat16 on graphics cards that have it",
        ("auto", "float32", "bfloat16"),
    )
    compiled: Literal["no", "yes"] = choice(
        "no",
        "Compiled",
        "Compile the painting network first, which takes a minute or two and pays over many steps on a graphics card",
        ("no", "yes"),
    )
    learning_rate: float = number(2.5e-3, "Learning rate", "How fast the painting network learns", 1.0, 1e-6)
    decay: float = number(0.99, "Decay", "By what an exponential schedule multiplies the rate each step", 1.0, 0.5)
    warm_up: int = number(8, "Warm-up", "Steps over which a cosine schedule starts", 1000)
    composite_views: int = number(4, "Composite views", "Views of the composite in a step", 64, 1)
    screen_views: int = number(2, "Screen views", "Views of the layer alone in a step", 64, 1)
    structure_every: int = number(
        1, "Structure every", "Steps from one look at the structure to the next, which then weighs as much more", 100, 1
    )
    view_pool: int = number(
        24, "View pool", "Batches of views to draw from; the source is seen once in each", 10_000, 1
    )
    wordings: int = number(4, "Wordings", "Templates around each text in a step", 100, 1)
    bootstrap_share: float = number(0.6, "Bootstrap share", "The share of steps over which the bootstrap fades", 1.0)
    spare_threshold: float = number(0.3, "Spare threshold", "Relevance from which the spared is left alone", 1.0)
    example_share: float = number(0.3, "Crops", "The share of steps trained on a random crop", 1.0)
    whole_share: float = number(0.3, "Whole at last", "The share of steps, at the end, without crops", 1.0)
    atlas_share: float = number(
        0.2, "Atlas itself", "For clips: the share of steps that look at the atlas itself instead of at frames", 1.0
    )
    patience: int = number(40, "Patience", "Steps without improvement after which the training ends; 0: never", 100_000)


_STARTER_WEIGHTS = Weights(
    composition=0.6,
    screen=0.4,
    directional=0.5,
    avoid=2.0,
    structure=20.0,
    sparsity_l1=0.02,
    sparsity_l0=0.02,
    bootstrap=3.0,
    edges=1.0,
    strangeness=0.35,
    gaudiness=0.15,
    roughness=0.2,
)
# The paper's own, with a little of what the starter guide has shown to help any guide.
_OPEN_WEIGHTS = Weights(sparsity_l1=0.02, sparsity_l0=0.02, edges=0.3, gaudiness=0.05, roughness=0.05)
# Text2LIVE, appendix A, and its public configuration for images.
_PAPER = Settings(
    size=512,
    steps=1000,
    views=ViewSettings(sides=(224,), smallest=0.6, perspective=0.2, grayscale=0.15),
    confinement="relevance",
    generator="paper",
    optimizer="madgrad",
    schedule="exponential",
    precision="float32",
    composite_views=16,
    screen_views=16,
    view_pool=1000,
    bootstrap_share=1.0,
    example_share=74 / 75,
    whole_share=0.0,
    patience=0,
)
STARTER_QUALITIES: Mapping[Quality, Settings] = {
    "draft": Settings(size=256, steps=80, composite_views=3, screen_views=1, weights=_STARTER_WEIGHTS),
    "standard": Settings(size=320, steps=160, weights=_STARTER_WEIGHTS),
    "best": Settings(size=448, steps=320, composite_views=6, screen_views=2, weights=_STARTER_WEIGHTS),
    "paper": replace(_PAPER, weights=_STARTER_WEIGHTS),
}
OPEN_QUALITIES: Mapping[Quality, Settings] = {
    "draft": Settings(size=320, steps=80, composite_views=4, screen_views=1, structure_every=2, weights=_OPEN_WEIGHTS),
    "standard": Settings(
        size=512, steps=160, composite_views=4, screen_views=1, structure_every=2, weights=_OPEN_WEIGHTS
    ),
    "best": Settings(size=512, steps=400, composite_views=6, screen_views=2, weights=_OPEN_WEIGHTS),
    "paper": _PAPER,
}


def settings_for(job: WordEdit, side: int = 224, names_material: bool = False) -> Settings:
    """Return the settings that ``job`` asks for, with a guide that sees ``side`` pixels best.

    ``names_material`` says that its prompt names a material, which then covers all of a clip's layer.

    Raises UserError for unknown options and for values out of range.
    """
    qualities = STARTER_QUALITIES if job.guide == "starter" else OPEN_QUALITIES
    chosen = qualities[job.quality]
    if isinstance(job, LayerEdit):
        chosen = _for_clips(chosen, names_material)
    sides = (side,) if job.quality == "paper" else view_sides(side)
    chosen = replace(
        chosen,
        steps=job.steps or chosen.steps,
        size=job.size or chosen.size,
        views=replace(chosen.views, sides=sides),
    )
    chosen = with_options(chosen, job.options)
    if chosen.generator == "paper" and chosen.size < SMALLEST_FOR_PAPER:
        raise UserError(f"The paper's generator needs a size of at least {SMALLEST_FOR_PAPER}, not {chosen.size}.")
    return chosen


def _for_clips(image: Settings, names_material: bool) -> Settings:
    """Return the settings for a layer of an atlas, by how Text2LIVE's for videos differ from those for images."""
    weights = replace(
        image.weights,
        structure=image.weights.structure * 1.5,
        sparsity_l1=image.weights.sparsity_l1 / 60,
        sparsity_l0=image.weights.sparsity_l0 / 120,
        bootstrap=image.weights.bootstrap if names_material else 0.0,
    )
    steps, decay, views = image.steps, image.decay, image.composite_views * 3 // 2
    if image.generator == "paper":
        steps, decay, views = 3000, 0.999, 6
    return replace(
        image,
        weights=weights,
        steps=steps,
        decay=decay,
        composite_views=views,
        screen_views=min(image.screen_views, views),
    )


def view_sides(side: int) -> tuple[int, ...]:
    """Return the sizes at which views are made for a guide that sees ``side`` pixels best, in whole patches.

    Several, so that the layer looks right at any size, and not only to this guide.
    """
    patch = 32 if side >= LARGE_SIDE else 8
    return tuple(max(1, round(side * share / patch)) * patch for share in (5 / 7, 6 / 7, 1, 8 / 7))
