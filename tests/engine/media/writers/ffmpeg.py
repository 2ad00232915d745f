"""Movies as the ffmpeg program reads them: not the libraries that wrote them."""

import re
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from av.video.format import VideoFormat

PACKED = {"rgb24": (0, 1, 2), "argb": (1, 2, 3, 0)}  # where R, G, B and alpha lie in a pixel


@dataclass(frozen=True)
class Shown:
    """What the program shows: ``frames`` hold planes in the order Y', Cb, Cr or R', G', B', and alpha."""

    frames: list[list[np.ndarray]]
    size: tuple[int, int]
    rate: Fraction
    times: tuple[Fraction, ...]
    pixel_aspect: Fraction
    tags: dict[str, str]
    texts: dict[str, str]


def shown(path: Path, pixels: str, decoder: str = "") -> Shown:
    """Decode a movie to ``pixels``, which is to be its own layout: nothing is converted then."""
    reading = ["-c:v", decoder] if decoder else []
    passing = ["-vf", "showinfo", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", pixels, "-"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", *reading, "-i", str(path), *passing]
    run = subprocess.run(command, capture_output=True, check=True)
    said = run.stderr.decode()
    width, height = (int(side) for side in found(r" s:(\d+)x(\d+) ", said))
    tick, rate = (Fraction(text) for text in found(r"config in time_base: (\S+), frame_rate: (\S+)", said))
    held, shape = found(r"showinfo.* fmt:(\w+) .* sar:(\d+/\d+) ", said)
    assert held == pixels
    return Shown(
        frames=_planes(np.frombuffer(run.stdout, np.uint8), pixels, width, height),
        size=(width, height),
        rate=rate,
        times=tuple(int(pts) * tick for pts in re.findall(r"\] n: *\d+ pts: *(\d+) ", said)),
        pixel_aspect=Fraction(1) if shape.startswith("0") else Fraction(shape),
        tags=dict(re.findall(r"(color_\w+):(\S+)", said)),
        texts={name.lower(): text for name, text in re.findall(r"^ +(\w+) +: (.*)$", said, re.MULTILINE)},
    )


def found(pattern: str, text: str) -> tuple[str, ...]:
    match = re.search(pattern, text)
    assert match, f"{pattern} is not in {text}"
    return match.groups()


def _planes(data: np.ndarray, pixels: str, width: int, height: int) -> list[list[np.ndarray]]:
    layout = VideoFormat(pixels, width, height)
    if pixels in PACKED:
        packed = data.reshape(-1, height, width, len(layout.components))
        return [[frame[..., place] for place in PACKED[pixels]] for frame in packed]
    samples = data if layout.components[0].bits == 8 else data.view("<u2")
    subsampled = layout.chroma_height(height), layout.chroma_width(width)
    is_ycbcr = pixels.startswith("yuv")
    shapes = [
        subsampled if is_ycbcr and place in (1, 2) else (height, width) for place in range(len(layout.components))
    ]
    ends = np.cumsum([rows * columns for rows, columns in shapes])
    frames = []
    for frame in samples.reshape(-1, ends[-1]):
        planes = [part.reshape(shape) for part, shape in zip(np.split(frame, ends[:-1]), shapes, strict=True)]
        frames.append(planes if is_ycbcr else [planes[2], planes[0], planes[1], *planes[3:]])
    return frames
