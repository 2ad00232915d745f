"""Between Y'CbCr and RGB: the figures of the standards, and there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.media.yuv import LUMA_WEIGHTS, decoding_matrix, encoded_planes, encoding_matrix, widened

BT709, BT601, BT2020 = 1, 6, 9
RED, GREEN, BLUE, WHITE, BLACK = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1), (0, 0, 0))


def flat(colour: tuple[float, ...], height: int = 8, width: int = 8) -> np.ndarray:
    return np.broadcast_to(np.float32(colour), (height, width, 3))


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
    planes = encoded_planes(flat(colour), matrix, bits, full, half_width=True, half_height=True)
    assert [int(plane[0, 0]) for plane in planes] == list(samples)
    assert [plane.shape for plane in planes] == [(8, 8), (4, 4), (4, 4)]
    assert all(np.ptp(plane) == 0 for plane in planes)


@given(
    st.sampled_from(sorted(LUMA_WEIGHTS)),
    st.sampled_from([8, 10, 12]),
    st.booleans(),
    st.tuples(*[st.floats(0, 1)] * 3),
)
def test_decoding_undoes_encoding(matrix: int, bits: int, full: bool, colour: tuple[float, ...]) -> None:
    samples = encoding_matrix(matrix, bits, full, 1) @ [*colour, 1]
    np.testing.assert_allclose(decoding_matrix(matrix, bits, full, 1) @ [*samples, 1], colour, atol=1e-9)


def test_pictures_of_integers_span_their_whole_range() -> None:
    for dtype in (np.uint8, np.uint16):
        white = np.full((4, 4, 3), np.iinfo(dtype).max, dtype)
        luma, *_ = encoded_planes(white, BT709, 10, False, half_width=True, half_height=False)
        assert np.all(luma == 940)


def test_what_lies_outside_is_clipped() -> None:
    luma, *_ = encoded_planes(flat((7, 7, 7)), BT709, 8, False, half_width=False, half_height=False)
    assert np.all(luma == 235)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (7, 9)])
@pytest.mark.parametrize(("across", "down"), [(True, True), (True, False)])
def test_a_slope_of_colour_stays_in_its_place(height: int, width: int, across: bool, down: bool) -> None:
    """Chroma is halved and widened at the same sites: a linear slope comes back, but for the edges."""
    slope = np.linspace(0.2, 0.8, width, dtype=np.float32)
    picture = np.stack([np.tile(slope, (height, 1))] * 2 + [np.full((height, width), 0.5, np.float32)], axis=-1)
    luma, cb, cr = encoded_planes(picture, BT709, 16, True, across, down)
    planes = [luma, *(widened(plane, width, height, centred=False) for plane in (cb, cr))]
    back = np.stack([*planes, np.ones_like(luma)], axis=-1) @ decoding_matrix(BT709, 16, True, 1).T
    np.testing.assert_allclose(back[:, 2:-2], picture[:, 2:-2], atol=1e-4)


def test_centred_chroma_lies_between_two_columns() -> None:
    chroma = np.float32([[0, 4, 8, 12]])
    assert np.allclose(widened(chroma, 8, 1, centred=True)[0, 1:-1], [1, 3, 5, 7, 9, 11])
    assert np.allclose(widened(chroma, 8, 1, centred=False)[0, :-1], [0, 2, 4, 6, 8, 10, 12])


def test_chroma_of_every_fourth_column_is_widened() -> None:
    chroma = np.uint8([[0, 40, 80, 120]])
    assert list(widened(chroma, 16, 1, centred=False)[0, :13]) == list(range(0, 121, 10))
