"""Writing movies of composites, with the source's rate, timecode, colour tags, pixel aspect and sound."""

from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, cast

import av
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.files import atomic_path, writing
from engine.media.clip_info import FULL_RANGE, LIMITED_RANGE, UNSPECIFIED, ClipInfo, ColourTags
from engine.media.movie_sound import MovieSound
from engine.media.timecode import advanced
from engine.media.yuv import LUMA_WEIGHTS, encoded_planes

MovieCodec = Literal["prores_422_hq", "h264"]

BT709 = 1
# Finer clocks than this do not go into every container; frames of a varying rate are then rounded to the usual one.
FINEST_CLOCK, USUAL_CLOCK = 1_000_000, 90_000


@dataclass(frozen=True)
class Encoding:
    """An encoder, its options, and how it holds a pixel; ``odd_pixels`` where a side is odd."""

    encoder: str
    pixels: str
    odd_pixels: str
    bits: int
    may_be_full_range: bool
    options: dict[str, str]


ENCODINGS: dict[MovieCodec, Encoding] = {
    "prores_422_hq": Encoding("prores_ks", "yuv422p10le", "yuv422p10le", 10, False, {"profile": "3", "vendor": "apl0"}),
    "h264": Encoding("libx264", "yuv420p", "yuv444p", 8, True, {"crf": "14", "preset": "medium"}),
}


class MovieWriter:
    """Writes a movie frame by frame; a context manager.

    The file takes its name when the block ends; where an error leaves the block, nothing is left of it. Use ``.mov``,
    for H.264 also ``.mp4``.
    """

    def __init__(
        self,
        path: Path,
        info: ClipInfo,
        codec: MovieCodec = "prores_422_hq",
        audio_from: Path | None = None,
        first: int = 0,
    ) -> None:
        """Prepare a movie of the clip's size and properties, whose first frame is the clip's at the place ``first``.

        ``audio_from`` is the movie whose sound is taken along, from that frame's time on. What is not tagged in the
        clip is taken and tagged as BT.709.
        """
        self._path = path
        self._info = info
        self._encoding = ENCODINGS[codec]
        self._audio_from = audio_from
        self._first = first
        self._written = 0
        self._tags = written_tags(info.colour, self._encoding.may_be_full_range)
        self._clock = _clock(info)
        odd = info.width % 2 or info.height % 2
        self._pixels = self._encoding.odd_pixels if odd else self._encoding.pixels

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            part = stack.enter_context(atomic_path(self._path))
            with writing(self._path):
                self._container = stack.enter_context(av.open(str(part), "w"))
            self._stream = self._video_stream(self._container)
            self._sound = None
            if self._audio_from is not None:
                self._sound = MovieSound(self._audio_from, self._info.time(self._first), self._container)
                stack.callback(self._sound.close)
            self._stack = stack.pop_all()
        return self

    def write(self, frame: np.ndarray) -> None:
        """Append a frame (H, W, 3) of display RGB: float32 in 0..1, or uint8 or uint16 over their whole range.

        Raises UserError where it cannot be written, for instance for lack of room.
        """
        if frame.shape != (self._info.height, self._info.width, 3):
            raise ValueError(f"the frame is of the shape {frame.shape}")
        picture = self._encodable(frame)
        picture.pts = round(self._time() / self._clock)
        picture.time_base = self._clock
        with writing(self._path):
            self._write_sound(self._time())
            self._container.mux(self._stream.encode(picture))
        self._written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            self._container.mux(self._stream.encode())
            self._write_sound(self._time())

    def _time(self) -> Fraction:
        """Return the seconds from the movie's beginning to the next frame's, or behind the last one, to the end."""
        place = self._first + self._written
        until = self._info.time(place) if place < self._info.frames else self._info.duration
        return until - self._info.time(self._first)

    def _write_sound(self, until: Fraction) -> None:
        if self._sound is not None:
            for packet in self._sound.packets_before(until):
                self._container.mux(packet)

    def _video_stream(self, container: OutputContainer) -> VideoStream:
        added = container.add_stream(self._encoding.encoder, rate=self._info.rate, options=self._encoding.options)
        stream = cast(VideoStream, added)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = self._info.width, self._info.height, self._pixels
        context.time_base = stream.time_base = self._clock
        context.sample_aspect_ratio = self._info.pixel_aspect
        context.color_primaries, context.color_trc = self._tags.primaries, self._tags.transfer
        context.colorspace, context.color_range = self._tags.matrix, self._tags.range
        timecode = advanced(self._info.timecode, self._first, self._info.rate)
        if timecode:
            stream.metadata["timecode"] = timecode
        return stream

    def _encodable(self, frame: np.ndarray) -> VideoFrame:
        picture = VideoFrame(self._info.width, self._info.height, self._pixels)
        subsampled = picture.format.chroma_width(2) < 2, picture.format.chroma_height(2) < 2
        full_range = self._tags.range == FULL_RANGE
        samples = encoded_planes(frame, self._tags.matrix, self._encoding.bits, full_range, *subsampled)
        for plane, values in zip(picture.planes, samples, strict=True):
            rows = np.frombuffer(memoryview(plane), values.dtype).reshape(plane.height, -1)
            rows[:, : plane.width] = values
        picture.color_primaries, picture.color_trc = self._tags.primaries, self._tags.transfer
        picture.colorspace, picture.color_range = self._tags.matrix, self._tags.range
        return picture


def written_tags(source: ColourTags, may_be_full_range: bool) -> ColourTags:
    """Return the tags of a movie made from a clip: its own, BT.709 and limited range for what it does not name."""
    return ColourTags(
        BT709 if source.primaries == UNSPECIFIED else source.primaries,
        BT709 if source.transfer == UNSPECIFIED else source.transfer,
        source.matrix if source.matrix in LUMA_WEIGHTS else BT709,
        FULL_RANGE if may_be_full_range and source.range == FULL_RANGE else LIMITED_RANGE,
    )


def _clock(info: ClipInfo) -> Fraction:
    """Return the tick in which all frames' times are whole numbers, or nearly."""
    if info.times is None:
        return 1 / info.rate
    ticks = lcm(*(time.denominator for time in info.times))
    return Fraction(1, ticks if ticks <= FINEST_CLOCK else USUAL_CLOCK)
