import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.filters import guided_enlargement, resize


def _disc(side: int, radius: float, soft: float) -> np.ndarray:
    rows, columns = np.mgrid[:side, :side] + 0.5
    distance = np.hypot(rows - side / 2, columns - side / 2)
    return np.clip((radius - distance) / soft + 0.5, 0, 1).astype(np.float32)


def test_enlarged_edges_lie_on_the_guides_edges():
    guide = np.dstack([_disc(400, 130, 1), 1 - _disc(400, 130, 1), np.full((400, 400), 0.3, np.float32)])
    small = resize(guide, 100, 100)
    values = (small[..., 0] > 0.5).astype(np.float32)

    full = guided_enlargement(values, small, guide, radius=3, smoothness=1e-4)

    truth = guide[..., 0] > 0.5
    blurry = cv2.resize(values, (400, 400), interpolation=cv2.INTER_LINEAR)
    assert np.mean((full > 0.5) != truth) < 0.002
    assert np.abs(full - guide[..., 0]).mean() < 0.6 * np.abs(blurry - guide[..., 0]).mean()


@given(value=st.floats(0, 1, width=32), seed=st.integers(0, 100))
def test_a_flat_matte_stays_flat_whatever_the_guide_shows(value, seed):
    guide = np.random.default_rng(seed).random((48, 64, 3), np.float32)
    flat = np.full((12, 16), value, np.float32)

    full = guided_enlargement(flat, resize(guide, 16, 12), guide, radius=2, smoothness=1e-3)

    assert full.shape == (48, 64)
    assert np.allclose(full, value, atol=1e-4)


@given(width=st.integers(1, 40), height=st.integers(1, 40))
def test_a_flat_picture_has_the_same_value_at_any_size(width, height):
    resized = resize(np.full((20, 30, 3), 0.25, np.float32), width, height)

    assert resized.shape == (height, width, 3)
    assert np.allclose(resized, 0.25, atol=1e-5)
