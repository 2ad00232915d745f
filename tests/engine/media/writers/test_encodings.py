"""Colour and alpha of every movie format, in code values, as the ffmpeg program decodes them."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.compositing import over
from engine.errors import UserError
from engine.media.formats import FORMATS, FormatName
from engine.media.writers.movie import open_movie
from engine.media.writers.slate import AlphaMode, Slate
from tests.engine.media.writers.charts import PURE, SKIN
from tests.engine.media.writers.ffmpeg import shown
from tests.engine.media.writers.test_straight import halved, white_disc

WIDTH, HEIGHT = 64, 48
SLATE = Slate((WIDTH, HEIGHT), Fraction(24))
WHITE = PURE.index((1, 1, 1))


@dataclass(frozen=True)
class Held:
    """How a format comes out of the decoder, and its largest errors of colour and alpha in its code values.

    ``ends`` is that of alpha 0 and 1 beside other alpha.
    """

    opaque: str
    rgba: str = ""
    decoder: str = ""
    bits: int = 8
    colour: float = 0.5
    ramp: float = 0.5
    alpha: float = 0.5
    ends: int = 0


# ProRes 4444 is written with 10 bits and decoded to 12: an error of 2 is one of 0.5.
HELD: dict[FormatName, Held] = {
    "prores4444": Held("yuv444p12le", "yuva444p12le", bits=12, colour=2.0, ramp=2.5, alpha=2.75),
    "prores422": Held("yuv422p10le", bits=10, ramp=1.0),
    "ffv1": Held("gbrp16le", "gbrap16le", bits=16),
    "cineform": Held("gbrp12le", "gbrap12le", bits=12, ramp=1.05, alpha=10.0),
    "animation": Held("rgb24", "argb"),
    "vp9": Held("yuv420p", "yuva420p", decoder="libvpx-vp9", ramp=1.0, alpha=1.5, ends=1),
    "h264": Held("yuv420p", ramp=2.0),
    "h265": Held("yuv420p10le", bits=10, colour=1.2, ramp=4.0),
}
RGBA: list[FormatName] = [name for name, held in HELD.items() if held.rgba]


def written(folder: Path, name: FormatName, pictures: list[np.ndarray], alpha: AlphaMode = "straight") -> Path:
    path = folder / f"movie{FORMATS[name].suffix}"
    height, width, channels = pictures[0].shape
    with open_movie(path, Slate((width, height), Fraction(24)), name, alpha, has_alpha=channels == 4) as movie:
        for picture in pictures:
            movie.write(picture)
    return path


def flat(colour: tuple[float, ...]) -> np.ndarray:
    return np.tile(np.float32(colour), (HEIGHT, WIDTH, 1))


def ramp(start: float = 0) -> np.ndarray:
    """Return what goes from 0 to 1 in steps of 1/63, (H, W); less ``start`` in between."""
    line = np.linspace(0, 1, WIDTH, dtype=np.float32) - np.float32(start / WIDTH)
    line[[0, -1]] = 0, 1
    return np.tile(line, (HEIGHT, 1))


def exact(picture: np.ndarray, held: Held) -> list[np.ndarray]:
    """Return the code values of a picture before they are rounded, written down from Rec. ITU-R BT.709-6."""
    red, green, blue = (picture[..., channel].astype(np.float64) for channel in range(3))
    if not held.opaque.startswith("yuv"):
        return [channel * (2**held.bits - 1) for channel in (red, green, blue)]
    luma, step = 0.2126 * red + 0.7152 * green + 0.0722 * blue, 2 ** (held.bits - 8)
    return [
        (219 * luma + 16) * step,
        (224 * (blue - luma) / 1.8556 + 128) * step,
        (224 * (red - luma) / 1.5748 + 128) * step,
    ]


def largest_error(planes: list[np.ndarray], picture: np.ndarray, held: Held) -> float:
    """Return the largest error; of subsampled chroma, the samples at the pixels it lies on are compared."""
    errors = []
    for plane, values in zip(planes, exact(picture, held), strict=False):
        down, across = (round(full / part) for full, part in zip(values.shape, plane.shape, strict=True))
        errors.append(np.abs(plane - values[::down, ::across]).max())
    return max(errors)


@pytest.mark.parametrize("name", HELD)
def test_colours_have_the_code_values_of_the_standard(tmp_path: Path, name: FormatName) -> None:
    held, colours = HELD[name], (*PURE, *SKIN)
    gray = np.dstack([ramp()] * 3)
    path = written(tmp_path, name, [*(flat(colour) for colour in colours), gray])
    seen = shown(path, held.opaque)
    assert len(seen.frames) == len(colours) + 1
    for colour, planes in zip(colours, seen.frames, strict=False):
        assert largest_error(planes, flat(colour), held) <= held.colour, colour
    assert largest_error(seen.frames[-1], gray, held) <= held.ramp
    white = exact(flat((1, 1, 1)), held)[0][0, 0]
    assert np.all(seen.frames[WHITE][0] == white)


@pytest.mark.parametrize("name", RGBA)
def test_alpha_is_kept(tmp_path: Path, name: FormatName) -> None:
    held, alphas = HELD[name], [ramp(shift) for shift in (0, 0.2, 0.4, 0.6, 0.8)]
    path = written(tmp_path, name, [np.dstack([flat(SKIN[0]), alpha]) for alpha in alphas])
    top = 2**held.bits - 1
    for planes, alpha in zip(shown(path, held.rgba, held.decoder).frames, alphas, strict=True):
        assert np.abs(planes[3] - alpha * top).max() <= held.alpha
        assert np.abs(planes[3][:, [0, -1]].astype(int) - [0, top]).max() <= held.ends
        assert largest_error(planes[:3], flat(SKIN[0]), held) <= held.colour


@pytest.mark.parametrize("name", RGBA)
def test_colour_lies_under_alpha_as_asked(tmp_path: Path, name: FormatName) -> None:
    held = HELD[name]
    picture = np.dstack([flat((0, 0, 0)), np.zeros((HEIGHT, WIDTH), np.float32)])
    picture[:, :24] = *SKIN[0], 1
    straight = shown(written(tmp_path, name, [picture]), held.rgba, held.decoder).frames[0]
    assert largest_error(straight[:3], flat(SKIN[0]), held) <= held.colour
    premultiplied = shown(written(tmp_path, name, [picture], "premultiplied"), held.rgba, held.decoder).frames[0]
    assert (
        largest_error([plane[:, plane.shape[1] // 2 :] for plane in premultiplied[:3]], flat((0, 0, 0))[:, 32:], held)
        < 3
    )
    assert np.abs(straight[3].astype(int) - premultiplied[3]).max() <= held.alpha


@pytest.mark.parametrize("alpha", ["straight", "premultiplied"])
@pytest.mark.parametrize("name", RGBA)
def test_a_soft_disc_scaled_down_has_no_fringe(tmp_path: Path, name: FormatName, alpha: AlphaMode) -> None:
    disc, held = white_disc(), HELD[name]
    first, *_, opacity = shown(written(tmp_path, name, [disc], alpha), held.rgba, held.decoder).frames[0]
    black, white = (exact(flat((level,) * 3), held)[0][0, 0] for level in (0, 1))
    colour, opacity = (first - black) / (white - black), opacity / (2**held.bits - 1)
    colour, opacity = halved(colour.astype(np.float32)), halved(opacity.astype(np.float32))
    found = (colour if alpha == "premultiplied" else opacity * colour) + (1 - opacity) * 0.5
    truth = halved(over(disc, np.full((*disc.shape[:2], 3), 0.5, np.float32)))
    assert np.abs(found - truth[..., 0]).max() <= 1 / 255


@pytest.mark.parametrize("name", [name for name in HELD if name != "cineform"])
def test_odd_sizes_are_kept(tmp_path: Path, name: FormatName) -> None:
    width, height = 65, 131  # more rows than are converted at a time
    across, down = np.linspace(0.2, 0.8, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32)
    picture = np.dstack(
        [np.tile(across, (height, 1)), np.tile(down[:, None], (1, width)), np.tile(1 - across, (height, 1))]
    )
    path = written(tmp_path, name, [picture])
    held = HELD[name]
    if name == "prores422":  # these encoders need even sides for halved chroma
        held = HELD["prores4444"]
    elif name in ("h264", "h265"):
        held = Held(held.opaque.replace("420", "444"), bits=held.bits)
    seen = shown(path, held.opaque)
    assert seen.size == (width, height)
    assert largest_error(seen.frames[0], picture, held) < 2 ** (held.bits - 8) * 3


@pytest.mark.parametrize("size", [(72, 64), (64, 24), (16, 64)])
def test_cineform_refuses_what_its_encoder_cannot_take(tmp_path: Path, size: tuple[int, int]) -> None:
    width, height = size
    with pytest.raises(UserError, match=rf"^CineForm needs .* {width} × {height}: choose ProRes 4444 or FFV1\.$"):
        written(tmp_path, "cineform", [np.zeros((height, width, 3), np.float32)])
    assert not list(tmp_path.iterdir())


def test_prores_is_fine_enough_for_compositing(tmp_path: Path) -> None:
    """Grain is what spends its data rate."""
    rng = np.random.default_rng(1)
    grainy = cv2.GaussianBlur(rng.random((HEIGHT, WIDTH, 3), np.float32), (0, 0), 8) + rng.normal(
        0, 0.03, (HEIGHT, WIDTH, 3)
    ).astype(np.float32)
    grainy = np.clip(grainy, 0, 1)
    for name, least in (("prores4444", 60), ("prores422", 54)):
        held = HELD[name]
        luma = shown(written(tmp_path, name, [grainy]), held.opaque).frames[0][0]
        error = (luma - exact(grainy, held)[0]) / (219 * 2 ** (held.bits - 8))
        assert 10 * np.log10(1 / np.mean(error**2)) > least
