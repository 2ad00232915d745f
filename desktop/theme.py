"""The dark theme: neutral grays around the picture, one accent, the colours of words, and the icons."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

GAP = "#1a1a1a"
BASE = "#1f1f1f"
PANEL = "#2a2a2a"
SURROUND = "#333333"  # around the picture
RAISED = "#3a3a3a"
HOVER = "#444444"
LINE = "#4a4a4a"
FAINT = "#6e6e6e"  # what is disabled
DIM = "#959595"
TEXT = "#d4d4d4"
BRIGHT = "#ffffff"
ACCENT = "#2f7d6d"  # verdigris
ACCENT_LIGHT = "#52a894"
WARNING = "#e3b04b"
FAILURE = "#ef7d6b"
GOOD = ACCENT_LIGHT

CHIP = f"""
QPushButton {{ background: {RAISED}; border: 1px solid {LINE}; border-radius: 9px; padding: 1px 9px; }}
QPushButton:hover {{ background: {ACCENT}; border-color: {ACCENT}; color: {BRIGHT}; }}
QPushButton:focus {{ border-color: {ACCENT_LIGHT}; }}
"""

ICON_SIZES = (16, 20, 24, 32, 48, 64)


def apply(app: QApplication) -> None:
    """Give the application its style, palette and icon."""
    app.setStyle("Fusion")
    app.setPalette(_palette())
    app.setStyleSheet(_style_sheet())
    app.setWindowIcon(icon("patina"))


@cache
def icon(name: str) -> QIcon:
    """Return the icon drawn in resources/icons/NAME.svg, gray where disabled; FileNotFoundError for no such name."""
    drawing = (files("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    result = QIcon()
    for mode, colour in ((QIcon.Mode.Normal, TEXT), (QIcon.Mode.Disabled, FAINT)):
        renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))
        for size in ICON_SIZES:
            result.addPixmap(_pixmap(renderer, size), mode)
    return result


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


def _pixmap(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def _palette() -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: PANEL,
        role.WindowText: TEXT,
        role.Base: BASE,
        role.AlternateBase: PANEL,
        role.Text: TEXT,
        role.PlaceholderText: DIM,
        role.Button: RAISED,
        role.ButtonText: TEXT,
        role.BrightText: BRIGHT,
        role.ToolTipBase: BASE,
        role.ToolTipText: BRIGHT,
        role.Highlight: ACCENT,
        role.HighlightedText: BRIGHT,
        role.Accent: ACCENT_LIGHT,
        role.Link: ACCENT_LIGHT,
        role.Light: LINE,
        role.Midlight: HOVER,
        role.Mid: LINE,
        role.Dark: GAP,
        role.Shadow: GAP,
    }
    palette = QPalette()
    for name, colour in colours.items():
        palette.setColor(name, QColor(colour))
    palette.setColor(QPalette.ColorGroup.Disabled, role.WindowText, QColor(DIM))  # labels, still to be read
    for name in (role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(FAINT))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(LINE))
    return palette


def _style_sheet() -> str:
    sheet = (files("resources") / "theme.qss").read_text(encoding="utf-8")
    return Template(sheet).substitute(
        accent=ACCENT,
        accent_light=ACCENT_LIGHT,
        base=BASE,
        bright=BRIGHT,
        dim=DIM,
        faint=FAINT,
        gap=GAP,
        hover=HOVER,
        line=LINE,
        panel=PANEL,
        raised=RAISED,
        resources=Path(str(files("resources"))).as_posix(),
        text=TEXT,
    )
