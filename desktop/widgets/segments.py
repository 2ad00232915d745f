"""Buttons side by side of which one is down."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

T = TypeVar("T")


class Segments(QWidget, Generic[T]):
    """A choice between a few values, each with its text and its tool tip; the first is chosen at first."""

    changed = Signal()

    def __init__(self, choices: Sequence[tuple[T, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = [value for value, _, _ in choices]
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for place, (_, text, tip) in enumerate(choices):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setAutoDefault(False)
            self._group.addButton(button, place)
            layout.addWidget(button, 1)
        self._group.button(0).setChecked(True)
        self._group.idToggled.connect(lambda _place, on: self.changed.emit() if on else None)

    @property
    def value(self) -> T:
        """The chosen value."""
        return self._values[self._group.checkedId()]

    def choose(self, value: T) -> None:
        """Choose ``value``; ValueError where it is none of the choices."""
        self.button(value).setChecked(True)

    def button(self, value: T) -> QPushButton:
        """Return the button of ``value``; ValueError where it is none of the choices."""
        button = self._group.button(self._values.index(value))
        assert isinstance(button, QPushButton)
        return button
