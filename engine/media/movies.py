"""Movies, read frame by frame in any order (PyAV, which is FFmpeg's libraries)."""

from collections import OrderedDict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.errors import UserError
from engine.files import open_to_read
from engine.media.clip_info import ClipInfo
from engine.media.movie_frames import colour_tags, orientation, picture, sample_bits
from engine.media.movie_index import MovieIndex, read_index
from engine.media.raster import upright

SUFFIXES = (".mov", ".mp4", ".m4v", ".mkv", ".webm", ".avi", ".mxf", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".gif")
# Only real containers: FFmpeg would also take texts and playlists for movies, and open what they name.
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mxf,mpeg,mpegts,mpegtsraw,gif,flv,ogg,asf,ivf,yuv4mpegpipe,nut"
# Decoded frames kept, for readers that go back and forth between neighbours.
RECENT = 8
# Going on to a frame is cheaper than seeking to its keyframe, up to this many packets before that.
SHORT_WAY = 8


class MovieClip:
    """A clip that is a movie, see `engine.media.clips.Clip`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._recent: OrderedDict[int, VideoFrame] = OrderedDict()
        self._damaged: set[int] = set()
        self._careful = False
        self._open()
        try:
            self._index = self._checked_index()
            self._decoded: Iterator[tuple[int, VideoFrame]] = iter(())
            self._fed, self._last = 0, len(self._index.pts)
            self.info = self._described(self._frame(0))
        except BaseException:
            self.close()
            raise

    @property
    def damaged(self) -> tuple[int, ...]:
        """The places of the frames read so far that could not be decoded."""
        return tuple(sorted(self._damaged))

    def read(self, index: int) -> np.ndarray:
        """Return a frame, see `Clip.read`."""
        if not 0 <= index < self.info.frames:
            raise IndexError(index)
        frame = self._frame(index)
        return upright(picture(frame, self._stream.codec_context.name), orientation(frame))

    def close(self) -> None:
        """Release the file."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> None:
        self._container, self._stream = open_movie(self._path)
        # Decoding frames side by side is fast, but an error in one loses others; so after an error, it is left.
        self._stream.thread_type = "SLICE" if self._careful else "AUTO"

    def _checked_index(self) -> MovieIndex:
        index = read_index(self._container, self._stream)
        if not index.pts:
            raise UserError(f"{self._path} holds no frames that can be found; get it again or convert it to .mov.")
        return index

    def _described(self, first: VideoFrame) -> ClipInfo:
        turned = orientation(first)
        width, height = (first.height, first.width) if turned >= 5 else (first.width, first.height)
        aspect = self._stream.sample_aspect_ratio or Fraction(1)
        rate, times = self._index.rate_and_times(self._stream)
        return ClipInfo(
            path=self._path,
            width=width,
            height=height,
            frames=len(self._index.pts),
            rate=rate,
            bits=8 if sample_bits(first) <= 8 else 16,
            pixel_aspect=1 / aspect if turned >= 5 else aspect,
            timecode=_timecode(self._container, self._stream),
            colour=colour_tags(first),
            has_audio=bool(self._container.streams.audio),
            times=times,
            codec=self._stream.codec_context.name,
        )

    def _frame(self, index: int) -> VideoFrame:
        """Return a decoded frame, or the nearest before it that can be decoded."""
        for place in (*range(index, -1, -1), *range(index + 1, len(self._index.pts))):
            if place not in self._damaged:
                frame = self._recent.get(place) or self._decode(place)
                if frame is not None:
                    return frame
                self._damaged.add(place)
        raise UserError(f"No frame of {self._path} can be decoded; get it again or convert it to another kind.")

    def _decode(self, index: int) -> VideoFrame | None:
        """Return the frame at ``index``, or None where it does not come out of the decoder."""
        start = self._index.start(index)
        if not (self._last < index and start <= self._fed + SHORT_WAY):
            self._decoded = self._from(start)
            self._last = -1
        for place, frame in self._decoded:
            self._last = place
            self._recent[place] = frame
            if len(self._recent) > RECENT:
                self._recent.popitem(last=False)
            if place >= index:
                return frame if place == index else None
        return None

    def _from(self, start: int) -> Iterator[tuple[int, VideoFrame]]:
        """Yield the decoded frames and their places, from the packet ``start`` on."""
        for packet in self._index.packets_from(self._container, self._stream, start):
            self._fed = self._index.position(packet) if packet.dts is not None else len(self._index.order)
            for frame in packet.decode():
                place = self._index.place(frame.pts)
                if place is not None:
                    yield place, frame


def is_movie(path: Path) -> bool:
    """Return whether a file's ending is that of a movie."""
    return path.suffix.lower() in SUFFIXES


def open_movie(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open a movie and its video stream; raises UserError for what is none, or has no decoder."""
    open_to_read(path).close()
    try:
        container = av.open(str(path), options={"format_whitelist": CONTAINERS, "fflags": "genpts"})
    except av.error.FFmpegError as error:
        raise UserError(f"{path} is no movie that can be read; use a .mov, .mp4, .mkv, .webm or .avi file.") from error
    streams = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    if not streams:
        container.close()
        raise UserError(f"{path} has no pictures in it; choose a movie with a video track.")
    return container, streams[0]


def _timecode(container: InputContainer, stream: VideoStream) -> str:
    tagged = (stream.metadata, *(data.metadata for data in container.streams.data), container.metadata)
    return next((tags["timecode"] for tags in tagged if "timecode" in tags), "")
