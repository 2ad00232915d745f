"""PNG deliveries, read again by other libraries."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.compositing import premultiply
from engine.media.icc import srgb_profile
from engine.media.writers.png import write_png
from tests.engine.media.writers.charts import SLATE, TEXTS, chart, decoded_integers, ramped_chart, said


@pytest.mark.parametrize(("bits", "white"), [(8, 255), (16, 65535)])
def test_every_visible_colour_is_the_nearest_code_value(tmp_path: Path, bits: int, white: int) -> None:
    picture = ramped_chart()
    write_png(tmp_path / "白鳥 – é.png", picture, SLATE, "straight", bits)
    samples = decoded_integers(tmp_path / "白鳥 – é.png")
    expected = np.rint(picture * np.float32(white))
    seen = picture[..., 3] > 0
    np.testing.assert_array_equal(samples[seen], expected[seen])
    np.testing.assert_array_equal(samples[~seen, 3], 0)


def test_hidden_colour_is_that_of_the_nearest_visible_pixel(tmp_path: Path) -> None:
    picture = ramped_chart()
    picture[picture[..., 3] == 0, :3] = 0
    write_png(tmp_path / "a.png", picture, SLATE, "straight")
    samples = decoded_integers(tmp_path / "a.png")
    np.testing.assert_array_equal(samples[0, :12, :3], np.broadcast_to([65535, 0, 0], (12, 3)))


def test_premultiplied_colour_is_premultiplied_and_said_to_be(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", ramped_chart(), SLATE, "premultiplied")
    samples = decoded_integers(tmp_path / "a.png")
    np.testing.assert_array_equal(samples, np.rint(premultiply(ramped_chart()) * np.float32(65535)))
    assert said(tmp_path / "a.png")["alpha"] == "premultiplied"


@pytest.mark.parametrize("picture", [chart(), chart()[..., 0]])
def test_pictures_without_alpha_are_kept(tmp_path: Path, picture: np.ndarray) -> None:
    write_png(tmp_path / "a.png", picture, SLATE, "straight")
    samples = decoded_integers(tmp_path / "a.png")
    np.testing.assert_array_equal(samples.squeeze(), np.rint(picture * np.float32(65535)))
    assert "alpha" not in said(tmp_path / "a.png")


def test_the_file_says_what_the_slate_does(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", ramped_chart(), SLATE, "straight")
    attributes = said(tmp_path / "a.png")
    assert attributes.items() >= {**TEXTS, "alpha": "straight", "Software": "Patina"}.items()
    assert attributes["PixelAspectRatio"] == pytest.approx(4 / 3)
    with Image.open(tmp_path / "a.png") as image:
        assert image.info["icc_profile"] == srgb_profile()
        assert image.info["prompt"] == TEXTS["prompt"]
