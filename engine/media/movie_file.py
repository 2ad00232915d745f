"""A movie's file: opened, refused in words, and read from any packet on."""

from collections.abc import Iterator
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from engine.errors import UserError
from engine.files import open_to_read
from engine.media.movie_index import MovieIndex

SUFFIXES = (
    *(".mov", ".mp4", ".m4v", ".mkv", ".webm", ".avi", ".mxf", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".gif"),
    *(".3gp", ".flv", ".ogv", ".wmv"),
)
# Only real containers: FFmpeg would also take texts and playlists for movies, and open whatever files they name.
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mxf,mpeg,mpegts,gif,flv,ogg,asf,ivf,nut"
# The containers that find a keyframe by its time, exactly or too early. The others are read from their beginning.
WOUND_BY_TIME = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi")


def is_movie(path: Path) -> bool:
    """Return whether a file's ending is that of a movie."""
    return path.suffix.lower() in SUFFIXES


class MovieFile:
    """An open movie; ``container`` and ``stream`` are replaced when it is opened anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.frame_threads = True
        open_to_read(path).close()  # says in words what the system refuses
        self.container, self.stream = self._opened()

    def reopen(self) -> None:
        """Open the file again, at its beginning."""
        self.container.close()
        self.container, self.stream = self._opened()

    def packets(self, index: MovieIndex, start: int) -> "Iterator[tuple[int, Packet[VideoStream]]]":
        """Yield the packets from the position ``start`` on, with their positions, for an empty decoder."""
        pts, dts = index.order[start]
        if self.container.format.name in WOUND_BY_TIME:
            # Containers differ in which of its two times finds a packet; the lower one leads to it, or before it.
            self.container.seek(pts if dts is None else min(pts, dts), stream=self.stream)
        else:
            self.reopen()
        packets = index.with_positions(self.container.demux(self.stream))
        first = next(packets, None)
        if first is None or first[0] > start:
            self.reopen()
            packets = index.with_positions(self.container.demux(self.stream))
        elif first[0] == start:
            yield first
        yield from (each for each in packets if each[0] >= start)

    @property
    def timecode(self) -> str:
        """The timecode of the first frame as the file writes it; "" where it has none."""
        data = (stream.metadata for stream in self.container.streams.data)
        tagged = (self.stream.metadata, *data, self.container.metadata)
        found = (text for tags in tagged for name, text in tags.items() if name.lower() == "timecode")
        return next(found, "")  # Matroska writes names in capitals

    def _opened(self) -> tuple[InputContainer, VideoStream]:
        try:
            container = av.open(str(self.path), options={"format_whitelist": CONTAINERS, "fflags": "genpts"})
        except av.error.FFmpegError as error:
            raise UserError(
                f"{self.path} is no movie that can be read; use a .mov, .mp4, .mkv, .webm or .avi file."
            ) from error
        try:
            return container, self._stream_of(container)
        except BaseException:
            container.close()
            raise

    def _stream_of(self, container: InputContainer) -> VideoStream:
        streams = [each for each in container.streams.video if not each.disposition & Disposition.attached_pic]
        if not streams:
            raise UserError(f"{self.path} has no pictures in it; choose a movie with a video track.")
        stream = streams[0]
        if stream.codec_context is None:
            raise UserError(f"{self.path} is in a codec that cannot be read; convert it to ProRes or H.264 first.")
        if container.format.name == "avi" and stream.codec_context.name in ("h264", "hevc") and _reorders(stream):
            raise UserError(f"{self.path} does not tell the order of its frames; convert it to .mov or .mkv first.")
        # Decoding frames side by side is fast, but an error in one of them loses others.
        stream.thread_type = "AUTO" if self.frame_threads else "SLICE"
        return stream


def _reorders(stream: VideoStream) -> bool:
    return bool(stream.codec_context.has_b_frames)
