"""Where an export is meant for: a row of programs, each of which fills in all that is below."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop import theme
from desktop.theme import tint
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.segments import Segments


class DestinationBar(QWidget):
    """The destination whose settings were changed by hand is marked, and can be reset."""

    chosen = Signal()
    reset_asked = Signal()

    def __init__(self, destinations: Sequence[tuple[str, str, str]], presets: QPushButton) -> None:
        """``destinations`` are values, texts and tips."""
        super().__init__()
        self._texts = {value: text for value, text, _ in destinations}
        self.row: Segments[str] = Segments(destinations)
        self.hint = ElidedLabel("")
        tint(self.hint, theme.DIM)
        self.reset_button = QPushButton("Reset")
        self.reset_button.setAutoDefault(False)
        self.reset_button.setFlat(True)
        self.reset_button.setToolTip("Take back what was changed by hand")
        self.row.changed.connect(self.chosen)
        self.reset_button.clicked.connect(self.reset_asked)
        self._lay_out(presets)

    @property
    def value(self) -> str:
        """The chosen destination."""
        return self.row.value

    def choose(self, destination: str) -> None:
        """Show a destination, the first one where it is unknown."""
        self.row.choose(destination if destination in self._texts else next(iter(self._texts)))

    def show_state(self, changed: bool, hint: str) -> None:
        """Mark the destination as ``changed`` by hand, and show what is chosen now."""
        for value, text in self._texts.items():
            self.row.button(value).setText(f"• {text}" if changed and value == self.value else text)
        self.hint.set_text(f"{hint} · changed by hand" if changed else hint)
        self.reset_button.setVisible(changed)

    def _lay_out(self, presets: QPushButton) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.row, 1)
        top.addWidget(presets)
        below = QHBoxLayout()
        below.addWidget(self.hint, 1)
        below.addWidget(self.reset_button)
        self.reset_button.setStyleSheet("QPushButton { padding: 2px 8px; }")
        size = self.reset_button.sizePolicy()
        size.setRetainSizeWhenHidden(True)  # nothing moves when it comes
        self.reset_button.setSizePolicy(size)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addLayout(below)
