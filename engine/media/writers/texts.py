"""What a delivered picture says in words."""

from collections.abc import Mapping

import numpy as np

from engine.media.writers.slate import AlphaMode, Slate
from engine.media.writers.straight import has_alpha

SOFTWARE = "Patina"


def texts_of(slate: Slate, picture: np.ndarray, alpha: AlphaMode) -> dict[str, str]:
    """Return the slate's texts by keyword, and in a picture that has alpha, how colour lies under it."""
    return {**slate.texts, "alpha": alpha} if has_alpha(picture) else {**slate.texts}


def as_lines(texts: Mapping[str, str]) -> str:
    """Return texts as one, a line each."""
    return "\n".join(f"{keyword}: {text}" for keyword, text in texts.items())
