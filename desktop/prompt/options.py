"""The options of the method as fields: each shows the value that the quality brings, until the user gives another."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from desktop import theme
from desktop.theme import tint
from engine.option_texts import read_value, write_range, write_value
from engine.options import Choice

Value = float | str


class CalmBox(QComboBox):
    """A list of choices that leaves the wheel to the panel around it, which scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change nothing."""
        event.ignore()


class NumberField(QLineEdit):
    """Empty for the default, which it then shows in gray; any text is taken, as the engine refuses in its own words."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.textChanged.connect(lambda _text: self.edited.emit())

    @property
    def own(self) -> Value | None:
        """What the user gives, None for nothing."""
        text = self.text().strip()
        return read_value(text) if text else None

    def set_own(self, value: Value | None) -> None:
        """Show what a user gave."""
        self.setText("" if value is None else write_value(value))

    def show_default(self, value: Value) -> None:
        """Show what holds where the user gives nothing."""
        self.setPlaceholderText(f"{value:g}" if isinstance(value, float | int) else value)


class ChoiceField(CalmBox):
    """Shows the default until the user chooses; choosing the default gives the choice back to the quality."""

    edited = Signal()

    def __init__(self, choices: Iterable[str]) -> None:
        super().__init__()
        self.addItems(list(choices))
        self._own: Value | None = None
        self._default: Value = ""
        self.activated.connect(self._choose)

    @property
    def own(self) -> Value | None:
        """What the user chose, None for nothing."""
        return self._own

    def set_own(self, value: Value | None) -> None:
        """Show what a user chose; one that is no choice any more is shown all the same, for the engine to refuse."""
        self._own = value
        if value is not None and self.findText(str(value)) < 0:
            self.addItem(str(value))
        self._show()
        self.edited.emit()

    def show_default(self, value: Value) -> None:
        """Show what holds where the user chooses nothing."""
        self._default = value
        self._show()

    def _choose(self, place: int) -> None:
        chosen = self.itemText(place)
        self.set_own(None if chosen == self._default else chosen)

    def _show(self) -> None:
        self.setCurrentText(str(self._default if self._own is None else self._own))


class OptionRow:
    """One option: its label, marked where the user changed it, and its field."""

    def __init__(self, choice: Choice) -> None:
        self.name = choice.name
        self.label = QLabel(choice.option.label)
        self.field: NumberField | ChoiceField
        self.field = ChoiceField(choice.option.choices) if choice.option.choices else NumberField()
        self._title = choice.option.label
        self._default = choice.value
        tip = f"{choice.option.help}\n{choice.name}: {write_range(choice.option)}"
        self.label.setToolTip(tip)
        self.field.setToolTip(tip)
        self.field.edited.connect(self._mark)
        self.show_default(choice.value)

    @property
    def own(self) -> Value | None:
        """The user's value where it differs from the default, else None."""
        own = self.field.own
        return None if own == self._default else own

    def show_default(self, value: Value) -> None:
        """Take another default; what the user gave stays."""
        self._default = value
        self.field.show_default(value)
        self._mark()

    def _mark(self) -> None:
        changed = self.own is not None
        self.label.setText(f"• {self._title}" if changed else self._title)
        tint(self.label, theme.ACCENT_LIGHT if changed else theme.TEXT)
