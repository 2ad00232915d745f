"""Straight and premultiplied colour told apart: never wrongly, and undecided only where pixels cannot tell."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.compositing import bleed, over, premultiply, unpremultiply
from engine.layer_import.evidence import LOSSY_STEP, Evidence, evidence_of, step_of
from engine.media.rgba_info import RgbaInfo

SIDE = 48
colours = st.tuples(*[st.floats(0, 1)] * 3)


def soft_disc(colour: tuple[float, ...], highest: float = 1.0, shading: float = 0.0) -> np.ndarray:
    """Return a disc with a wide soft rim, straight and bled; ``shading`` makes its right side darker."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32) - SIDE / 2 + 0.5
    alpha = np.clip((SIDE / 2 - 2 - np.hypot(x, y)) / 10, 0, 1) * highest
    light = 1 - shading * (x / SIDE + 0.5)
    rgb = np.array(colour, np.float32) * light[..., None]
    return bleed(np.dstack([rgb, alpha]).astype(np.float32))


def rounded(rgba: np.ndarray, bits: int) -> np.ndarray:
    top = (1 << bits) - 1
    return (np.rint(rgba * top) / top).astype(np.float32)


def info(bits: int = 8, is_exact: bool = True) -> RgbaInfo:
    return RgbaInfo(Path("a.png"), SIDE, SIDE, 1, bits, is_exact)


@settings(deadline=None)
@given(colours, st.floats(0.05, 1), st.floats(0, 0.5), st.sampled_from([8, 10, 16]))
def test_a_premultiplied_file_is_never_taken_for_straight_where_it_matters(
    colour: tuple[float, ...], highest: float, shading: float, bits: int
) -> None:
    stored = rounded(premultiply(soft_disc(colour, highest, shading)), bits)
    found = evidence_of(stored, step_of(info(bits)))
    if found.alpha == "straight":
        backdrop = np.full((SIDE, SIDE, 3), 0.5, np.float32)
        error = np.abs(over(stored, backdrop) - over(unpremultiply(stored), backdrop))
        assert error.max() <= 2 * step_of(info(bits)), "either way it looks the same"


@settings(deadline=None)
@given(colours, st.floats(0.05, 1), st.floats(0, 0.5), st.sampled_from([8, 10, 16]), st.booleans())
def test_a_straight_file_is_never_taken_for_premultiplied(
    colour: tuple[float, ...], highest: float, shading: float, bits: int, is_bled: bool
) -> None:
    straight = soft_disc(colour, highest, shading)
    if not is_bled:
        straight[straight[..., 3] == 0, :3] = 0
    assert evidence_of(rounded(straight, bits), step_of(info(bits))).alpha != "premultiplied"


@settings(deadline=None)
@given(colours, st.booleans())
def test_bright_discs_are_always_decided(colour: tuple[float, ...], is_straight: bool) -> None:
    assume(max(colour) > 0.3)
    straight = soft_disc(colour)
    stored = straight if is_straight else premultiply(straight)
    expected = "straight" if is_straight else "premultiplied"
    assert evidence_of(rounded(stored, 8), step_of(info())).alpha == expected
    noise = np.random.default_rng(1).normal(0, 2 / 255, stored.shape).astype(np.float32)
    assert evidence_of(np.clip(stored + noise, 0, 1), LOSSY_STEP).alpha == expected


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_hard_mattes_and_empty_frames_look_the_same_either_way(alpha: float) -> None:
    rgba = np.full((SIDE, SIDE, 4), 0.7, np.float32)
    rgba[..., 3] = alpha
    assert evidence_of(premultiply(rgba), step_of(info())).alpha == "straight"
    assert evidence_of(np.zeros_like(rgba), step_of(info())).differing == 0


def test_an_even_veil_cannot_be_told() -> None:
    veil = np.full((SIDE, SIDE, 4), 0.4, np.float32)
    veil[..., 3] = 0.5
    assert evidence_of(veil, step_of(info())).alpha is None


def test_frames_add_up() -> None:
    empty = np.zeros((SIDE, SIDE, 4), np.float32)
    seen = sum((evidence_of(each, step_of(info())) for each in (empty, soft_disc((1, 1, 1)), empty)), Evidence())
    assert seen.alpha == "straight"
    assert seen.differing


def test_compressed_files_are_looked_at_more_coarsely() -> None:
    assert step_of(info(8)) > step_of(info(16))
    assert step_of(info(12, is_exact=False)) == LOSSY_STEP
