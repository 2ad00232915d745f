import cv2
import numpy as np

from engine.colour import luminance
from engine.compositing import over
from engine.filters import resize
from engine.text2live.enlarging import enlarged


def _photograph() -> tuple[np.ndarray, np.ndarray]:
    """Return a textured ball before a dark ground, and its matte."""
    rows, columns = (np.mgrid[:600, :900] - [[[300]], [[450]]]) / 220
    inside = (rows**2 + columns**2 < 1)[..., None]
    fur = 0.15 * np.random.default_rng(0).standard_normal((600, 900, 1))
    picture = np.where(inside, np.array([0.6, 0.5, 0.4]) + fur, np.array([0.1, 0.15, 0.2]))
    return np.clip(picture, 0, 1).astype(np.float32), inside[..., 0].astype(np.float32)


def test_the_layer_has_the_photographs_size_edges_and_texture():
    picture, matte = _photograph()
    layer = np.empty((128, 192, 4), np.float32)
    layer[..., :3] = (0.8, 0.2, 0.1)
    layer[..., 3] = 1
    layer[resize(matte, 192, 128) < 0.5] = (0, 1, 0, 0.2)  # never seen in training: whatever the weights made of it

    full = enlarged(layer, picture, matte)

    assert full.shape == (600, 900, 4)
    assert full.dtype == np.float32
    assert full[..., 3][matte == 0].max() == 0
    assert np.mean((full[..., 3] > 0.5) != (matte > 0.5)) < 0.003
    rim = (matte > 0) & (cv2.erode(matte, np.ones((9, 9))) == 0)
    assert full[rim][:, 3].min() > 0.9
    assert full[rim][:, 1].mean() < 0.4  # no green from outside
    composite = over(full, picture)
    core = np.s_[200:400, 350:550]
    fine = luminance(picture[core]) - luminance(picture[core]).mean()
    kept = luminance(composite[core]) - luminance(composite[core]).mean()
    assert np.corrcoef(fine.ravel(), kept.ravel())[0, 1] > 0.9
    assert 0.5 < kept.std() / fine.std() < 1.1


def test_an_empty_layer_stays_empty():
    picture, matte = _photograph()
    full = enlarged(np.zeros((128, 192, 4), np.float32), picture, matte)

    assert full[..., 3].max() < 1e-4
    assert np.allclose(over(full, picture), picture, atol=1e-4)
