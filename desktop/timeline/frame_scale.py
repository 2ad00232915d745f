"""Where frames lie along a timeline of some width."""

from dataclasses import dataclass

STEPS = (1, 2, 5, 10, 20, 25, 50)


@dataclass(frozen=True)
class FrameScale:
    """``frames``, by the source's own numbers, spread over ``width`` pixels that begin at ``left``."""

    frames: range
    left: float
    width: float

    @property
    def frame_width(self) -> float:
        """Pixels a frame."""
        return self.width / len(self.frames)

    def start_of(self, frame: int) -> float:
        """Return where a frame begins."""
        return self.left + (frame - self.frames[0]) * self.frame_width

    def frame_at(self, x: float) -> int:
        """Return the frame at a place, the nearest where it lies outside."""
        index = int((x - self.left) // self.frame_width)
        return self.frames[min(max(index, 0), len(self.frames) - 1)]

    def ticks(self, room: float) -> list[int]:
        """Return the frames to number: the first, then round ones where ``room`` pixels are free on both sides."""
        step, first = self._step(room), self.frames[0]
        end = self.left + self.width - room
        beyond = (frame for frame in self.frames if frame % step == 0 and self.start_of(frame) <= end)
        return [first, *(frame for frame in beyond if (frame - first) * self.frame_width >= room)]

    def _step(self, room: float) -> int:
        decade = 1
        while True:
            for step in STEPS:
                if step * decade * self.frame_width >= room:
                    return step * decade
            decade *= 100
