"""Neutral sentences around a prompt, so that no single wording steers the guide."""

from collections.abc import Sequence

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


def split_texts(text: str) -> tuple[str, ...]:
    """Return the texts that ``text`` holds, parted by semicolons; at least one, which is empty where all are."""
    return tuple(part.strip() for part in text.split(";") if part.strip()) or ("",)


def filled(templates: Sequence[str], text: str) -> tuple[str, ...]:
    """Return ``text`` in each of ``templates``."""
    return tuple(template.format(text) for template in templates)
