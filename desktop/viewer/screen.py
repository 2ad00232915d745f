"""The widget that keeps a scene on screen; it takes no input."""

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QEvent, QRectF, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme import SURROUND
from desktop.viewer.canvas import Canvas
from desktop.viewer.refresh import Refresher
from desktop.viewer.scene import Scene
from desktop.viewer.view import EVERYTHING, NOTHING, Rect, Size, View, fitted


class Screen(QWidget):
    """Shows a `Scene` under a `View`. Only what is visible is composited, at the screen's own resolution.

    While a new view is being drawn, the picture drawn last is shown moved or scaled, so that panning never waits.
    """

    zoom_changed = Signal(float)  # screen pixels a picture pixel

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(160, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._scene: Scene | None = None
        self._view = View()
        self._fitted = True
        self._canvas: Canvas | None = None
        self._dirty = NOTHING
        self._refresher = Refresher(self._drawing, self)
        self._refresher.finished.connect(self.update)

    @property
    def zoom(self) -> float:
        """Screen pixels a picture pixel."""
        return self._view.scale

    @property
    def view(self) -> View:
        """Where the picture lies."""
        return self._view

    def set_pixel_aspect(self, aspect: float) -> None:
        """Show the picture's pixels so many times as wide as they are high."""
        if aspect != self._view.aspect:
            self._view = replace(self._view, aspect=aspect)
            self._keep_place()

    @property
    def scene(self) -> Scene | None:
        """What is shown."""
        return self._scene

    @property
    def settled(self) -> bool:
        """Whether the screen shows everything as it now is."""
        return self._refresher.settled

    def settle(self) -> None:
        """Draw at once whatever is left, for instance before the widget is grabbed."""
        self._refresher.settle()

    def fit(self) -> None:
        """Show the whole picture, also when the widget's size changes, until the user zooms or pans."""
        self._fitted = True
        if self._scene is not None:
            self._place(fitted(self._scene.size, self._viewport(), self._view.aspect))

    def one_to_one(self) -> None:
        """Show one picture pixel as one screen pixel."""
        self.set_zoom(1.0)

    def set_zoom(self, scale: float) -> None:
        """Zoom about the middle of the widget."""
        self.zoom_about(scale, self._viewport().width / 2, self._viewport().height / 2)

    def zoom_about(self, scale: float, x: float, y: float) -> None:
        """Zoom, the picture staying put under a place on the screen, in device pixels."""
        self._fitted = False
        self._place(self._view.zoomed(scale, x, y))

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by device pixels."""
        self._fitted = False
        self._place(self._view.moved(dx, dy))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted picture fitted."""
        super().resizeEvent(event)
        self._keep_place()

    def event(self, event: QEvent) -> bool:
        """Also follow the window to a screen of another pixel density."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._keep_place()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show what was drawn last."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(SURROUND))
        if self._scene is not None and self._canvas is not None and not self._canvas.rect.empty:
            ratio = self.devicePixelRatioF()
            painter.save()
            painter.scale(1 / ratio, 1 / ratio)
            self._paint_picture(painter, self._canvas)
            painter.restore()
        self._decorate(painter)
        painter.end()

    def _decorate(self, painter: QPainter) -> None:
        """Draw over the picture, in logical pixels."""

    def _set_scene(self, scene: Scene | None, part: Rect = EVERYTHING) -> None:
        """Show ``scene``, of which only the screen's ``part`` differs from the one before."""
        before, self._scene = self._scene, scene
        if scene is None or before is None or scene.size != before.size:
            self._canvas = None
            self.update()
            self.fit()
        self._dirty = self._dirty.joined(part)
        self._refresher.request()

    def _place(self, view: View) -> None:
        if self._scene is None:
            return
        before, self._view = self._view, view.kept_in_sight(self._scene.size, self._viewport())
        dx, dy = (now - then for now, then in zip(self._view.corner, before.corner, strict=True))
        self._dirty = self._dirty.moved(dx, dy)
        self._refresher.request()
        self.update()
        if self._view.scale != before.scale:
            self.zoom_changed.emit(self._view.scale)

    def _keep_place(self) -> None:
        if self._fitted:
            self.fit()
        else:
            self._place(self._view)

    def _viewport(self) -> Size:
        ratio = self.devicePixelRatioF()
        return Size(max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1))

    def _drawing(self) -> Iterator[None]:
        """Return the drawing that brings the screen up to date with what is asked for at this moment."""
        scene, dirty, self._dirty = self._scene, self._dirty, NOTHING
        if scene is None:
            return
        canvas, parts, viewport = self._canvas, [dirty], self._viewport()
        if canvas is None or not canvas.fits(self._view, scene.size, viewport):
            old, canvas = canvas, Canvas(self._view, scene.size, viewport)
            all_differs = dirty.cut(canvas.rect) == canvas.rect
            parts = [canvas.rect] if old is None or all_differs else [*canvas.adopt(old), dirty]
        for part in parts:
            yield from canvas.draw(scene, part)
        if self._scene is not None and self._scene.size == scene.size:  # or other footage came meanwhile
            self._canvas = canvas

    def _paint_picture(self, painter: QPainter, canvas: Canvas) -> None:
        height, width = canvas.pixels.shape[:2]
        image = QImage(canvas.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        if canvas.view == self._view:
            painter.drawImage(canvas.rect.left, canvas.rect.top, image)
            return
        left, top = self._view.to_screen(*canvas.view.to_picture(canvas.rect.left, canvas.rect.top))
        across, down = (now / then for now, then in zip(self._view.scales, canvas.view.scales, strict=True))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(left, top, width * across, height * down), image)
