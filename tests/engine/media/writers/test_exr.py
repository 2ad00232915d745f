"""OpenEXR deliveries, read again by another library."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.colour import srgb_to_linear
from engine.compositing import over
from engine.media.stills import read_still
from engine.media.writers.exr import write_exr
from engine.media.writers.slate import AlphaMode, Slate
from tests.engine.media.writers.charts import SLATE, TEXTS, chart, decoded, ramped_chart, said

HALF_STEP = 2**-11  # the most that rounding to half changes, relative to the value
REC709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)


def linear(display: np.ndarray) -> np.ndarray:
    """Return sRGB's curve (IEC 61966-2-1) in double precision."""
    values = display.astype(np.float64)
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def display(light: np.ndarray) -> np.ndarray:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize(("half", "relative"), [(True, HALF_STEP), (False, 2e-6)])
def test_linear_light_is_premultiplied(tmp_path: Path, half: bool, relative: float) -> None:
    picture = ramped_chart()
    write_exr(tmp_path / "白鳥.exr", picture, SLATE, "premultiplied", half=half)
    alpha = picture[..., 3:].astype(np.float64)
    expected = np.dstack([linear(picture[..., :3]) * alpha, alpha])
    np.testing.assert_allclose(decoded(tmp_path / "白鳥.exr"), expected, rtol=relative, atol=1e-7)


def test_straight_light_is_bled_by_choice_and_read_back(tmp_path: Path) -> None:
    picture = ramped_chart()
    picture[picture[..., 3] == 0, :3] = 0
    write_exr(tmp_path / "a.exr", picture, SLATE, "straight", half=False)
    pixels, seen = decoded(tmp_path / "a.exr"), picture[..., 3] > 0
    np.testing.assert_allclose(pixels[seen, :3], linear(picture[seen, :3]), rtol=2e-6)
    np.testing.assert_array_equal(pixels[0, :12, :3], np.broadcast_to([1, 0, 0], (12, 3)))
    np.testing.assert_allclose(read_still(tmp_path / "a.exr").rgb[seen], picture[seen, :3], atol=1e-6)


@pytest.mark.parametrize(("half", "least_db"), [(True, 60), (False, 110)])
def test_composited_again_it_makes_the_same_picture(tmp_path: Path, half: bool, least_db: float) -> None:
    picture, backdrop = ramped_chart(), chart()[::-1, ::-1]
    write_exr(tmp_path / "a.exr", picture, SLATE, "premultiplied", half=half)
    pixels = decoded(tmp_path / "a.exr").astype(np.float64)
    alpha = pixels[..., 3:]
    colour = display(np.divide(pixels[..., :3], alpha, out=np.zeros_like(pixels[..., :3]), where=alpha > 0))
    error = alpha * colour + (1 - alpha) * backdrop - over(picture, backdrop)
    assert 10 * np.log10(1 / np.mean(error**2)) > least_db


def test_passes_are_layers_with_the_names_that_compositors_expect(tmp_path: Path) -> None:
    picture, matte = ramped_chart(), ramped_chart()[..., 3]
    passes = {"fg": picture, "bg": chart(), "matte": matte}
    write_exr(tmp_path / "a.exr", picture, SLATE, "premultiplied", half=False, passes=passes)
    names = said(tmp_path / "a.exr")["channels"]
    layers = ["R", "G", "B", "A", "bg.R", "bg.G", "bg.B", "fg.R", "fg.G", "fg.B", "fg.A", "matte.A"]
    assert sorted(names) == sorted(layers)
    pixels = dict(zip(names, np.moveaxis(decoded(tmp_path / "a.exr"), -1, 0), strict=True))
    np.testing.assert_array_equal(pixels["fg.R"], pixels["R"])
    np.testing.assert_allclose(pixels["bg.G"], linear(chart()[..., 1]), rtol=2e-6, atol=1e-7)
    np.testing.assert_array_equal(pixels["matte.A"], matte)  # data: no curve


def test_a_matte_is_data(tmp_path: Path) -> None:
    matte = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (16, 1))
    write_exr(tmp_path / "a.exr", matte, SLATE, "straight", half=False)
    np.testing.assert_array_equal(decoded(tmp_path / "a.exr"), np.dstack([matte] * 3))


def test_the_header_says_what_the_slate_does(tmp_path: Path) -> None:
    write_exr(tmp_path / "a.exr", ramped_chart(), SLATE, "premultiplied", number=1003)
    attributes = said(tmp_path / "a.exr")
    assert attributes["framesPerSecond"] == (30000, 1001)
    # Two frames after 00:00:59;28 the numbers 0 and 1 are dropped: 00:01:00;02, bit 6 of the frames set.
    assert attributes["smpte:TimeCode"] == (0x00010042, 0)
    assert attributes["PixelAspectRatio"] == pytest.approx(4 / 3)
    assert attributes["chromaticities"] == pytest.approx(REC709)
    assert attributes["compression"] == "zip"
    assert attributes.items() >= {f"patina/{keyword}": text for keyword, text in TEXTS.items()}.items()
    assert attributes["patina/alpha"] == "premultiplied"
    assert TEXTS["prompt"] in str(attributes["ImageDescription"])  # as OpenImageIO calls the comments


@pytest.mark.parametrize(
    ("rate", "timecode", "expected"),
    [
        (Fraction(24000, 1001), "01:00:00:23", (0x01000100, 0)),  # no drop frames: the next second
        (Fraction(25), "", None),
        (Fraction(120), "01:00:00:100", None),  # more than the header can count
    ],
)
def test_timecodes_of_other_rates(
    tmp_path: Path, rate: Fraction, timecode: str, expected: tuple[int, int] | None
) -> None:
    slate = Slate((64, 32), rate, timecode=timecode, first=1)
    write_exr(tmp_path / "a.exr", chart(), slate, "straight", number=2)
    attributes = said(tmp_path / "a.exr")
    assert attributes["framesPerSecond"] == rate.as_integer_ratio()
    assert attributes.get("smpte:TimeCode") == expected


def test_a_still_has_no_rate(tmp_path: Path) -> None:
    write_exr(tmp_path / "a.exr", chart(), Slate((64, 32)), "straight")
    assert not said(tmp_path / "a.exr").keys() & {"framesPerSecond", "smpte:TimeCode", "ImageDescription"}


def test_a_mean_rate_of_huge_numbers_is_rounded(tmp_path: Path) -> None:
    rate = Fraction(2**40 + 1, 2**35 + 7)
    write_exr(tmp_path / "a.exr", chart(), Slate((64, 32), rate), "straight")
    numerator, denominator = said(tmp_path / "a.exr")["framesPerSecond"]
    assert numerator / denominator == pytest.approx(float(rate), rel=1e-9)


@given(
    arrays(np.float32, (16, 16, 4), elements=st.floats(0, 1, width=32)), st.sampled_from(["straight", "premultiplied"])
)
@settings(deadline=None, max_examples=40)
def test_any_layer_comes_back(tmp_path_factory: pytest.TempPathFactory, layer: np.ndarray, alpha: AlphaMode) -> None:
    path = tmp_path_factory.getbasetemp() / "layer.exr"
    layer[..., 3] = np.where(layer[..., 3] < 1e-3, 0, layer[..., 3])
    write_exr(path, layer, Slate((16, 16)), alpha, half=False)
    still, seen = read_still(path), layer[..., 3] > 0
    np.testing.assert_array_equal(still.alpha, layer[..., 3])
    np.testing.assert_allclose(still.rgb[seen], layer[seen, :3], atol=2e-6)
    np.testing.assert_allclose(srgb_to_linear(layer), linear(layer), rtol=2e-6, atol=1e-7)
