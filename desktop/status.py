"""The status bar: the pace of playing, zoom, picture size, the pixel under the mouse, memory."""

from collections.abc import Sequence

import psutil
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from desktop import theme
from desktop.playback.pace import Pace
from engine.project import Footage

MEMORY_EVERY_MS = 2000
MEBIBYTE = 1024 * 1024
MESSAGE_MS = 6000


class StatusBar(QStatusBar):
    """Short-lived messages at the left, standing facts at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pace = QLabel()
        self.pixel, self.size_text, self.zoom, self.memory = QLabel(), QLabel(), QLabel(), QLabel()
        self.pixel.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        tips = {
            self.pace: "Frames a second, as shown and as they should be; frames that come too late are dropped",
            self.pixel: "The pixel under the mouse: its place, then red, green, blue and alpha from 0 to 1",
            self.size_text: "Width and height of the picture in pixels",
            self.zoom: "Zoom",
            self.memory: "Memory that Patina uses",
        }
        for label, tip in tips.items():
            label.setToolTip(tip)
            label.setContentsMargins(8, 0, 8, 0)
            self.addPermanentWidget(label)
        self._process = psutil.Process()
        self._timer = QTimer(self, interval=MEMORY_EVERY_MS)
        self._timer.timeout.connect(self._show_memory)
        self._timer.start()
        self._show_memory()

    def say(self, text: str) -> None:
        """Show ``text`` for a few seconds."""
        self.showMessage(text, MESSAGE_MS)

    def show_zoom(self, zoom: float) -> None:
        """Show the zoom, 1.0 for one pixel a pixel."""
        self.zoom.setText(f"{zoom:.0%}")

    def show_pace(self, pace: Pace) -> None:
        """Show how well a clip plays."""
        self.pace.setText(str(pace))
        theme.tint(self.pace, theme.TEXT if pace.is_held else theme.WARNING)

    def end_pace(self, pace: Pace) -> None:
        """Say, when playing has ended, whether frames were dropped."""
        self.pace.clear()
        if pace.dropped:
            self.say(f"Played at {pace.wanted:.4g} fps; {pace.dropped} frames came too late and were dropped.")

    def show_footage(self, footage: Footage | None) -> None:
        """Show the picture's size."""
        self.size_text.setText(f"{footage.width} × {footage.height}" if footage else "")
        if footage is None:
            self.zoom.clear()
            self.pixel.clear()

    def show_pixel(self, x: int, y: int, rgba: Sequence[float]) -> None:
        """Show a pixel's place and values in 0..1."""
        values = "  ".join(f"{name} {value:.3f}" for name, value in zip("RGBA", rgba, strict=False))
        self.pixel.setText(f"{x:5d} {y:5d}   {values}")

    def clear_pixel(self) -> None:
        """Show no pixel: the mouse is off the picture."""
        self.pixel.clear()

    def _show_memory(self) -> None:
        used = self._process.memory_info().rss / MEBIBYTE
        self.memory.setText(f"{used / 1024:.1f} GB" if used >= 1000 else f"{used:.0f} MB")
