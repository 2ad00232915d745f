import numpy as np

from engine.atlas.mattes.edge_smoothing import smoothed_along_edges
from engine.filters import guided_enlargement


def test_it_is_the_guided_filter():
    random = np.random.default_rng(0)
    picture, values = random.random((30, 40, 3), np.float32), random.random((30, 40), np.float32)
    expected = guided_enlargement(values, picture, picture, 3, 1e-3)
    assert np.allclose(smoothed_along_edges(values, picture, 3, 1e-3), expected, atol=1e-4)
