"""ST maps: applied to the texture by another library, they show what Patina renders."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.atlas.rendering import layer_frame, matte_at
from engine.atlas.st_map import st_map
from engine.compositing import premultiply
from engine.media.writers.slate import Slate
from engine.media.writers.st_map import write_st_map
from tests.engine.media.writers.charts import decoded, said
from tests.engine.small_atlas import CLIP, small_atlas

INDEX = 3


def applied(texture: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """Return the texture where ``uv`` says, bilinear, the texel centres at (x + 0.5) / width from left and bottom."""
    height, width = texture.shape[:2]
    x, y = uv[..., 0] * width - 0.5, (1 - uv[..., 1]) * height - 0.5
    return cv2.remap(texture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize("name", ["background", "foreground"])
@pytest.mark.parametrize("scale", [1, 2])
def test_the_map_puts_the_texture_where_patina_does(tmp_path: Path, name: str, scale: int) -> None:
    atlas = small_atlas(tmp_path)
    layer, source = atlas.layer(name), np.full((CLIP[1], CLIP[0], 3), 0.5, np.float32)
    texture = cv2.resize(layer.texture, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    edit = np.dstack([texture, np.linspace(0, 1, texture.shape[1], dtype=np.float32)[None].repeat(len(texture), 0)])
    matte = matte_at(atlas, name, INDEX, source)
    write_st_map(tmp_path / "uv.exr", st_map(layer, INDEX, CLIP, atlas.size), matte, Slate(CLIP))
    pixels = decoded(tmp_path / "uv.exr")
    again = applied(premultiply(edit), pixels[..., :2]) * pixels[..., 3:]
    # OpenCV rounds places to 1/32 of a pixel, which the smallest difference can tip.
    np.testing.assert_allclose(again, premultiply(layer_frame(atlas, name, edit, INDEX, source)), atol=0.01)
    assert np.abs(again - premultiply(layer_frame(atlas, name, edit, INDEX, source))).mean() < 2e-4


def test_the_file_holds_plain_floats(tmp_path: Path) -> None:
    uv = np.random.default_rng(1).random((20, 30, 2), dtype=np.float32) * 3 - 1
    matte = np.linspace(0, 1, 600, dtype=np.float32).reshape(20, 30)
    write_st_map(tmp_path / "uv.exr", uv, matte, Slate((30, 20)))
    assert said(tmp_path / "uv.exr")["channels"] == ("R", "G", "B", "A")
    np.testing.assert_array_equal(decoded(tmp_path / "uv.exr"), np.dstack([uv, np.zeros_like(matte), matte]))


def test_corners_of_the_texture_are_0_and_1() -> None:
    atlas = small_atlas(Path())
    layer = atlas.layer("background")
    uv = st_map(layer, 0, atlas.size, atlas.size)
    # Frame 0 begins 10 texels below the texture's upper left corner.
    np.testing.assert_allclose(uv[0, 0], [0.5 / 112, 1 - 10.5 / 84], atol=1e-6)
