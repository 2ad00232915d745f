"""Neutral sentences around a prompt, so that no single wording steers the guide."""

from collections.abc import Sequence
from random import Random

TEMPLATES = (
    "a photo of {}.",
    "a photograph of {}.",
    "a sharp photo of {}.",
    "a photo showing {}.",
    "a picture of {}.",
    "a close view of {}.",
    "a detailed image of {}.",
    "a bright photo of {}.",
    "a dark photo of {}.",
    "a cropped photo of {}.",
    "one photo of {}, taken outdoors.",
    "a plain photo of {}.",
    "a good photo of {}.",
    "an image in which {} can be seen.",
)

GREEN_SCREEN_TEMPLATES = ("{} over a green screen.", "{} in front of a green screen.")


def random_subset(templates: Sequence[str], count: int, chance: Random) -> tuple[str, ...]:
    """Return ``count`` different ``templates``, all where there are fewer, drawn by ``chance``.

    Raises ValueError where ``count`` is below 1.
    """
    if count < 1:
        raise ValueError("at least one template is needed")
    return tuple(chance.sample(templates, min(count, len(templates))))


def filled(templates: Sequence[str], text: str) -> tuple[str, ...]:
    """Return ``text`` in each of ``templates``."""
    return tuple(template.format(text) for template in templates)
