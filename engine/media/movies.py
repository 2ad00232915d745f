"""Movies, read frame by frame in any order (PyAV, which is FFmpeg's libraries)."""

from collections import OrderedDict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from av.error import FFmpegError
from av.video.frame import PictureType, VideoFrame

from engine.errors import UserError
from engine.media.clip_info import ClipInfo
from engine.media.movie_file import MovieFile
from engine.media.movie_frames import colour_tags, orientation, picture, sample_bits
from engine.media.movie_index import read_index
from engine.media.raster import upright

# Decoded frames are kept up to this, for readers that go backwards, or back and forth between neighbours.
RECENT_BYTES = 64 << 20
PREDICTED = (PictureType.P, PictureType.B)
# Going on to a frame is cheaper than winding to its keyframe, up to this many packets before that.
SHORT_WAY = 8


class MovieClip:
    """A clip that is a movie, see `engine.media.clips.Clip`."""

    def __init__(self, path: Path) -> None:
        self._file = MovieFile(path)
        self._recent: OrderedDict[int, VideoFrame] = OrderedDict()
        self._lost: set[int] = set()
        self._suspect: set[int] = set()
        try:
            self._index = read_index(self._file.container, self._file.stream)
            if not self._index.pts:
                raise UserError(f"{path} holds no frames that can be found; get it again or convert it to .mov.")
            self._decoder: Iterator[tuple[int, VideoFrame]] = iter(())
            self._is_clean = True  # whether decoding began at a picture of its own
            self._fed, self._last = (
                0,
                len(self._index.pts),
            )  # the packet decoded last, and the place of the frame out last
            self._room = 2
            first = self._frame(0)
            self._room += RECENT_BYTES // sum(plane.buffer_size for plane in first.planes)
            self._info = self._described(first)
        except BaseException:
            self.close()
            raise

    @property
    def info(self) -> ClipInfo:
        """The movie's properties."""
        return self._info

    @property
    def damaged(self) -> tuple[int, ...]:
        """The places of lost frames, and of those up to the next keyframe, which may show traces of the loss."""
        return tuple(sorted(self._lost | self._suspect))

    def read(self, index: int) -> np.ndarray:
        """Return a frame, see `Clip.read`."""
        if not 0 <= index < self._info.frames:
            raise IndexError(index)
        frame = self._frame(index)
        rgb = upright(picture(frame, self._info.codec), orientation(frame))
        height, width = rgb.shape[:2]
        if (width, height) != (self._info.width, self._info.height):
            raise UserError(
                f"Frame {self._info.number(index)} of {self._file.path} is {width} × {height} pixels and the first one "
                f"{self._info.width} × {self._info.height}; convert it to one size first."
            )
        return rgb

    def close(self) -> None:
        """Release the file."""
        self._file.container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _described(self, first: VideoFrame) -> ClipInfo:
        stream = self._file.stream
        lies = orientation(first) >= 5  # turned by a quarter
        width, height = (first.height, first.width) if lies else (first.width, first.height)
        aspect = stream.sample_aspect_ratio or Fraction(1)
        rate, times = self._index.rate_and_times(stream)
        return ClipInfo(
            path=self._file.path,
            width=width,
            height=height,
            frames=len(self._index.pts),
            rate=rate,
            bits=8 if sample_bits(first) <= 8 else 16,
            pixel_aspect=1 / aspect if lies else aspect,
            timecode=self._file.timecode,
            colour=colour_tags(first),
            has_audio=bool(self._file.container.streams.audio),
            times=times,
            codec=stream.codec_context.codec.canonical_name,
        )

    def _frame(self, place: int) -> VideoFrame:
        """Return a decoded frame; of a lost one, the nearest before it, or at the beginning, after it."""
        for nearest in (*range(place, -1, -1), *range(place + 1, len(self._index.pts))):
            if nearest in self._lost:
                continue
            frame = self._recent.get(nearest)
            if frame is None:
                frame = self._decoded(nearest)
            if frame is not None:
                return frame
        raise UserError(f"No frame of {self._file.path} can be decoded; get it again or convert it to another kind.")

    def _decoded(self, place: int) -> VideoFrame | None:
        """Decode up to a frame and return it; None where it is lost, which is noted."""
        start = self._index.start(place)
        if self._last < place and start <= self._fed + SHORT_WAY:
            frame, _ = self._search(place)
            if frame is not None:
                return frame
        self._wind(start)
        frame, after = self._search(place)
        if frame is not None and self._is_clean:
            return frame
        # Some keyframes only begin a gradual refresh: what comes out before its end is wrong, or missing.
        self._recent.clear()
        while start > 0:
            start = self._index.earlier_start(start)
            self._wind(start)
            frame, after_again = self._search(place)
            if frame is not None:
                return frame
            after = min(after, after_again)
            if self._is_clean:
                break
        self._note_loss(range(place, after))
        return None

    def _search(self, place: int) -> tuple[VideoFrame | None, int]:
        """Go on decoding; return the frame, or None, and the place of the next one that came out."""
        try:
            for found, frame in self._decoder:
                self._last = found
                self._keep(found, frame)
                if found >= place:
                    return (frame if found == place else None), found
        except FFmpegError:
            # Frames decoded side by side were lost with the broken one: do the same again one by one.
            self._file.frame_threads = False
            self._file.reopen()
            self._wind(self._index.start(place))
            return self._search(place)
        self._last = len(self._index.pts)
        return None, self._last

    def _keep(self, place: int, frame: VideoFrame) -> None:
        self._recent[place] = frame
        self._recent.move_to_end(place)
        if len(self._recent) > self._room:
            self._recent.popitem(last=False)

    def _note_loss(self, places: range) -> None:
        self._lost.update(places)
        for place in places:
            self._suspect |= self._index.dependents(place)

    def _wind(self, start: int) -> None:
        self._decoder = self._decoding(start)
        self._fed, self._last = start, -1
        key = self._index.place(self._index.order[start][0])
        self._is_clean = key is None or start == 0

    def _decoding(self, start: int) -> Iterator[tuple[int, VideoFrame]]:
        """Yield the sound frames and their places, decoded from the packet at ``start`` on."""
        key = self._index.place(self._index.order[start][0])
        for position, packet in self._file.packets(self._index, start):
            self._fed = position
            try:
                frames = packet.decode()
            except FFmpegError:
                if self._file.frame_threads:
                    raise
                continue
            for frame in frames:
                place = self._index.place(frame.pts)
                if place is None or frame.is_corrupt:
                    continue
                if key is not None and place >= key:  # the first one after those shown before the keyframe
                    self._is_clean |= place == key and frame.pict_type not in PREDICTED
                    key = None
                yield place, frame
