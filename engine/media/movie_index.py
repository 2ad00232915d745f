"""Where a movie's frames are: found once, by reading its packets without decoding them."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

FALLBACK_RATE = Fraction(24)


@dataclass(frozen=True)
class MovieIndex:
    """The packets of a video stream in the order of decoding.

    ``order`` holds their (pts, dts), ``keys`` the positions in it of the keyframes, ``pts`` the shown ones in the order
    of showing: a frame's *place* is its index there.
    """

    order: tuple[tuple[int, int | None], ...]
    keys: tuple[int, ...]
    pts: tuple[int, ...]

    def place(self, pts: int | None) -> int | None:
        """Return the place of the frame with that time, or None where none has."""
        return None if pts is None else self._places.get(pts)

    def position(self, packet: "Packet[VideoStream]") -> int:
        """Return a packet's position in the order of decoding; -1 for one that is not listed."""
        return -1 if packet.pts is None else self._positions.get((packet.pts, packet.dts), -1)

    def start(self, place: int) -> int:
        """Return the position of the keyframe that decoding must start from to get the frame at ``place``.

        A keyframe shown later than the frame does not serve: in an open group of pictures the frames decoded after
        it, but shown before, also need the group before.
        """
        pts = self.pts[place]
        before = bisect_right(self.keys, self._decoding[pts])
        return next((key for key in reversed(self.keys[:before]) if self.order[key][0] <= pts), 0)

    def packets_from(
        self, container: InputContainer, stream: VideoStream, start: int
    ) -> "Iterator[Packet[VideoStream]]":
        """Yield the packets from the position ``start`` on, and at the end the empty one that drains the decoder."""
        earlier = [key for key in self.keys if key <= start][-3:]
        for target in reversed([0, *earlier]):
            container.seek(self.order[target][0], stream=stream)
            packets = container.demux(stream)
            first = next(packets)
            if self.position(first) <= start:
                break
        if self.position(first) >= start:
            yield first
        for packet in packets:
            if packet.dts is None or self.position(packet) >= start:
                yield packet

    def rate_and_times(self, stream: VideoStream) -> tuple[Fraction, tuple[Fraction, ...] | None]:
        """Return the frame rate, and where that varies, its mean and the frames' times in seconds from the first."""
        tick = stream.time_base or Fraction(1, 90_000)
        elapsed = [pts - self.pts[0] for pts in self.pts]
        candidates = [rate for rate in (stream.guessed_rate, stream.average_rate) if rate]
        for rate in candidates:
            if all(abs(ticks * tick - index / rate) <= tick for index, ticks in enumerate(elapsed)):
                return rate, None
        if len(elapsed) == 1:
            return FALLBACK_RATE, None
        return (len(elapsed) - 1) / (elapsed[-1] * tick), tuple(ticks * tick for ticks in elapsed)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {pts: place for place, pts in enumerate(self.pts)}

    @cached_property
    def _positions(self) -> dict[tuple[int, int | None], int]:
        return {times: position for position, times in enumerate(self.order)}

    @cached_property
    def _decoding(self) -> dict[int, int]:
        return {pts: position for position, (pts, _) in enumerate(self.order)}


def read_index(container: InputContainer, stream: VideoStream) -> MovieIndex:
    """Return the index of a stream of a container that has just been opened."""
    order: list[tuple[int, int | None]] = []
    keys = []
    shown = set()
    for packet in container.demux(stream):
        if packet.pts is None:
            continue
        if packet.is_keyframe:
            keys.append(len(order))
        order.append((packet.pts, packet.dts))
        if not packet.is_discard:
            shown.add(packet.pts)
    return MovieIndex(tuple(order), tuple(keys), tuple(sorted(shown)))
