import cv2
import numpy as np
import pytest

from engine.atlas.atlas import AtlasLayer
from engine.atlas.inverse import painted_on_atlas, to_atlas, to_frame
from engine.atlas.lattice import dense
from engine.atlas.rendering import positions, sampled

SIZE = (96, 64)


@pytest.fixture
def layer() -> AtlasLayer:
    """A texture seen turned, enlarged and bent."""
    rows, columns = np.mgrid[0 : SIZE[1] - 1 : 9j, 0 : SIZE[0] - 1 : 13j]
    x = 20 + 1.1 * columns + 0.3 * rows + 3 * np.sin(rows / 9)
    y = 25 - 0.3 * columns + 1.2 * rows + 2 * np.sin(columns / 11)
    mapping = np.stack([x, y], -1)[None].astype(np.float32)
    texture = np.random.default_rng(0).random((150, 160, 3), np.float32)
    texture = cv2.GaussianBlur(texture, None, 3)
    return AtlasLayer("foreground", texture, np.ones(texture.shape[:2], np.float32), mapping)


def test_points_go_to_the_atlas_and_back(layer: AtlasLayer) -> None:
    points = np.random.default_rng(1).uniform(1, [SIZE[0] - 2, SIZE[1] - 2], (200, 2))
    again = to_frame(layer, 0, to_atlas(layer, 0, points, SIZE), SIZE)
    assert np.abs(again - points).max() < 0.1


def test_places_the_frame_does_not_see_have_no_point(layer: AtlasLayer) -> None:
    assert np.isnan(to_frame(layer, 0, np.array([[155.0, 2.0]]), SIZE)).all()


def test_a_picture_painted_on_a_frame_is_seen_there_again(layer: AtlasLayer) -> None:
    painted = np.zeros((SIZE[1], SIZE[0], 4), np.float32)
    painted[20:40, 30:60] = (1, 0.5, 0, 1)
    laid = painted_on_atlas(layer, 0, painted, (320, 300), SIZE)
    assert laid.shape == (300, 320, 4)
    seen = sampled(laid, positions(layer, 0, SIZE, SIZE), layer.size)
    assert seen[22:38, 32:58, 3].min() > 0.99
    assert np.abs(seen[22:38, 32:58, :3] - (1, 0.5, 0)).max() < 0.01
    assert seen[:17, :, 3].max() < 0.01


def test_a_lattice_is_bilinear_at_every_size() -> None:
    rows, columns = np.mgrid[0:63:8j, 0:95:12j]
    plane = np.stack([columns * 2 + 1, rows - columns], -1).astype(np.float32)
    small, large = dense(plane, SIZE, SIZE), dense(plane, (SIZE[0] * 2, SIZE[1] * 2), SIZE)
    assert small[10, 20] == pytest.approx([41, -10], abs=1e-3)
    # A pixel of the small frame is centred between four of the large one.
    assert large[20:22, 40:42].mean((0, 1)) == pytest.approx([41, -10], abs=1e-3)
