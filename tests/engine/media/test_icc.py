"""Colour management, against values computed without a colour management module."""

import io

import numpy as np
import pytest
from PIL import ImageCms

from engine.media.icc import srgb_profile, to_srgb
from tests.engine.media.profiles import (
    ADOBE_GAMMA,
    ADOBE_RGB,
    DISPLAY_P3,
    SRGB,
    as_srgb,
    cmyk_profile,
    encoded,
    gray_profile,
    lab_as_srgb,
    rgb_profile,
)

DTYPES = (np.uint8, np.uint16, np.float32)


def random_samples(dtype: type, channels: int) -> np.ndarray:
    values = np.random.default_rng(1).random((120, 150, channels), dtype=np.float32) ** 2  # many shadows
    values[0, :2] = ((0,) * channels, (1,) * channels)
    if dtype is np.float32:
        return values
    return np.rint(values * np.iinfo(dtype).max).astype(dtype)


def as_unit(samples: np.ndarray) -> np.ndarray:
    return samples.astype(float) / (1 if samples.dtype == np.float32 else np.iinfo(samples.dtype).max)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("primaries", "gamma"), [(DISPLAY_P3, None), (ADOBE_RGB, ADOBE_GAMMA)])
def test_wide_rgb_becomes_srgb(dtype: type, primaries: tuple[tuple[float, float], ...], gamma: float | None) -> None:
    samples = random_samples(dtype, 3)
    rgb = to_srgb(samples, rgb_profile(primaries, gamma))
    assert rgb.dtype == np.float32
    expected = as_srgb(as_unit(samples), primaries, gamma)
    # The curve of sRGB is so steep in the shadows that the rounding of the profile's own numbers shows there.
    np.testing.assert_allclose(rgb, expected, atol=0.0025 if dtype is np.uint8 else 0.0015)
    assert np.abs(rgb - expected).mean() < 5 / 65535
    assert np.abs(rgb - as_unit(samples)).max() > 0.05  # the profile matters


@pytest.mark.parametrize("dtype", DTYPES)
def test_an_srgb_profile_changes_nothing(dtype: type) -> None:
    samples = random_samples(dtype, 3)
    plain = to_srgb(samples, None)
    np.testing.assert_allclose(plain, as_unit(samples), atol=1e-7)
    for profile in (srgb_profile(), rgb_profile(SRGB, None)):
        np.testing.assert_array_equal(to_srgb(samples, profile), plain)


@pytest.mark.parametrize("dtype", DTYPES)
def test_gray_follows_its_profile(dtype: type) -> None:
    samples = random_samples(dtype, 1)
    rgb = to_srgb(samples, gray_profile(1.0))
    assert rgb.shape == (120, 150, 3)
    np.testing.assert_allclose(rgb, np.repeat(encoded(as_unit(samples)), 3, axis=2), atol=0.002)
    np.testing.assert_allclose(to_srgb(samples, None), np.repeat(as_unit(samples), 3, axis=2), atol=1e-7)


@pytest.mark.parametrize("dtype", DTYPES)
def test_cmyk_follows_its_profile(dtype: type) -> None:
    corners = np.zeros((2, 2, 2, 2, 3))  # with black: black
    corners[..., 0, 0] = 100
    for ink, lab in ((0, (55, -20, -25)), (1, (50, 30, 0)), (2, (90, -5, 40))):
        index = [0, 0, 0, 0]
        index[ink] = 1
        corners[tuple(index)] = lab
    inks = np.array(list(np.ndindex(2, 2, 2, 2)))[None]
    samples = (inks * (1 if dtype is np.float32 else np.iinfo(dtype).max)).astype(dtype)
    stored = np.rint(corners * (2.55, 1, 1)) / (2.55, 1, 1)
    expected = lab_as_srgb(stored.reshape(1, 16, 3))
    np.testing.assert_allclose(to_srgb(samples, cmyk_profile(corners)), expected, atol=0.004)


def test_cmyk_without_a_profile_is_plain_inks() -> None:
    samples = np.uint8([[[0, 0, 0, 0], [255, 0, 0, 0], [0, 255, 255, 0], [0, 0, 0, 255], [0, 0, 0, 102]]])
    expected = [[[1, 1, 1], [0, 1, 1], [1, 0, 0], [0, 0, 0], [0.6, 0.6, 0.6]]]
    np.testing.assert_allclose(to_srgb(samples, None), expected, atol=1e-6)


@pytest.mark.parametrize(
    "profile",
    [
        b"",
        b"no profile at all" * 20,
        rgb_profile(DISPLAY_P3, None)[:150],
        gray_profile(1.0),
        cmyk_profile(np.zeros((2, 2, 2, 2, 3))),
    ],
    ids=["empty", "rubbish", "cut short", "for gray", "for CMYK"],
)
def test_a_profile_that_does_not_serve_counts_as_none(profile: bytes) -> None:
    samples = random_samples(np.uint8, 3)
    np.testing.assert_array_equal(to_srgb(samples, profile), to_srgb(samples, None))


def test_floats_outside_the_range_are_clipped() -> None:
    samples = np.float32([[[-1, 0.5, 7]]])
    for profile in (None, rgb_profile(ADOBE_RGB, ADOBE_GAMMA)):
        rgb = to_srgb(samples, profile)
        assert rgb.min() == 0
        assert rgb.max() == 1


def test_our_own_profile_is_srgb_to_another_library_and_the_same_at_all_times() -> None:
    profile = srgb_profile()
    assert profile[24:36] == bytes.fromhex("07ea00010001000000000000")
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    assert "sRGB" in ImageCms.getProfileDescription(opened)
