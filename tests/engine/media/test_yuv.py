"""Between Y'CbCr and RGB: the figures of the standards, and there and back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.media.yuv import LUMA_WEIGHTS, decoding_matrix, encoding_matrix, widened


@given(
    st.sampled_from(sorted(LUMA_WEIGHTS)),
    st.sampled_from([8, 10, 12]),
    st.booleans(),
    st.tuples(*[st.floats(0, 1)] * 3),
)
def test_decoding_undoes_encoding(matrix: int, bits: int, full: bool, colour: tuple[float, ...]) -> None:
    samples = encoding_matrix(matrix, bits, full) @ [*colour, 1]
    np.testing.assert_allclose(decoding_matrix(matrix, bits, full, 1) @ [*samples, 1], colour, atol=1e-9)


def test_centred_chroma_lies_between_two_columns() -> None:
    chroma = np.float32([[0, 4, 8, 12]])
    assert np.allclose(widened(chroma, 8, 1, centred=True)[0, 1:-1], [1, 3, 5, 7, 9, 11])
    assert np.allclose(widened(chroma, 8, 1, centred=False)[0, :-1], [0, 2, 4, 6, 8, 10, 12])


def test_chroma_of_every_fourth_column_is_widened() -> None:
    chroma = np.uint8([[0, 40, 80, 120]])
    assert list(widened(chroma, 16, 1, centred=False)[0, :13]) == list(range(0, 121, 10))
