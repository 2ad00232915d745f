"""The field that shows the frame's number and takes another."""

import re

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

OWN_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
PATTERN = re.compile(r"\s*([+-]?)\s*(\d{1,9})\s*")


def parse_frame(text: str, current: int, frames: range) -> int | None:
    """Return the frame that a text asks for, kept within ``frames``; None where it asks for none.

    "120" is frame 120, "+20" and "-5" count from the current one.
    """
    match = PATTERN.fullmatch(text)
    if match is None:
        return None
    sign, digits = match.groups()
    wanted = current + int(sign + digits) if sign else int(digits)
    return min(max(wanted, frames[0]), frames[-1])


class FrameField(QLineEdit):
    """Shows a frame number; Enter goes to the frame that was typed, Escape returns to the shown one."""

    frame_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame, self._frames = 1, range(1, 2)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(72)
        self.setToolTip("The frame; type a number, or +20 or -5 to count from here")
        self.returnPressed.connect(self._ask)
        self.show_frame(1, self._frames)

    def show_frame(self, frame: int, frames: range) -> None:
        """Show ``frame``, one of ``frames``."""
        self._frame, self._frames = frame, frames
        self.setText(str(frame))

    def event(self, event: QEvent) -> bool:
        """Keep Left and Home from the timeline while a number is typed, and leave it the keys that no number has."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.key() in OWN_KEYS:
                event.accept()
                return True
            if event.text().isalpha() or event.key() == Qt.Key.Key_Space:
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return to the shown frame on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.setText(str(self._frame))
            self.selectAll()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select the number, so that typing replaces it."""
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Drop what was not entered."""
        super().focusOutEvent(event)
        self.setText(str(self._frame))

    def _ask(self) -> None:
        frame = parse_frame(self.text(), self._frame, self._frames)
        self.setText(str(self._frame))
        self.selectAll()
        if frame is not None and frame != self._frame:
            self.frame_asked.emit(frame)
