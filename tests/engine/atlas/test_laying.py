"""Pictures painted by hand become edits that stick to the layer."""

from pathlib import Path

import numpy as np
import pytest

from engine.atlas.laying import read_painting
from engine.atlas.rendering import layer_frame, matte_at
from engine.errors import UserError
from engine.media.png import write_png
from tests.engine.small_atlas import CLIP, DISC, FIRST, disc_place, small_atlas

RED = np.array([1, 0, 0], np.float32)


@pytest.fixture
def painting(tmp_path: Path) -> Path:
    """A red square on the disc, painted over frame 1003 at the clip's size; transparent elsewhere."""
    picture = np.zeros((CLIP[1], CLIP[0], 4), np.float32)
    left, top = disc_place(2)
    x, y = round(2 * (left + DISC / 2)), round(2 * (top + DISC / 2))
    picture[y - 8 : y + 8, x - 8 : x + 8] = (*RED, 1)
    write_png(tmp_path / "painting.png", picture)
    return tmp_path / "painting.png"


def _centre(alpha: np.ndarray) -> tuple[float, float]:
    y, x = np.nonzero(alpha > 0.5)
    return float(x.mean()), float(y.mean())


def test_what_was_painted_on_a_frame_moves_with_the_layer(painting: Path, tmp_path: Path) -> None:
    atlas = small_atlas(tmp_path)
    picture = read_painting(painting, atlas, "foreground", FIRST + 2)

    source = np.zeros((CLIP[1], CLIP[0], 3), np.float32)
    centres = []
    for index in range(5):
        layer = layer_frame(atlas, "foreground", picture, index, source)
        visible = layer[..., 3] > 0.5
        assert 180 < visible.sum() < 330  # of 16 × 16 pixels
        assert np.abs(layer[visible, :3] - RED).max() < 0.01
        centres.append(_centre(layer[..., 3]))
    moved = np.diff(np.array(centres), axis=0)
    assert np.allclose(moved, [10, 4], atol=0.6)  # twice the motion at the fitted size
    left, top = disc_place(2)
    assert np.allclose(centres[2], [2 * left + DISC, 2 * top + DISC], atol=1.5)


def test_a_picture_over_the_texture_may_have_any_resolution(tmp_path: Path) -> None:
    atlas = small_atlas(tmp_path)
    write_png(tmp_path / "over.png", np.broadcast_to(RED, (3 * DISC, 3 * DISC, 3)).copy())

    picture = read_painting(tmp_path / "over.png", atlas, "foreground")

    source = np.zeros((CLIP[1], CLIP[0], 3), np.float32)
    layer = layer_frame(atlas, "foreground", picture, 1, source)
    assert picture.shape == (3 * DISC, 3 * DISC, 4)
    assert np.allclose(layer[..., 3], matte_at(atlas, "foreground", 1, source), atol=1e-3)


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("middle", None, "no layer called middle; its layers are: background, foreground"),
        ("foreground", 7, "no frame 7; choose one from 1001 to 1005"),
        ("foreground", None, "192 × 128 pixels and the texture of the layer foreground 44 × 44"),
    ],
)
def test_what_does_not_fit_is_refused(
    painting: Path, tmp_path: Path, name: str, number: int | None, words: str
) -> None:
    with pytest.raises(UserError, match=words):
        read_painting(painting, small_atlas(tmp_path), name, number)
