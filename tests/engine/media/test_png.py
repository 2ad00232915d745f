"""PNG files, read again by other libraries than the one that writes them."""

import io
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from engine.errors import UserError
from engine.media.icc import srgb_profile
from engine.media.png import encode_png, write_png

SHAPES = ((20, 30), (20, 30, 3), (20, 30, 4))


def random_picture(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(1).random(shape, dtype=np.float32)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("bits", "dtype"), [(8, np.uint8), (16, np.uint16)])
def test_another_library_reads_the_same_samples(shape: tuple[int, ...], bits: int, dtype: type) -> None:
    picture = random_picture(shape)
    decoded = imagecodecs.png_decode(encode_png(picture, bits))
    assert decoded.dtype == dtype
    np.testing.assert_array_equal(decoded, np.rint(picture * np.iinfo(dtype).max))


@given(arrays(np.float32, (3, 5, 4), elements=st.floats(0, 1, width=32)))
@settings(deadline=None, max_examples=50)
def test_any_layer_survives_to_16_bits_with_its_hidden_colour(layer: np.ndarray) -> None:
    layer[0, :, 3] = 0
    decoded = imagecodecs.png_decode(encode_png(layer)) / 65535
    np.testing.assert_allclose(decoded, layer, atol=0.5 / 65535 + 1e-7)


@pytest.mark.parametrize("shape", SHAPES[1:])
@pytest.mark.parametrize("bits", [8, 16])
def test_colour_is_tagged_as_srgb_for_another_library(shape: tuple[int, ...], bits: int) -> None:
    with Image.open(io.BytesIO(encode_png(random_picture(shape), bits))) as image:
        assert image.size == (30, 20)
        assert image.mode == ("RGB" if shape[2] == 3 else "RGBA")
        assert image.info["icc_profile"] == srgb_profile()
        image.verify()


def test_the_same_picture_gives_the_same_bytes() -> None:
    picture = random_picture((20, 30, 4))
    assert encode_png(picture) == encode_png(picture.copy())


def test_a_file_is_written(tmp_path: Path) -> None:
    write_png(tmp_path / "gray.png", np.full((4, 4), 0.5, np.float32), 8)
    assert cv2.imread(str(tmp_path / "gray.png"), cv2.IMREAD_UNCHANGED).tolist() == [[128] * 4] * 4


def test_a_refused_file_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        write_png(tmp_path / "nowhere" / "a.png", random_picture((4, 4)))
    assert not list(tmp_path.iterdir())
