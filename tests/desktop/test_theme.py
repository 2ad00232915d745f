from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QIcon, QImage, QPalette
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

import resources
from desktop import theme

ICONS = sorted(path.stem for path in (Path(resources.__file__).parent / "icons").glob("*.svg"))
GRAYS = (theme.GAP, theme.BASE, theme.PANEL, theme.SURROUND, theme.RAISED, theme.HOVER, theme.LINE, theme.TEXT)


def drawn(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> QImage:
    return icon.pixmap(24, 24, mode).toImage().convertToFormat(QImage.Format.Format_ARGB32)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.1)."""

    def light(colour: str) -> float:
        parts = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb(colour))
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))

    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


def rgb(colour: str) -> tuple[float, float, float]:
    parsed = QColor(colour)
    return parsed.redF(), parsed.greenF(), parsed.blueF()


def test_every_icon_draws_something_and_is_dimmer_where_disabled(qapp: QApplication) -> None:
    for name in ICONS:
        icon = theme.icon(name)
        image = drawn(icon)
        seen = [image.pixelColor(x, y) for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() > 200]
        assert len(seen) >= 8, name
        if name != "patina":
            assert max(colour.lightness() for colour in seen) > 200, name
            assert drawn(icon, QIcon.Mode.Disabled) != image, name


def test_an_unknown_icon_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        theme.icon("no such icon")


@pytest.mark.parametrize("colour", GRAYS)
def test_the_grays_are_neutral(colour: str) -> None:
    red, green, blue = rgb(colour)
    assert red == green == blue


@pytest.mark.parametrize("ground", [theme.BASE, theme.PANEL, theme.RAISED])
def test_text_is_readable(ground: str) -> None:
    assert contrast(theme.TEXT, ground) >= 7
    assert contrast(theme.DIM, theme.PANEL) >= 4.5
    assert contrast(theme.BRIGHT, theme.ACCENT) >= 4.5


def test_the_theme_reaches_widgets(qapp: QApplication, qtbot: QtBot) -> None:
    style, palette, sheet, icon = qapp.style().name(), qapp.palette(), qapp.styleSheet(), qapp.windowIcon()
    try:
        theme.apply(qapp)
        button = QPushButton("Export")
        qtbot.addWidget(button)
        button.setDefault(True)
        button.resize(120, 40)
        assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(theme.PANEL)
        assert button.grab().toImage().pixelColor(8, 20) == QColor(theme.ACCENT)
        assert not qapp.windowIcon().isNull()
    finally:
        qapp.setStyleSheet(sheet)
        qapp.setPalette(palette)
        qapp.setStyle(style)
        qapp.setWindowIcon(icon)
