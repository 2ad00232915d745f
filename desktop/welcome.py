"""What the middle of the window shows before anything is open."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop import theme

SHOWN = 5


class WelcomePage(QWidget):
    """Offers to open a picture, to drop one here, to try the sample, and the files opened last."""

    open_requested = Signal()
    sample_requested = Signal()
    recent_requested = Signal(object)  # a Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.open_button = QPushButton(theme.icon("open"), "Open a Picture or a Clip…")
        self.open_button.setDefault(True)
        self.sample_button = QPushButton("Try the Sample")
        self.open_button.clicked.connect(self.open_requested)
        self.sample_button.clicked.connect(self.sample_requested)
        for button in (self.open_button, self.sample_button):
            button.setMinimumHeight(36)
            button.setMinimumWidth(150)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(self._panel(), 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(3)

    def show_recent(self, paths: Sequence[Path]) -> None:
        """List the first few of ``paths``, newest first."""
        while item := self._recent.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        if not paths:
            return
        self._recent.addWidget(_label("Recent", size=-0.5, dim=True))
        for path in paths[:SHOWN]:
            self._recent.addWidget(self._recent_button(path))

    def show_sample(self, present: bool) -> None:
        """Offer the sample only where it is installed."""
        self.sample_button.setVisible(present)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dashed edge that says: drop something here."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().mid().color(), 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(24, 24, -24, -24), 12, 12)

    def _panel(self) -> QFrame:
        panel = QFrame()
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch()
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.sample_button)
        buttons.addStretch()
        layout = QVBoxLayout(panel)
        layout.setSpacing(10)
        layout.addWidget(_label("Patina", size=15))
        layout.addWidget(_label("Edit a picture with words. Get a layer, not a new picture."))
        layout.addSpacing(14)
        layout.addLayout(buttons)
        layout.addWidget(_label("or drop a picture, a clip or a project here", dim=True))
        layout.addSpacing(18)
        layout.addLayout(self._recent)
        return panel

    def _recent_button(self, path: Path) -> QPushButton:
        button = QPushButton(path.name)
        button.setFlat(True)
        button.setToolTip(str(path))
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda: self.recent_requested.emit(path))
        return button


def _label(text: str, size: float = 0, dim: bool = False) -> QLabel:
    """Return a centred label; ``size`` is in points above the window's own."""
    label = QLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setEnabled(not dim)
    font = QFont(label.font())
    font.setPointSizeF(font.pointSizeF() + size)
    label.setFont(font)
    return label
