"""Where a movie's frames are: found once, by reading its packets without decoding them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from av.container import InputContainer
from av.error import FFmpegError
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

    def with_positions(self, packets: "Iterable[Packet[VideoStream]]") -> "Iterator[tuple[int, Packet[VideoStream]]]":
        """Yield packets with their positions in the order of decoding; the empty one that drains the decoder last.

        What is not listed is left out. Reading errors end it.
        """
        with suppress(FFmpegError):
            for packet in packets:
                end = None if packet.size else len(self.order)
                position = end if packet.pts is None else self._positions.get((packet.pts, packet.dts))
                if position is not None:
                    yield position, packet

    def start(self, place: int) -> int:
        """Return the position of the keyframe that decoding must start from to get the frame at ``place``.

        A keyframe shown later than the frame does not serve: in an open group of pictures the frames decoded after
        it, but shown before, also need the group before.
        """
        pts = self.pts[place]
        before = self.keys[: bisect_right(self.keys, self._decoding[pts])]
        return next((key for key in reversed(before) if self.order[key][0] <= pts), 0)

    def earlier_start(self, start: int) -> int:
        """Return the position of the keyframe before the one at ``start``; the beginning where there is none."""
        before = self.keys[: bisect_right(self.keys, start - 1)]
        return before[-1] if before else 0

    def dependents(self, place: int) -> set[int]:
        """Return the places of the frames that may be predicted from the one at ``place``, itself among them."""
        position = self._decoding[self.pts[place]]
        after = self.keys[bisect_right(self.keys, position) :]
        group = self.order[position : after[0] if after else None]
        return {self._places[pts] for pts, _ in group if pts in self._places}

    def rate_and_times(self, stream: VideoStream) -> tuple[Fraction, tuple[Fraction, ...] | None]:
        """Return the frame rate; and where that varies, its mean, and the frames' times in seconds from the first."""
        tick = stream.time_base or Fraction(1, 90_000)
        elapsed = [pts - self.pts[0] for pts in self.pts]
        for rate in (stream.guessed_rate, stream.average_rate):
            # Containers round times to their ticks: Matroska's are milliseconds.
            if rate and all(abs(ticks * tick - index / rate) <= tick for index, ticks in enumerate(elapsed)):
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
    """Return the index of a stream whose container has just been opened; what cannot be read ends it."""
    order: list[tuple[int, int | None]] = []
    keys = []
    shown = set()
    with suppress(FFmpegError):
        for packet in container.demux(stream):
            if packet.pts is None:
                continue  # the empty packet at the end
            if packet.is_keyframe:
                keys.append(len(order))
            order.append((packet.pts, packet.dts))
            if not packet.is_discard:  # outside of the edit list: decoded for others, not shown
                shown.add(packet.pts)
    return MovieIndex(tuple(order), tuple(keys), tuple(sorted(shown)))
