"""TIFF deliveries, read again by another library."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.compositing import premultiply
from engine.media.writers.slate import AlphaMode
from engine.media.writers.tiff import write_tiff
from tests.engine.media.writers.charts import SLATE, TEXTS, chart, decoded_integers, ramped_chart, said


@pytest.mark.parametrize(("alpha", "extra_sample"), [("straight", 2), ("premultiplied", 1)])
def test_every_colour_is_the_nearest_code_value_and_alpha_is_tagged(
    tmp_path: Path, alpha: AlphaMode, extra_sample: int
) -> None:
    picture = ramped_chart()
    write_tiff(tmp_path / "白鳥.tif", picture, SLATE, alpha)
    samples = decoded_integers(tmp_path / "白鳥.tif")
    expected = np.rint((premultiply(picture) if alpha == "premultiplied" else picture) * np.float32(65535))
    seen = picture[..., 3] > 0
    np.testing.assert_array_equal(samples[seen], expected[seen])
    with Image.open(tmp_path / "白鳥.tif") as image:
        assert image.tag_v2[338] == (extra_sample,)
        assert "icc_profile" in image.info


@pytest.mark.parametrize("picture", [chart(), chart()[..., 0]])
def test_pictures_without_alpha_are_kept(tmp_path: Path, picture: np.ndarray) -> None:
    write_tiff(tmp_path / "a.tif", picture, SLATE, "straight")
    np.testing.assert_array_equal(decoded_integers(tmp_path / "a.tif").squeeze(), np.rint(picture * np.float32(65535)))


def test_the_file_says_what_the_slate_does(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", ramped_chart(), SLATE, "straight")
    attributes = said(tmp_path / "a.tif")
    lines = [f"{keyword}: {text}" for keyword, text in TEXTS.items()]
    assert attributes["ImageDescription"] == "\n".join([*lines, "alpha: straight"])
    assert attributes["Software"] == "Patina"
    assert attributes["PixelAspectRatio"] == pytest.approx(4 / 3)
