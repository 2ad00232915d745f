"""What a check has found: ten captions, how likely each is, and whether the model can see."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from desktop import theme
from desktop.theme import FAILURE, GOOD, tint
from engine.results import CheckResult

HINT = "Check shows the model the sample photograph and ten captions, of which one is right."
BAR_STEPS = 1000


class CheckView(QWidget):
    """Shows a check's result, or says what a check is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = QLabel()
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setWordWrap(True)
        self.verdict.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.bars: list[QProgressBar] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(1)
        self._grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.verdict)
        layout.addLayout(self._grid)
        layout.addStretch()
        self.show_result(None)

    def show_result(self, result: CheckResult | None, hint: str = HINT) -> None:
        """Show ``result``, or the ``hint`` where there is none."""
        while item := self._grid.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        self.bars = []
        self.verdict.setText(result.verdict if result else hint)
        tint(self.verdict, theme.DIM if result is None else GOOD if result.sees else FAILURE)
        for place, (caption, probability) in enumerate(result.scores if result else ()):
            self._add(place, caption, probability)

    def _add(self, place: int, caption: str, probability: float) -> None:
        bar = QProgressBar()
        bar.setTextVisible(False)
        bar.setFixedHeight(6)
        bar.setRange(0, BAR_STEPS)
        bar.setValue(round(probability * BAR_STEPS))
        percent = QLabel(f"{probability:.1%}")
        percent.setAlignment(Qt.AlignmentFlag.AlignRight)
        for column, widget in enumerate((QLabel(caption), bar, percent)):
            self._grid.addWidget(widget, place, column)
        self.bars.append(bar)
