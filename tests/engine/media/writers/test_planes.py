"""Pictures as samples: the figures of the standards, and there and back."""

import numpy as np
import pytest

from engine.media.writers.planes import gbr_planes, packed_planes, ycbcr_planes
from engine.media.yuv import decoding_matrix, widened

BT709, BT601, BT2020 = 1, 6, 9
RED, GREEN, BLUE, WHITE, BLACK = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1), (0, 0, 0))


def flat(colour: tuple[float, ...], height: int = 8, width: int = 8) -> np.ndarray:
    return np.tile(np.float32(colour), (height, width, 1))


@pytest.mark.parametrize(
    ("matrix", "bits", "full", "colour", "samples"),
    [
        (BT709, 8, False, WHITE, (235, 128, 128)),
        (BT709, 8, False, BLACK, (16, 128, 128)),
        (BT709, 10, False, WHITE, (940, 512, 512)),
        (BT709, 10, False, RED, (250, 409, 960)),
        (BT709, 8, False, RED, (63, 102, 240)),
        (BT709, 8, False, GREEN, (173, 42, 26)),
        (BT709, 8, False, BLUE, (32, 240, 118)),
        (BT601, 8, False, RED, (81, 90, 240)),
        (BT601, 8, False, BLUE, (41, 240, 110)),
        (BT601, 10, False, RED, (326, 361, 960)),
        (BT601, 8, True, RED, (76, 85, 255)),
        (BT2020, 10, False, RED, (294, 387, 960)),
        (BT2020, 10, True, WHITE, (1023, 512, 512)),
    ],
)
def test_colours_have_the_samples_of_the_standard(
    matrix: int, bits: int, full: bool, colour: tuple[int, ...], samples: tuple[int, ...]
) -> None:
    planes = ycbcr_planes(flat(colour), matrix, bits, full, half_width=True, half_height=True)
    assert [int(plane[0, 0]) for plane in planes] == list(samples)
    assert [plane.shape for plane in planes] == [(8, 8), (4, 4), (4, 4)]
    assert all(np.ptp(plane) == 0 for plane in planes)


def test_alpha_is_of_full_range_and_resolution() -> None:
    picture = np.dstack([flat(RED), np.linspace(0, 1, 8, dtype=np.float32).repeat(8).reshape(8, 8)])
    *_, alpha = ycbcr_planes(picture, BT709, 10, half_width=True, half_height=True)
    np.testing.assert_array_equal(alpha, np.rint(picture[..., 3] * 1023))


def test_what_lies_outside_is_clipped() -> None:
    assert np.all(ycbcr_planes(flat((7, 7, 7)), BT709, 8)[0] == 235)
    assert [int(plane[0, 0]) for plane in gbr_planes(flat((7, -1, 0.5, 2)), 16)] == [0, 32768, 65535, 65535]


def test_rgb_is_exact_and_in_the_order_of_its_layout() -> None:
    """Every value of 16 bits comes back."""
    values = np.arange(65536, dtype=np.float32).reshape(256, 256) / 65535
    picture = np.dstack([values, values.T, 1 - values, values[::-1]])
    green, blue, red, alpha = gbr_planes(picture, 16)
    for plane, channel in ((red, 0), (green, 1), (blue, 2), (alpha, 3)):
        np.testing.assert_array_equal(plane, np.rint(picture[..., channel].astype(np.float64) * 65535))
    assert packed_planes(flat((1, 0.5, 0, 0.2)))[0][0, :4].tolist() == [51, 255, 128, 0]
    assert packed_planes(flat((1, 0.5, 0)))[0][0, :3].tolist() == [255, 128, 0]


@pytest.mark.parametrize(("height", "width"), [(8, 8), (7, 9)])
@pytest.mark.parametrize(("across", "down"), [(True, True), (True, False)])
def test_a_slope_of_colour_stays_in_its_place(height: int, width: int, across: bool, down: bool) -> None:
    """Chroma is halved and widened at the same sites: a linear slope comes back, but for the edges."""
    slope = np.linspace(0.2, 0.8, width, dtype=np.float32)
    picture = np.stack([np.tile(slope, (height, 1))] * 2 + [np.full((height, width), 0.5, np.float32)], axis=-1)
    luma, cb, cr = ycbcr_planes(picture, BT709, 16, True, across, down)
    planes = [luma, *(widened(plane, width, height, centred=False) for plane in (cb, cr))]
    back = np.stack([*planes, np.ones_like(luma)], axis=-1) @ decoding_matrix(BT709, 16, True, 1).T
    np.testing.assert_allclose(back[:, 2:-2], picture[:, 2:-2], atol=1e-4)
