"""Ranges of frames that are dragged by an end. Numbers are the source's own; None stands for the footage's end."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FrameRange:
    """From frame ``first`` to ``last``, both included."""

    first: int | None
    last: int | None

    def within(self, numbers: range) -> range:
        """Return the range's frames in ``numbers``, at least one."""
        first = numbers[0] if self.first is None else min(max(self.first, numbers[0]), numbers[-1])
        last = numbers[-1] if self.last is None else min(max(self.last, first), numbers[-1])
        return range(first, last + 1)

    def with_first(self, number: int, numbers: range) -> "FrameRange":
        """Return the range with another beginning, at most its last frame."""
        held = self.within(numbers)
        first = min(max(number, numbers[0]), held[-1])
        return FrameRange(None if first == numbers[0] else first, self.last)

    def with_last(self, number: int, numbers: range) -> "FrameRange":
        """Return the range with another end, at least its first frame."""
        held = self.within(numbers)
        last = max(min(number, numbers[-1]), held[0])
        return FrameRange(self.first, None if last == numbers[-1] else last)
