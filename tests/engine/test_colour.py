"""Transfer functions and bit depths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from engine.colour import (
    from_uint,
    in_unit_range,
    linear_to_srgb,
    luminance,
    srgb_to_linear,
    to_uint,
    to_uint8,
    to_uint16,
)

unit = st.floats(0, 1, width=32)
pictures = arrays(np.float32, array_shapes(min_dims=1, max_dims=3, max_side=6), elements=unit)


@pytest.mark.parametrize(
    ("display", "linear"),
    # The two ends, both sides of the knee, the middle gray of a card, and half.
    [(0, 0), (1, 1), (0.04045, 0.0031308), (0.02, 0.0015480), (0.461356, 0.18), (0.5, 0.2140411)],
)
def test_the_curve_passes_through_known_points(display: float, linear: float) -> None:
    assert srgb_to_linear(np.float32([display]))[0] == pytest.approx(linear, abs=2e-6)
    assert linear_to_srgb(np.float32([linear]))[0] == pytest.approx(display, abs=2e-5)


@given(pictures)
@settings(deadline=None)
def test_the_two_curves_undo_each_other(picture: np.ndarray) -> None:
    there_and_back = linear_to_srgb(srgb_to_linear(picture))
    assert there_and_back.dtype == np.float32
    np.testing.assert_allclose(there_and_back, picture, atol=2e-6)


@given(st.floats(0, 1), st.floats(0, 1))
@settings(deadline=None)
def test_the_curve_rises(one: float, other: float) -> None:
    low, high = srgb_to_linear(np.float32(sorted((one, other))))
    assert low <= high


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_all_integers_survive_the_way_through_floats(dtype: type[np.unsignedinteger]) -> None:
    integers = np.arange(np.iinfo(dtype).max + 1).astype(dtype)
    floats = from_uint(integers)
    assert floats.dtype == np.float32
    assert floats[0] == 0
    assert floats[-1] == 1
    back = to_uint8(floats) if dtype is np.uint8 else to_uint16(floats)
    assert back.dtype == dtype
    np.testing.assert_array_equal(back, integers)


@given(pictures)
@settings(deadline=None)
def test_quantising_errs_by_half_a_step_at_most(picture: np.ndarray) -> None:
    np.testing.assert_allclose(from_uint(to_uint(picture, 8)), picture, atol=0.5 / 255 + 1e-6)
    np.testing.assert_allclose(from_uint(to_uint(picture, 16)), picture, atol=0.5 / 65535 + 1e-7)


def test_what_lies_outside_is_clipped_and_nothing_given_is_changed() -> None:
    picture = np.float32([-0.5, 1.5])
    assert to_uint8(picture).tolist() == [0, 255]
    assert to_uint16(picture).tolist() == [0, 65535]
    assert picture.tolist() == [-0.5, 1.5]


def test_samples_of_any_depth_come_into_the_unit_range() -> None:
    assert in_unit_range(np.float32([-1, 0.5, 2])).tolist() == [0, 0.5, 1]
    assert in_unit_range(np.uint8([0, 255])).tolist() == [0, 1]
    assert in_unit_range(np.uint16([0, 65535])).tolist() == [0, 1]


def test_luminance_weighs_as_rec_709_does_and_leaves_alpha_out() -> None:
    picture = np.float32([[[1, 0, 0, 9], [0, 1, 0, 9], [0, 0, 1, 9], [1, 1, 1, 9]]])
    np.testing.assert_allclose(luminance(picture), [[0.2126, 0.7152, 0.0722, 1]], atol=1e-6)
