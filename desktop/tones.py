"""How words of warning and of failure look, and the small buttons that offer words."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from desktop import theme

WARNING = "#e3b04b"
FAILURE = "#ef7d6b"
GOOD = theme.ACCENT_LIGHT

CHIP = f"""
QPushButton {{ background: {theme.RAISED}; border: 1px solid {theme.LINE}; border-radius: 9px; padding: 1px 9px; }}
QPushButton:hover {{ background: {theme.ACCENT}; border-color: {theme.ACCENT}; color: {theme.BRIGHT}; }}
QPushButton:focus {{ border-color: {theme.ACCENT_LIGHT}; }}
"""


def tint(label: QLabel, colour: str) -> None:
    """Write the label in ``colour``."""
    # Not by its palette: the application's style sheet would take that back.
    sheet = f"QLabel {{ color: {colour}; }}"
    if sheet != label.styleSheet():
        label.setStyleSheet(sheet)


def sentence_label(colour: str) -> QLabel:
    """Return a hidden label for one sentence in ``colour``, which may hold any characters."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.hide()
    tint(label, colour)
    return label


def make_chip(button: QPushButton) -> None:
    """Let the button look like a word that can be taken."""
    button.setStyleSheet(CHIP)
