"""A movie's sound, cut to a range of its frames, for another movie."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from engine.media.movie_file import MovieFile
from engine.media.movie_index import read_index

# What every .mov, .mp4 and .mkv holds, beside uncompressed sound; the rest becomes PCM.
COPIED = ("aac", "mp3", "ac3", "eac3", "alac")
PCM = "pcm_s16le"
# What WebM holds; the rest becomes Opus, which knows but few rates.
WEBM, COPIED_TO_WEBM = "webm", ("opus", "vorbis")
OPUS, OPUS_HERTZ = "libopus", 48_000
# These cannot begin amid a block of sound: they would show all later instead.
WITHOUT_EDITS = ("matroska", WEBM)


class MovieSound:
    """The sound tracks of a movie from ``start`` on, in seconds after its first frame; for one target container.

    To be made before the target gets its first packet. A movie without sound yields nothing.
    """

    def __init__(self, path: Path, start: Fraction, target: OutputContainer) -> None:
        self._file = MovieFile(path)
        pictures = self._file.stream
        shown = read_index(self._file.container, pictures).pts
        begin = (shown[0] if shown else 0) * (pictures.time_base or Fraction(0)) + start
        self._file.reopen()
        self._sources = [each for each in self._file.container.streams.audio if each.codec_context is not None]
        self._tracks = {each.index: _copied_or_converted(each, begin, target) for each in self._sources}
        self._packets = self._cut()
        self._next = next(self._packets, None)

    def packets_before(self, time: Fraction) -> "Iterator[Packet[AudioStream]]":
        """Yield the packets that begin before a time in seconds from the start, as far as they were not yielded yet."""
        while self._next is not None and _time(self._next) < time:
            yield self._next
            self._next = next(self._packets, None)

    def close(self) -> None:
        """Release the movie."""
        self._file.container.close()

    def _cut(self) -> "Iterator[Packet[AudioStream]]":
        if not self._sources:
            return  # demuxing no stream would be demuxing all
        for packet in self._file.container.demux(*self._sources):
            if packet.stream_index in self._tracks:  # at the end, the other streams get an empty packet, too
                yield from self._tracks[packet.stream_index].taken(cast("Packet[AudioStream]", packet))


class _Copied:
    """A track whose packets are taken over as they are, but for their times."""

    def __init__(self, source: AudioStream, start: Fraction, target: OutputContainer) -> None:
        self._target = target.add_stream_from_template(source)
        self._shift = round(start / (source.time_base or 1))
        # Codecs that overlap their blocks need the one before the first one heard, too.
        needed = 1 if source.codec_context.name.startswith("pcm") else 2
        self._early_blocks = 0 if target.format.name in WITHOUT_EDITS else needed

    def taken(self, packet: "Packet[AudioStream]") -> "list[Packet[AudioStream]]":
        if packet.pts is None:
            return []
        if packet.pts < self._shift and packet.pts + self._early_blocks * (packet.duration or 0) <= self._shift:
            return []
        packet.pts -= self._shift
        packet.dts = packet.pts
        packet.stream = self._target
        return [packet]


class _Converted:
    """A track that is decoded, and kept without compression, in WebM as Opus."""

    def __init__(self, source: AudioStream, start: Fraction, target: OutputContainer) -> None:
        codec, rate = (OPUS, OPUS_HERTZ) if target.format.name == WEBM else (PCM, source.rate)
        self._target = cast(AudioStream, target.add_stream(codec, rate=rate, layout=source.layout.name))
        self._resampler = AudioResampler("s16", source.layout.name, rate)
        self._start = start
        self._may_be_early = target.format.name not in WITHOUT_EDITS

    def taken(self, packet: "Packet[AudioStream]") -> "list[Packet[AudioStream]]":
        encoded: list[Packet[AudioStream]] = []
        for decoded in packet.decode():
            for frame in self._resampler.resample(decoded):
                tick = frame.time_base or Fraction(1, frame.sample_rate)
                frame.pts = (frame.pts or 0) - round(self._start / tick)
                end = frame.pts * tick + Fraction(frame.samples, frame.sample_rate)
                if frame.pts >= 0 or (self._may_be_early and end > 0):
                    encoded += self._target.encode(frame)
        return encoded if packet.size else encoded + self._target.encode()  # the empty packet is the last one


def _copied_or_converted(source: AudioStream, start: Fraction, target: OutputContainer) -> _Copied | _Converted:
    codec = source.codec_context.codec.canonical_name
    if target.format.name == WEBM:
        held = codec in COPIED_TO_WEBM
    else:
        held = codec in COPIED or (codec.startswith("pcm") and codec in target.supported_codecs)
    return (_Copied if held else _Converted)(source, start, target)


def _time(packet: "Packet[AudioStream]") -> Fraction:
    return (packet.pts or 0) * (packet.time_base or Fraction(0))
