import numpy as np
import pytest
import torch

from engine.errors import UserError
from engine.guidance.matte import find_matte

HEIGHT, WIDTH = 480, 640


class PointingGuide:
    """Finds anything at one place, as a blob."""

    def __init__(self, x: float, y: float, strength: float = 1.0) -> None:
        self._x, self._y, self._strength = x, y, strength

    def relevance(self, picture: torch.Tensor, text: str) -> torch.Tensor:
        height, width = picture.shape[-2:]
        rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        distance = ((columns / width - self._x) ** 2 + (rows / height - self._y) ** 2) / 0.012
        return self._strength * torch.exp(-distance)


def _scene() -> tuple[np.ndarray, np.ndarray]:
    """Return a red disc, and another far away, on textured green; and the first disc's matte."""
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    picture = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    picture[...] = (0.2, 0.5, 0.15)
    disc = np.hypot(columns - 200, rows - 220) < 110
    other = np.hypot(columns - 560, rows - 400) < 50
    picture[disc | other] = (0.75, 0.12, 0.1)
    picture += 0.04 * random.standard_normal(picture.shape).astype(np.float32)
    return np.clip(picture, 0, 1), disc


def test_the_matte_is_the_whole_subject_and_nothing_else():
    picture, disc = _scene()
    matte = find_matte(PointingGuide(200 / WIDTH, 220 / HEIGHT), picture, "disc")

    found = matte > 0.5
    assert matte.shape == (HEIGHT, WIDTH)
    assert (found & disc).sum() / (found | disc).sum() > 0.97
    soft = (matte > 0.02) & (matte < 0.98)
    assert soft.mean() < 0.02  # an edge, not a haze


def test_the_same_picture_gives_the_same_matte():
    picture, _ = _scene()
    guide = PointingGuide(200 / WIDTH, 220 / HEIGHT)

    assert np.array_equal(find_matte(guide, picture, "disc"), find_matte(guide, picture, "disc"))


def test_a_subject_that_is_nowhere_is_refused_in_one_sentence():
    picture, _ = _scene()
    with pytest.raises(UserError, match="“unicorn” was not found in the picture"):
        find_matte(PointingGuide(0.5, 0.5, strength=0.0), picture, "unicorn")
