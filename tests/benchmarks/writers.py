"""Frames a second that each delivery writer reaches at 1080p, beside the ffmpeg program writing the same, as JSON.

The frames are a grainy layer with a soft matte that drifts. Patina's writer takes them as it does in a delivery, as
float pictures in memory; the ffmpeg program takes them raw through a pipe, 16 bits a sample (floats for OpenEXR), and
encodes to the same format. Both run by turns; `ratio` is Patina's rate over ffmpeg's, best against best.

    python tests/benchmarks/writers.py [--frames 24] [--rounds 2] [--format NAME ...] [--ffmpeg PROGRAM]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np

from engine.colour import srgb_to_linear, to_uint16
from engine.compositing import premultiply
from engine.delivery.encoders import Encoders
from engine.delivery.pictures import write_picture
from engine.media.formats import FORMATS, Format
from engine.media.sample import sample_picture
from engine.media.stills import read_still
from engine.media.writers.movie import open_movie
from engine.media.writers.slate import Slate

SIZE = (1920, 1080)
RATE = Fraction(24)
BT709_TAGS = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"]
AS_BT709 = ["-vf", "scale=out_color_matrix=bt709:out_range=tv"]
# The same quality and layout as Patina's writer asks for.
ENCODERS: dict[str, list[str]] = {
    "png": ["-c:v", "png", "-pix_fmt", "rgba64be"],
    "png8": ["-c:v", "png", "-pix_fmt", "rgba"],
    "tiff": ["-c:v", "tiff", "-pix_fmt", "rgba64le", "-compression_algo", "deflate"],
    "exr": ["-c:v", "exr", "-format", "half", "-compression", "zip16"],
    "exr32": ["-c:v", "exr", "-format", "float", "-compression", "zip16"],
    "prores4444": [
        *("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le", "-alpha_bits", "16"),
        *("-qscale:v", "1", "-vendor", "apl0", *AS_BT709, *BT709_TAGS),
    ],
    "prores422": [
        *("-c:v", "prores_ks", "-profile:v", "hq", "-pix_fmt", "yuv422p10le", "-qscale:v", "2", "-vendor", "apl0"),
        *(*AS_BT709, *BT709_TAGS),
    ],
    "ffv1": ["-c:v", "ffv1", "-level", "3", "-g", "1", "-slices", "16", "-slicecrc", "1", "-pix_fmt", "gbrap16le"],
    "cineform": ["-c:v", "cfhd", "-quality", "film3+", "-pix_fmt", "gbrap12le"],
    "animation": ["-c:v", "qtrle", "-pix_fmt", "argb"],
    "vp9": [
        *("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-crf", "8", "-b:v", "0", "-deadline", "good"),
        *("-cpu-used", "5", "-row-mt", "1", "-auto-alt-ref", "0", *AS_BT709, *BT709_TAGS),
    ],
    "h264": ["-c:v", "libx264", "-crf", "14", "-pix_fmt", "yuv420p", *AS_BT709, *BT709_TAGS],
    "h265": ["-c:v", "libx265", "-crf", "14", "-pix_fmt", "yuv420p10le", *AS_BT709, *BT709_TAGS],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--format", nargs="+", choices=tuple(FORMATS), default=tuple(FORMATS))
    parser.add_argument("--ffmpeg", default=imageio_ffmpeg.get_ffmpeg_exe(), help="default: the one of imageio-ffmpeg")
    options = parser.parse_args()
    frames = layer_frames(options.frames)
    with tempfile.TemporaryDirectory() as folder:
        figures = [
            compared(FORMATS[name], frames, options.rounds, options.ffmpeg, Path(folder)) for name in options.format
        ]
    json.dump({"frames": options.frames, "rounds": options.rounds, "formats": figures}, sys.stdout, indent=2)
    print()


def layer_frames(count: int) -> list[np.ndarray]:
    """Return frames (1080, 1920, 4), straight float32: the sample photograph with grain, and a soft disc as its alpha.

    Outside of the disc, alpha is 0: as in real layers, more than half of the frame is empty.
    """
    width, height = SIZE
    still = cv2.resize(
        read_still(sample_picture()).rgb, (width + 4 * count, height + 2 * count), interpolation=cv2.INTER_CUBIC
    )
    grain = np.random.default_rng(0).normal(0, 0.01, (height, width, 3)).astype(np.float32)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    frames = []
    for index in range(count):
        seen = still[2 * index : 2 * index + height, 4 * index : 4 * index + width]
        distance = np.hypot(columns - width / 2 - 4 * index, rows - height / 2)
        alpha = np.clip((height * 0.42 - distance) / 40, 0, 1)
        shown = np.roll(grain, 37 * index, axis=1)
        frames.append(np.dstack([np.clip(seen + shown, 0, 1), alpha]).astype(np.float32))
    return frames


def compared(form: Format, frames: Sequence[np.ndarray], rounds: int, ffmpeg: str, folder: Path) -> dict[str, object]:
    """Return the frames a second of both, the best of all rounds, and their ratio."""
    raw = raw_bytes(form, frames)
    own, others = [], []
    for number in range(rounds):
        own.append(seconds_of_patina(form, frames, folder / f"{form.name}-patina-{number}"))
        others.append(seconds_of_ffmpeg(form, raw, ffmpeg, folder / f"{form.name}-ffmpeg-{number}"))
    figures: dict[str, object] = {"format": form.name, "patina_fps": round(len(frames) / min(own), 2)}
    figures |= {"ffmpeg_fps": round(len(frames) / min(others), 2), "ratio": round(min(others) / min(own), 2)}
    print(figures, file=sys.stderr)
    return figures


def seconds_of_patina(form: Format, frames: Sequence[np.ndarray], folder: Path) -> float:
    """Return the seconds from the first frame to the finished files, as a delivery writes them."""
    folder.mkdir()
    slate, alpha = Slate(SIZE, RATE), form.alpha or "straight"
    began = time.perf_counter()
    if form.is_movie:
        file = folder / f"layer{form.suffix}"
        with open_movie(file, slate, form.name, alpha, has_alpha=form.alpha is not None) as movie:
            for frame in frames:
                movie.write(frame if form.alpha else frame[..., :3])
    else:
        with Encoders() as encoders:
            for number, frame in enumerate(frames):
                encoders.write(partial(write_picture, folder / f"{number}{form.suffix}", frame, form, slate, alpha))
            encoders.finish()
    return time.perf_counter() - began


def raw_bytes(form: Format, frames: Sequence[np.ndarray]) -> list[bytes]:
    """Return what the ffmpeg program is given: planar linear floats for OpenEXR, else RGB(A) of 16 bits."""
    if form.is_linear:
        return [planar(premultiply(np.dstack([srgb_to_linear(each[..., :3]), each[..., 3]]))) for each in frames]
    channels = 4 if form.alpha else 3
    return [to_uint16(frame[..., :channels]).tobytes() for frame in frames]


def planar(picture: np.ndarray) -> bytes:
    """Return RGBA floats as FFmpeg's gbrapf32le."""
    return np.ascontiguousarray(picture[..., [1, 2, 0, 3]].transpose(2, 0, 1)).tobytes()


def seconds_of_ffmpeg(form: Format, raw: Sequence[bytes], ffmpeg: str, folder: Path) -> float:
    """Return the seconds from the program's start to its end."""
    folder.mkdir()
    pixels = "gbrapf32le" if form.is_linear else "rgba64le" if form.alpha else "rgb48le"
    given = ["-f", "rawvideo", "-pix_fmt", pixels, "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(RATE), "-i", "-"]
    target = folder / (f"layer{form.suffix}" if form.is_movie else f"%d{form.suffix}")
    command = [ffmpeg, "-v", "error", "-y", *given, *ENCODERS[form.name], str(target)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE) as program:
        assert program.stdin is not None
        for frame in raw:
            program.stdin.write(frame)
        program.stdin.close()
        if program.wait():
            raise SystemExit(f"ffmpeg ended with code {program.returncode}")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
