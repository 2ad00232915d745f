"""The ruler, the playhead and a track a layer."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import theme
from desktop.timeline.frame_scale import FrameScale
from engine.project import EditLayer, Project

NAMES, RULER, ROW, MARGIN = 180, 24, 26, 8  # pixels
TICK_ROOM = 56.0
FOOTAGE_BAR = "#5a5a5a"


class Tracks(QWidget):
    """Shows when each layer plays, top layer first, the footage last. A click on the ruler moves the playhead."""

    frame_asked = Signal(int)
    layer_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = Project()
        self._frames = range(1, 2)
        self._frame = 1
        self._current = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)

    def show_project(self, project: Project, frames: range) -> None:
        """Show the layers and the footage of ``project``, which has ``frames``."""
        self._project, self._frames = project, frames
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def show_frame(self, frame: int) -> None:
        """Put the playhead on ``frame``."""
        self._frame = frame
        self.update()

    def show_current(self, layer_id: str) -> None:
        """Mark a layer; an empty id marks none."""
        self._current = layer_id
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for all tracks."""
        rows = len(self._project.layers) + (self._project.footage is not None)
        return QSize(480, RULER + max(rows, 1) * ROW + 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the playhead, or choose a layer."""
        if event.button() != Qt.MouseButton.LeftButton or self._project.footage is None:
            return
        if event.position().y() < RULER:
            self._ask(event)
        elif layer := self._layer_at(event.position().y()):
            self.layer_chosen.emit(layer.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub."""
        if event.buttons() & Qt.MouseButton.LeftButton and event.position().y() < RULER and self._project.footage:
            self._ask(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ruler, tracks and playhead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.BASE))
        painter.fillRect(QRect(0, 0, self.width(), RULER), QColor(theme.PANEL))
        if self._project.footage is not None:
            self._paint_ruler(painter)
            self._paint_tracks(painter)
            self._paint_playhead(painter)
        painter.end()

    def _scale(self) -> FrameScale:
        return FrameScale(self._frames, NAMES + MARGIN, max(self.width() - NAMES - 2 * MARGIN, 1))

    def _ask(self, event: QMouseEvent) -> None:
        frame = self._scale().frame_at(event.position().x())
        if frame != self._frame:
            self.frame_asked.emit(frame)

    def _layer_at(self, y: float) -> EditLayer | None:
        row = int((y - RULER) // ROW)
        layers = self._project.layers[::-1]
        return layers[row] if 0 <= row < len(layers) else None

    def _paint_ruler(self, painter: QPainter) -> None:
        scale = self._scale()
        for frame in scale.ticks(TICK_ROOM):
            x = scale.start_of(frame)
            painter.setPen(QColor(theme.LINE))
            painter.drawLine(QPointF(x, RULER - 6), QPointF(x, RULER))
            painter.setPen(QColor(theme.DIM))
            painter.drawText(QRectF(x + 4, 0, TICK_ROOM, RULER), Qt.AlignmentFlag.AlignVCenter, str(frame))

    def _paint_tracks(self, painter: QPainter) -> None:
        footage, seen = self._project.footage, self._project.seen_layers()
        if footage is None:
            return
        for row, layer in enumerate(self._project.layers[::-1]):
            colour = QColor(theme.ACCENT)
            colour.setAlphaF(1.0 if layer in seen else 0.35)
            self._paint_track(painter, row, layer.name, colour, layer.id == self._current)
        self._paint_track(painter, len(self._project.layers), footage.path.name, QColor(FOOTAGE_BAR), current=False)

    def _paint_track(self, painter: QPainter, row: int, name: str, colour: QColor, current: bool) -> None:
        scale, top = self._scale(), RULER + row * ROW
        if current:
            painter.fillRect(QRect(0, top, self.width(), ROW), QColor(theme.RAISED))
        painter.setPen(QColor(theme.GAP))
        painter.drawLine(0, top + ROW, self.width(), top + ROW)
        painter.setPen(QColor(theme.BRIGHT if current else theme.TEXT))
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, NAMES - 2 * MARGIN)
        painter.drawText(QRectF(MARGIN, top, NAMES - MARGIN, ROW), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(scale.left, top + 4, scale.width, ROW - 8), 3, 3)

    def _paint_playhead(self, painter: QPainter) -> None:
        scale = self._scale()
        x = round(scale.start_of(self._frame))  # on whole pixels, so that the line is crisp
        if len(self._frames) > 1:
            held = QColor(theme.BRIGHT)
            held.setAlphaF(0.08)
            painter.fillRect(QRectF(x, RULER, scale.frame_width, self.height() - RULER), held)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.ACCENT_LIGHT))
        head = [QPointF(x - 5, 1), QPointF(x + 5, 1), QPointF(x + 5, 8), QPointF(x, 14), QPointF(x - 5, 8)]
        painter.drawPolygon(QPolygonF(head))
        painter.fillRect(QRectF(x, 12, 1, self.height() - 12), QColor(theme.ACCENT_LIGHT))
