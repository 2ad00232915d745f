"""The picture that lies over the viewer while frames go by."""

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.theme import SURROUND
from desktop.viewer.screen import Screen


class MovingPicture(QWidget):
    """Shows ready frames where the viewer shows its picture, at the same zoom; the mouse stays the viewer's."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen)
        self._screen = screen
        self._pixels: np.ndarray | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        screen.installEventFilter(self)
        self.hide()

    @property
    def pixels(self) -> np.ndarray | None:
        """The frame on show, None for none."""
        return self._pixels

    def show_frame(self, pixels: np.ndarray) -> None:
        """Show (h, w, 4) uint8, blue first, stretched over the viewer's picture."""
        self._pixels = pixels
        self.setGeometry(self._screen.rect())
        self.show()
        self.update()

    def clear(self) -> None:
        """Let the viewer be seen."""
        self._pixels = None
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the viewer's size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._screen.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame, in device pixels."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(SURROUND))
        scene, pixels = self._screen.scene, self._pixels
        if scene is not None and pixels is not None:
            ratio = self.devicePixelRatioF()
            left, top, right, bottom = self._screen.view.covered(scene.size)
            height, width = pixels.shape[:2]
            image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.scale(1 / ratio, 1 / ratio)
            painter.drawImage(QRectF(left, top, right - left, bottom - top), image)
        painter.end()
