"""Pictures with alpha from other programs, frame by frame: as stored, or refused."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.colour import to_uint16
from engine.compositing import premultiply
from engine.errors import UserError
from engine.media.png import write_png
from engine.media.rgba_frames import open_rgba
from tests.engine.layer_import.sources import RATE, ball, write_rgba_movie

COUNT = 6
BALLS = [ball(place) for place in range(COUNT)]
CODECS = {
    "rgba64.mov": ("png", "rgba64be", 1 / 65535),
    "gbrap.mkv": ("ffv1", "gbrap16le", 1 / 65535),
    "gbrap12.mov": ("cfhd", "gbrap12le", 0.01),
    "rgba.mov": ("png", "rgba", 2 / 255),
    "argb.mov": ("qtrle", "argb", 2 / 255),
    "yuva12.mov": ("prores_ks", "yuva444p10le", 0.02),
    "ya16.mov": ("png", "ya16be", None),
    "vp9.webm": ("libvpx-vp9", "yuva420p", 0.08),
}


@pytest.mark.parametrize("name", CODECS)
def test_alpha_and_colour_of_every_layout_of_samples(tmp_path: Path, name: str) -> None:
    codec, pixels, most = CODECS[name]
    options = {"crf": "8", "b": "0", "cpu-used": "8"} if codec == "libvpx-vp9" else {}
    frames = open_rgba(write_rgba_movie(tmp_path / name, codec, pixels, BALLS, options))
    assert (frames.info.frames, frames.info.rate, frames.info.is_still) == (COUNT, RATE, False)
    found = list(frames.frames())
    for seen, truth in zip(found, BALLS, strict=True):
        assert np.abs(seen[..., 3] - truth[..., 3]).max() <= (most or 1 / 65535)
        solid = truth[..., 3] == 1
        if most is not None:  # gray has lost the colour
            assert np.abs(seen - truth)[solid].max() <= most
    for place in (4, 1):  # in any order
        assert np.array_equal(next(frames.frames(place)), found[place])
    frames.close()


def test_a_movie_is_made_straight_where_it_is_known_to_be_premultiplied(tmp_path: Path) -> None:
    stored = [premultiply(each) for each in BALLS]
    path = write_rgba_movie(tmp_path / "a.mkv", "ffv1", "gbrap16le", stored)
    frames = open_rgba(path, "premultiplied")
    seen = BALLS[0][..., 3] > 0.1
    assert next(frames.frames())[seen] == pytest.approx(BALLS[0][seen], abs=1e-3)
    frames.close()


def test_a_damaged_frame_of_a_movie_is_refused(tmp_path: Path) -> None:
    path = write_rgba_movie(tmp_path / "a.mov", "prores_ks", "yuva444p10le", BALLS)
    before, *frames = path.read_bytes().split(b"icpf")  # each frame's first bytes
    frames[3] = bytes(len(frames[3]))
    path.write_bytes(b"icpf".join([before, *frames]))
    with pytest.raises(UserError, match=r"Frame 4 of the 6 in .*a\.mov cannot be decoded; render it again"):
        list(open_rgba(path).frames())


def test_a_frame_without_alpha_among_others_is_refused(tmp_path: Path) -> None:
    write_png(tmp_path / "a.1.png", BALLS[0])
    write_png(tmp_path / "a.2.png", BALLS[0][..., :3])
    frames = open_rgba(tmp_path / "a.%d.png").frames()
    next(frames)
    with pytest.raises(UserError, match=r"a\.2\.png has no alpha, which the frames before it have"):
        next(frames)


def test_frames_of_unlike_sizes_are_refused(tmp_path: Path) -> None:
    write_png(tmp_path / "a.1.png", BALLS[0])
    write_png(tmp_path / "a.2.png", ball(0, (40, 30)))
    with pytest.raises(UserError, match=r"a\.2\.png is 40 × 30 pixels and the frames before it 64 × 48"):
        open_rgba(tmp_path)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_sixteen_bits_are_kept_exactly(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    noise = np.random.default_rng(seed).random((16, 16, 4), np.float32)
    path = tmp_path_factory.mktemp("noise") / "a.png"
    write_png(path, noise)
    frames = open_rgba(path)
    assert (frames.info.bits, frames.info.is_exact, frames.info.is_still) == (16, True, True)
    assert np.array_equal(to_uint16(next(frames.frames())), to_uint16(noise))
