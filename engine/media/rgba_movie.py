"""Movies with alpha, read in order from any frame on."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
from av.codec.codec import UnknownCodecError
from av.codec.context import CodecContext
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from engine.colour import from_uint
from engine.compositing import unpremultiply
from engine.errors import UserError
from engine.media.clip_info import UNSPECIFIED, UNSPECIFIED_RANGE
from engine.media.movie_file import MovieFile
from engine.media.movie_frames import alpha_plane, orientation, picture, sample_bits
from engine.media.movie_index import read_index
from engine.media.raster import upright
from engine.media.rgba_info import RgbaInfo
from engine.media.writers.slate import AlphaMode

# FFmpeg's own decoders leave out the alpha of these, which travels beside the packets.
ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
LOSSLESS = ("ffv1", "qtrle", "png", "rawvideo", "huffyuv", "ffvhuff", "utvideo", "magicyuv")


class RgbaMovie:
    """A movie with alpha, see `engine.media.rgba_frames.RgbaFrames`."""

    def __init__(self, path: Path, alpha: AlphaMode | None = None) -> None:
        self._file, self._alpha = MovieFile(path), alpha
        try:
            stream = self._file.stream
            self._index = read_index(self._file.container, stream)
            self._codec = stream.codec_context.codec.canonical_name
            # Read now: decoding puts the frames' own tags, which may say nothing, in their place.
            self._colorspace, self._range = stream.codec_context.colorspace, stream.codec_context.color_range
            self._has_side_alpha = self._codec in ALPHA_DECODERS and stream.metadata.get("alpha_mode") == "1"
            self._info = self._described()
        except BaseException:
            self.close()
            raise

    @property
    def info(self) -> RgbaInfo:
        """The movie's properties."""
        return self._info

    def frames(self, start: int = 0) -> Iterator[np.ndarray]:
        """Yield the frames from a place on, see `RgbaFrames.frames`."""
        place = start
        decoded = self._decoded(start)
        while place < self._info.frames:
            found, frame = self._next(decoded, place)
            if found != place:
                raise self._lost(place)
            yield self._rgba(frame)
            place += 1

    def close(self) -> None:
        """Release the file."""
        self._file.container.close()

    def _described(self) -> RgbaInfo:
        if not self._index.pts:
            raise UserError(f"{self._file.path} holds no frames that can be found; render it again.")
        _, first = self._next(self._decoded(0), 0)
        if alpha_plane(first) is None:
            raise UserError(
                f"{self._file.path} has no alpha; render it with alpha, for instance as ProRes 4444 (RGB + alpha)."
            )
        lies = orientation(first) >= 5  # turned by a quarter
        width, height = (first.height, first.width) if lies else (first.width, first.height)
        rate, _ = self._index.rate_and_times(self._file.stream)
        return RgbaInfo(
            path=self._file.path,
            width=width,
            height=height,
            frames=len(self._index.pts),
            bits=sample_bits(first),
            is_exact=self._codec in LOSSLESS and not first.format.name.startswith("yuv"),
            rate=rate,
            timecode=self._file.timecode,
        )

    def _next(self, decoded: Iterator[tuple[int, VideoFrame]], place: int) -> tuple[int, VideoFrame]:
        try:
            found = next(decoded, None)
        except FFmpegError as error:
            raise self._lost(place) from error
        if found is None:
            raise self._lost(place)
        return found

    def _lost(self, place: int) -> UserError:
        return UserError(
            f"Frame {place + 1} of the {len(self._index.pts)} in {self._file.path} cannot be decoded; render it again."
        )

    def _decoded(self, start: int) -> Iterator[tuple[int, VideoFrame]]:
        """Yield the frames from the place ``start`` on, with their places."""
        decoder = self._side_alpha_decoder() if self._has_side_alpha else None
        for _, packet in self._file.packets(self._index, self._index.start(start)):
            for frame in packet.decode() if decoder is None else decoder.decode(packet):
                place = self._index.place(frame.pts)
                if place is not None and place >= start and not frame.is_corrupt:
                    yield place, frame

    def _side_alpha_decoder(self) -> VideoCodecContext:
        name = ALPHA_DECODERS[self._codec]
        try:
            return cast(VideoCodecContext, CodecContext.create(name, "r"))
        except UnknownCodecError as error:
            raise UserError(
                f"The alpha of {self._file.path} cannot be read without {name}; convert it to ProRes 4444 first."
            ) from error

    def _rgba(self, frame: VideoFrame) -> np.ndarray:
        if frame.colorspace == UNSPECIFIED:
            frame.colorspace = self._colorspace
        if frame.color_range == UNSPECIFIED_RANGE:
            frame.color_range = self._range
        alpha = alpha_plane(frame)
        if alpha is None:
            raise UserError(f"Some frames of {self._file.path} have no alpha; render it again.")
        rgba = upright(from_uint(np.dstack([picture(frame, self._codec), alpha])), orientation(frame))
        return unpremultiply(rgba) if self._alpha == "premultiplied" else rgba
