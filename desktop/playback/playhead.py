"""The frame that the window is at."""

from PySide6.QtCore import QObject, Signal

from engine.project import Footage, Project

NOTHING = range(1, 2)


class Playhead(QObject):
    """One of the footage's frames, by the source's own number, and the work area that is played."""

    moved = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = self._area = NOTHING
        self._number = NOTHING[0]

    @property
    def number(self) -> int:
        """The frame."""
        return self._number

    @property
    def numbers(self) -> range:
        """All frames of the footage; of nothing, a single frame 1."""
        return self._numbers

    @property
    def area(self) -> range:
        """The frames that are played."""
        return self._area

    def go(self, number: int) -> None:
        """Move to a frame, at most to an end of the footage."""
        number = min(max(number, self._numbers[0]), self._numbers[-1])
        if number != self._number:
            self._number = number
            self.moved.emit(number)

    def step(self, frames: int) -> None:
        """Move by some frames, back where negative."""
        self.go(self._number + frames)

    def show_footage(self, footage: Footage | None) -> None:
        """Stand on the first frame of other footage, without `moved`: who tells of new footage tells of its frame."""
        self._numbers = self._area = NOTHING if footage is None else footage.numbers
        self._number = self._numbers[0]

    def show_project(self, project: Project) -> None:
        """Take over the work area."""
        self._area = project.work_area
