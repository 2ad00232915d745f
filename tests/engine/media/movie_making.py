"""Movies for tests: frames that carry their number as bars, light and dark, which survive compression."""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

HEIGHT, WIDTH = 96, 128
BITS, BAR = 7, 16
FILM_RATE = Fraction(24000, 1001)
BT709, LIMITED = 1, 1


def numbered(number: int, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    """Return a frame (H, W, 3) uint8 that shows ``number`` in binary in its upper half, and a colour below."""
    frame = np.full((height, width, 3), 60, np.uint8)
    for bit in range(BITS):
        frame[8 : height // 2, 8 + bit * BAR : 8 + (bit + 1) * BAR] = 220 if number >> bit & 1 else 30
    frame[height // 2 :] = [(number * 37) % 200 + 20, (number * 11) % 200 + 20, (number * 71) % 200 + 20]
    return frame


def number_of(frame: np.ndarray) -> int:
    """Return the number that a frame shows."""
    top = np.iinfo(frame.dtype).max
    bars = (frame[12:44, 12 + bit * BAR : 4 + (bit + 1) * BAR].mean() / top for bit in range(BITS))
    return sum((bar > 0.5) << bit for bit, bar in enumerate(bars))


def write_movie(
    path: Path,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    frames: Sequence[np.ndarray] | int = 40,
    rate: Fraction = FILM_RATE,
    options: dict[str, str] | None = None,
    times: Sequence[int] | None = None,
    prepare: Callable[[VideoStream], None] = lambda _: None,
) -> Path:
    """Write a movie; ``times`` are the frames' in ticks of 1/``rate``, and ``prepare`` gets the stream before all."""
    pictures = [numbered(number) for number in range(frames)] if isinstance(frames, int) else frames
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pixels
        stream.time_base = 1 / rate
        prepare(stream)
        for place, picture in enumerate(pictures):
            frame = VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pixels, dst_colorspace=BT709)
            frame.pts = place if times is None else times[place]
            frame.time_base = 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def spoil(path: Path, places: set[int], share: float = 0.0) -> Path:
    """Overwrite the packets of the frames at ``places`` with noise, but for the first ``share`` of each."""
    with av.open(str(path)) as container:
        packets = [(each.pts, each.pos, each.size) for each in container.demux(video=0) if each.pts is not None]
    data = bytearray(path.read_bytes())
    for place, (_, start, size) in enumerate(sorted(packets)):
        if place in places:
            begin = start + max(8, int(size * share))
            data[begin : start + size] = random.Random(place).randbytes(start + size - begin)
    path.write_bytes(data)
    return path
