"""No dark or bright fringe: soft edges scaled in another program, against the truth."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.colour import linear_to_srgb
from engine.compositing import over
from engine.media.writers.exr import write_exr
from engine.media.writers.png import write_png
from engine.media.writers.slate import AlphaMode, Slate
from engine.media.writers.straight import in_mode
from engine.media.writers.tiff import write_tiff
from tests.engine.media.writers.charts import decoded

SIDE = 64
SLATE = Slate((SIDE, SIDE))
FORMATS: dict[str, Callable[..., None]] = {
    "a.png": write_png,
    "8.png": partial(write_png, bits=8),
    "a.tif": write_tiff,
    "a.exr": write_exr,
    "32.exr": partial(write_exr, half=False),
}


def white_disc() -> np.ndarray:
    """Return a white disc with a soft edge, straight, black where nothing is seen: a fringe would be dark."""
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    alpha = np.clip((22.3 - np.hypot(x, y)) / 6, 0, 1).astype(np.float32)
    return np.dstack([*[(alpha > 0).astype(np.float32)] * 3, alpha])


def halved(picture: np.ndarray) -> np.ndarray:
    return cv2.resize(picture, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_LINEAR)


@pytest.mark.parametrize("alpha", ["straight", "premultiplied"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_soft_disc_scaled_down_has_no_fringe(tmp_path: Path, name: str, alpha: AlphaMode) -> None:
    disc, gray = white_disc(), np.full((SIDE, SIDE, 3), 0.5, np.float32)
    FORMATS[name](tmp_path / name, disc, SLATE, alpha)
    small = halved(decoded(tmp_path / name))
    colour, opacity = small[..., :3], small[..., 3:]
    if alpha == "premultiplied":
        colour = np.divide(colour, opacity, out=np.zeros_like(colour), where=opacity > 0)
    if name.endswith(".exr"):  # scaled as light; put together in display space, as Patina does
        colour = linear_to_srgb(colour)
    found = opacity * colour + (1 - opacity) * halved(gray)
    assert np.abs(found - halved(over(disc, gray))).max() <= 1 / 255


def test_without_bleeding_there_would_be_a_fringe() -> None:
    disc, gray = white_disc(), np.full((SIDE, SIDE, 3), 0.5, np.float32)
    truth = halved(over(disc, gray))
    assert np.abs(over(halved(disc), halved(gray)) - truth).max() > 1 / 255
    assert np.abs(over(halved(in_mode(disc, "straight")), halved(gray)) - truth).max() < 1e-6
