"""Undo and redo of changes to the project: the values before and after, never the way between."""

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from engine.project import Project

MERGING = 1


class ProjectCommand(QUndoCommand):
    """A change of the project from one value to another.

    Commands pushed in a row with the same ``merge`` text become one step, for instance the moves of a slider.
    """

    def __init__(
        self, label: str, before: Project, after: Project, show: Callable[[Project], None], merge: str = ""
    ) -> None:
        super().__init__(label)
        self._before = before
        self._after = after
        self._show = show
        self._merge = merge

    def redo(self) -> None:
        """Show the project after the change."""
        self._show(self._after)

    def undo(self) -> None:
        """Show the project before the change."""
        self._show(self._before)

    def id(self) -> int:
        """Return the same number for all commands that may merge."""
        return MERGING if self._merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over ``other``'s end where both belong to one gesture."""
        if not isinstance(other, ProjectCommand) or other._merge != self._merge:
            return False
        self._after = other._after
        self.setObsolete(self._after == self._before)
        return True
