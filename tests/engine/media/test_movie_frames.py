"""Colours of decoded movies: every matrix, range, depth and layout, against samples written by hand."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from engine.media.clip_info import ColourTags
from engine.media.clips import open_clip

SIZE = 32
WEIGHTS = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
COLOURS = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1), (0, 0, 0), (0.5, 0.5, 0.5), (0.9, 0.5, 0.2), (0.1, 0.6, 0.8)]


def samples_of(colour: tuple[float, ...], matrix: int, bits: int, full: bool) -> tuple[list[int], np.ndarray]:
    """Return the whole-numbered samples nearest to a colour, and the colour that they mean exactly; H.273, by hand."""
    red, green, blue = colour
    kr, kb = WEIGHTS[matrix]
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    cb, cr = (blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))
    step = 2 ** (bits - 8)
    offset, luma_span, chroma_span = (0, 2**bits - 1, 2**bits - 1) if full else (16 * step, 219 * step, 224 * step)
    samples = [round(luma * luma_span + offset)]
    samples += [min(round(each * chroma_span) + 128 * step, 2**bits - 1) for each in (cb, cr)]
    y = (samples[0] - offset) / luma_span
    cb, cr = ((each - 128 * step) / chroma_span for each in samples[1:])
    r, b = y + 2 * (1 - kr) * cr, y + 2 * (1 - kb) * cb
    return samples, np.clip([r, (y - kr * r - kb * b) / (1 - kr - kb), b], 0, 1)


def write_samples(path: Path, pixels: str, samples: list[list[int]], matrix: int, value_range: int) -> Path:
    """Write a lossless movie, each of whose frames is filled with the samples given for its planes."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=Fraction(25), options={"level": "3"})
        stream.width = stream.height = SIZE
        stream.pix_fmt = pixels
        stream.codec_context.colorspace, stream.codec_context.color_range = matrix, value_range
        for place, values in enumerate(samples):
            frame = VideoFrame(SIZE, SIZE, pixels)
            dtype = np.uint8 if frame.format.components[0].bits == 8 else np.dtype("<u2")
            for plane, value in zip(frame.planes, values, strict=True):
                np.frombuffer(memoryview(plane), dtype)[:] = value
            frame.pts, frame.colorspace, frame.color_range = place, matrix, value_range
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("matrix", sorted(WEIGHTS))
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("pixels", ["yuv420p", "yuv444p", "yuv411p", "yuv420p10le", "yuv422p10le", "yuv444p12le"])
def test_colours_are_exact(tmp_path: Path, pixels: str, matrix: int, full: bool) -> None:
    bits = VideoFrame(2, 2, pixels).format.components[0].bits
    samples, truth = zip(*(samples_of(colour, matrix, bits, full) for colour in COLOURS), strict=True)
    path = write_samples(tmp_path / "movie.mkv", pixels, list(samples), matrix, 2 if full else 1)
    with open_clip(path) as clip:
        assert clip.info.colour == ColourTags(matrix=matrix, range=2 if full else 1)
        top = 255 if bits == 8 else 65535
        for place, colour in enumerate(truth):
            frame = clip.read(place)
            assert frame.dtype == (np.uint8 if bits == 8 else np.uint16)
            assert np.ptp(frame, axis=(0, 1)).max() == 0
            np.testing.assert_allclose(frame[0, 0], colour * top, atol=0.51)


def test_alpha_is_left_out(tmp_path: Path) -> None:
    path = write_samples(tmp_path / "movie.mkv", "yuva444p", [[63, 102, 240, 7]], 1, 1)
    with open_clip(path) as clip:
        np.testing.assert_allclose(clip.read(0)[0, 0], (255, 0, 0), atol=1)


@pytest.mark.parametrize(
    ("pixels", "samples", "value_range", "colour"),
    [
        ("gray", [128], 2, (128, 128, 128)),
        ("gray", [235], 1, (255, 255, 255)),
        ("gray", [16], 1, (0, 0, 0)),
        ("gray10le", [1023], 2, (65535, 65535, 65535)),
        ("gray10le", [64], 1, (0, 0, 0)),
        ("gbrp10le", [512, 1023, 0], 2, (0, 32800, 65535)),
        ("gbrp16le", [7, 8, 9], 2, (9, 7, 8)),
    ],
)
def test_gray_and_rgb_are_exact(
    tmp_path: Path, pixels: str, samples: list[int], value_range: int, colour: tuple[int, ...]
) -> None:
    with open_clip(write_samples(tmp_path / "movie.mkv", pixels, [samples], 2, value_range)) as clip:
        np.testing.assert_allclose(clip.read(0)[3, 3], colour, atol=1)


def test_an_untagged_small_movie_is_taken_for_bt601(tmp_path: Path) -> None:
    with open_clip(write_samples(tmp_path / "movie.mkv", "yuv444p", [[81, 90, 240]], 2, 0)) as clip:
        np.testing.assert_allclose(clip.read(0)[0, 0], (255, 0, 0), atol=1.5)
