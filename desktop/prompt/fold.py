"""A heading that shows and hides what is below it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from desktop import theme


class FoldButton(QToolButton):
    """Unfolds ``body`` while it is checked."""

    def __init__(self, title: str, tip: str, body: QWidget) -> None:
        super().__init__()
        self._body = body
        self.setText(title)
        self.setToolTip(tip)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setStyleSheet(f"QToolButton:checked {{ background: transparent; color: {theme.TEXT}; }}")
        self.toggled.connect(self._unfold)
        self._unfold(False)

    def _unfold(self, unfolded: bool) -> None:
        self._body.setVisible(unfolded)
        self.setIcon(theme.icon("down" if unfolded else "next"))
