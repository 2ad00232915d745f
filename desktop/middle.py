"""The middle of the window: offers of recovery, and below them the welcome page or what is open."""

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.recovery import RecoveryBar
from desktop.welcome import WelcomePage


class Middle(QWidget):
    """Stands between the docks."""

    def __init__(self, recovery_bar: RecoveryBar, welcome: WelcomePage, room: QWidget) -> None:
        """``room`` is what is seen of an open picture or clip."""
        super().__init__()
        self._welcome, self._room = welcome, room
        self._stack = QStackedWidget()
        self._stack.addWidget(welcome)
        self._stack.addWidget(room)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(recovery_bar)
        layout.addWidget(self._stack, 1)

    def show_open(self, is_open: bool) -> None:
        """Show what is open, or the welcome page where nothing is."""
        self._stack.setCurrentWidget(self._room if is_open else self._welcome)
