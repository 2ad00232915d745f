"""A list of choices under headings."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel

from desktop.prompt.options import CalmBox

T = TypeVar("T")
Choice = tuple[T, str, str]
Group = tuple[str, Sequence[Choice[T]]]

VALUE_ROLE = Qt.ItemDataRole.UserRole


class GroupedBox(CalmBox, Generic[T]):
    """Shows one of several values, each with its text and its tip; a group without a title has no heading."""

    chosen = Signal()

    def __init__(self, groups: Sequence[Group[T]], name: str) -> None:
        """``name`` is what a screen reader says."""
        super().__init__()
        self._tips: dict[T, str] = {}
        model = QStandardItemModel(self)
        for title, choices in groups:
            if title:
                model.appendRow(_heading(title))
            for value, text, tip in choices:
                model.appendRow(_item(value, text, tip))
                self._tips[value] = tip
        self.setModel(model)
        self.setAccessibleName(name)
        self.setMaxVisibleItems(model.rowCount())
        self.choose(next(iter(self._tips)))
        self.currentIndexChanged.connect(lambda _place: self.chosen.emit())

    @property
    def value(self) -> T:
        """The chosen value."""
        return self.currentData(VALUE_ROLE)

    @property
    def tip(self) -> str:
        """The tip of the chosen value."""
        return self._tips[self.value]

    def values(self) -> tuple[T, ...]:
        """Return all values, in order."""
        return tuple(self._tips)

    def choose(self, value: T) -> None:
        """Choose ``value``; the first one where it is none of the choices."""
        place = self.findData(value if value in self._tips else next(iter(self._tips)), VALUE_ROLE)
        self.setCurrentIndex(place)


def _heading(title: str) -> QStandardItem:
    item = QStandardItem(title)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item


def _item(value: object, text: str, tip: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(value, VALUE_ROLE)
    item.setToolTip(tip)
    return item
