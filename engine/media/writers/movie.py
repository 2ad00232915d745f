"""Writing movies frame by frame, with the source's rate, timecode, colour tags, pixel aspect and sound."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from fractions import Fraction
from math import lcm
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import av
import numpy as np
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.errors import UserError
from engine.files import atomic_path, writing
from engine.media.formats import FORMATS, FormatName
from engine.media.movie_sound import MovieSound
from engine.media.writers.animation import animation
from engine.media.writers.cineform import cineform
from engine.media.writers.encoding import Encoding
from engine.media.writers.ffv1 import ffv1
from engine.media.writers.h264 import h264
from engine.media.writers.h265 import h265
from engine.media.writers.prores import prores_422_hq, prores_4444
from engine.media.writers.slate import AlphaMode, Slate
from engine.media.writers.straight import in_mode
from engine.media.writers.vp9 import vp9

ENCODINGS: Mapping[FormatName, Callable[[Slate, bool], Encoding]] = {
    "prores4444": prores_4444,
    "prores422": prores_422_hq,
    "ffv1": ffv1,
    "cineform": cineform,
    "animation": animation,
    "vp9": vp9,
    "h264": h264,
    "h265": h265,
}
# Finer clocks than this do not go into every container; frames of a varying rate are then rounded to the usual one.
FINEST_CLOCK, USUAL_CLOCK = 1_000_000, 90_000
# Rows converted at a time, so that what lies between picture and samples stays in the processor's cache. Even, as
# chroma may be halved.
BAND = 64
# Of fewer frames, none can be stored before one that is shown earlier.
FEWEST_REORDERED = 3


def open_movie(
    path: Path,
    slate: Slate,
    name: FormatName,
    alpha: AlphaMode = "straight",
    has_alpha: bool = False,
    sound: Path | None = None,
    sound_start: Fraction = Fraction(0),
) -> "MovieWriter":
    """Return what writes a movie of the format ``name`` to ``path``; ``alpha`` says how, where it ``has_alpha``.

    ``sound`` is the movie whose sound is taken along, from ``sound_start`` on, in seconds after its first frame. Raises
    UserError where the format cannot hold alpha or frames of this size; ValueError where it is not one of movies, or
    the slate has no rate.
    """
    held = FORMATS[name]
    if has_alpha and held.alpha is None:
        raise UserError(f"{held.label} cannot hold alpha; choose ProRes 4444, or export the composite.")
    if name not in ENCODINGS or slate.rate is None:
        raise ValueError(f"there is no movie of {held.label} at the rate {slate.rate}")
    return MovieWriter(path, slate, name, alpha if has_alpha else None, sound, sound_start)


class MovieWriter:
    """Writes a movie frame by frame; a context manager, made by `open_movie`.

    The file takes its name when the block ends; where an error leaves the block, nothing is left of it.
    """

    def __init__(
        self,
        path: Path,
        slate: Slate,
        name: FormatName,
        alpha: AlphaMode | None,
        sound: Path | None,
        sound_start: Fraction,
    ) -> None:
        self._path, self._slate, self._alpha = path, slate, alpha
        self._label = FORMATS[name].label
        self._encoding = ENCODINGS[name](slate, alpha is not None)
        self._sound_from, self._sound_start = sound, sound_start
        self._clock = _clock(slate)
        self._written = 0
        self._durations: dict[int | None, int] = {}  # by time, both in ticks, of frames in the encoder

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            part = stack.enter_context(atomic_path(self._path))
            with writing(self._path):
                # Absolute: in another one, FFmpeg could take what is before a colon for a protocol.
                target = av.open(str(part.absolute()), "w", container_options={"movflags": "use_metadata_tags"})
                self._container = stack.enter_context(target)
            self._container.metadata.update(self._texts())
            self._stream = self._video_stream(self._container)
            self._sound = None
            if self._sound_from is not None:
                self._sound = MovieSound(self._sound_from, self._sound_start, self._container)
                stack.callback(self._sound.close)
            self._stack = stack.pop_all()
        return self

    def write(self, picture: np.ndarray) -> None:
        """Append a picture in display space, float32 in 0..1: RGB, or where the movie has alpha, straight RGBA.

        Raises UserError where it cannot be written, for instance for lack of room; ValueError for another shape.
        """
        width, height = self._slate.size
        if picture.shape != (height, width, 3 if self._alpha is None else 4):
            raise ValueError(f"the picture is of the shape {picture.shape}")
        frame = self._frame(picture if self._alpha is None else in_mode(picture, self._alpha))
        with writing(self._path):
            self._write_sound(self._time())
            self._container.mux(self._encoded(frame))
        self._written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            self._container.mux(self._encoded(None))
            self._write_sound(self._time())

    def _encoded(self, frame: VideoFrame | None) -> "list[Packet[VideoStream]]":
        """Return the packets that are ready when ``frame`` is given, all others for None, with the times that lack."""
        packets = self._stream.encode(frame)
        for packet in packets:
            packet.duration = self._durations.pop(packet.pts, 0)  # most encoders leave it out
            if frame is None and self._written < FEWEST_REORDERED:
                packet.dts = packet.pts  # x265 would take it from memory that nobody has filled
        return packets

    def _time(self) -> Fraction:
        """Return the seconds from the movie's beginning to the next frame's, or behind the last one, to the end."""
        return self._slate.time(self._written)

    def _write_sound(self, until: Fraction) -> None:
        if self._sound is not None:
            for packet in self._sound.packets_before(until):
                self._container.mux(packet)

    def _video_stream(self, container: OutputContainer) -> VideoStream:
        encoding = self._encoding
        added = container.add_stream(encoding.encoder, rate=self._slate.rate, options=dict(encoding.options))
        stream = cast(VideoStream, added)
        context = stream.codec_context
        context.width, context.height = self._slate.size
        context.pix_fmt = encoding.pixels
        context.time_base = stream.time_base = self._clock
        context.sample_aspect_ratio = self._slate.pixel_aspect
        context.color_primaries, context.color_trc = encoding.tags.primaries, encoding.tags.transfer
        context.colorspace, context.color_range = encoding.tags.matrix, encoding.tags.range
        context.thread_type = "AUTO"  # frames side by side, where the encoder can: meanwhile the next one is made
        if encoding.codec_tag:
            context.codec_tag = encoding.codec_tag
        if self._slate.timecode:
            stream.metadata["timecode"] = self._slate.timecode
        try:
            context.open()
        except FFmpegError as error:
            width, height = self._slate.size
            raise UserError(
                f"{self._label} cannot hold pictures of {width} × {height} pixels; choose another format."
            ) from error
        return stream

    def _texts(self) -> dict[str, str]:
        """Return what the file says in words, among it what it has no other place for.

        That is the pixel aspect in Matroska and WebM, as PyAV does not hand it to their muxer.
        """
        texts = {**self._slate.texts, "first_frame": str(self._slate.first)}
        if self._alpha is not None:
            texts["alpha"] = self._alpha
        if self._slate.pixel_aspect != 1:
            texts["pixel_aspect"] = str(self._slate.pixel_aspect)
        return texts

    def _frame(self, picture: np.ndarray) -> VideoFrame:
        tags = self._encoding.tags
        frame = VideoFrame(*self._slate.size, self._encoding.pixels)
        for top in range(0, len(picture), BAND):
            for plane, samples in zip(frame.planes, self._encoding.planes(picture[top : top + BAND]), strict=True):
                rows = np.frombuffer(memoryview(plane), samples.dtype).reshape(plane.height, -1)
                start = top * plane.height // len(picture)  # in halved chroma, half of ``top``
                rows[start : start + len(samples), : samples.shape[1]] = samples
        frame.color_primaries, frame.color_trc = tags.primaries, tags.transfer
        frame.colorspace, frame.color_range = tags.matrix, tags.range
        frame.pts, frame.time_base = round(self._time() / self._clock), self._clock
        self._durations[frame.pts] = round(self._slate.time(self._written + 1) / self._clock) - frame.pts
        return frame


def _clock(slate: Slate) -> Fraction:
    """Return the tick in which all frames' times are whole numbers, or nearly."""
    if slate.times is None:
        return 1 / cast(Fraction, slate.rate)
    ticks = lcm(*(time.denominator for time in slate.times))
    return Fraction(1, ticks if ticks <= FINEST_CLOCK else USUAL_CLOCK)
