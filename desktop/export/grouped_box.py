"""A list of choices under headings."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel

from desktop.prompt.options import CalmBox

T = TypeVar("T")
Choice = tuple[T, str, str]
Group = tuple[str, Sequence[Choice[T]]]


class GroupedBox(CalmBox, Generic[T]):
    """Shows one of several values, each with its text and its tip; a group without a title has no heading."""

    chosen = Signal()

    def __init__(self, groups: Sequence[Group[T]], name: str) -> None:
        """``name`` is what a screen reader says."""
        super().__init__()
        self._tips: dict[T, str] = {}
        for title, choices in groups:
            if title:
                self._add_heading(title)
            for value, text, tip in choices:
                self.addItem(text, value)
                self.setItemData(self.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
                self._tips[value] = tip
        self.setAccessibleName(name)
        self.setMaxVisibleItems(self.count())
        self.choose(next(iter(self._tips)))
        self.currentIndexChanged.connect(lambda _place: self.chosen.emit())

    @property
    def value(self) -> T:
        """The chosen value."""
        return self.currentData()

    @property
    def tip(self) -> str:
        """The tip of the chosen value."""
        return self._tips[self.value]

    def values(self) -> tuple[T, ...]:
        """Return all values, in order."""
        return tuple(self._tips)

    def choose(self, value: T) -> None:
        """Choose ``value``; the first one where it is none of the choices."""
        place = self.findData(value if value in self._tips else next(iter(self._tips)))
        self.setCurrentIndex(place)

    def _add_heading(self, title: str) -> None:
        self.addItem(title)
        model = self.model()
        assert isinstance(model, QStandardItemModel)  # of every box that was given no other
        model.item(self.count() - 1).setFlags(Qt.ItemFlag.NoItemFlags)
