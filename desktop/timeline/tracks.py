"""The ruler, the playhead and a track a layer, and what the mouse does on them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget

from desktop import theme
from desktop.timeline.frame_range import FrameRange
from desktop.timeline.frame_scale import FrameScale
from desktop.timeline.handles import Handle, Part, layer_handle, mask_at, mask_numbers, work_handle
from desktop.timeline.track_painting import CLIP_ROW, MARGIN, NAMES, ROW, RULER, Slot, TrackPainter, slots
from desktop.timeline.zoom import holding, moved, zoomed
from engine.project import EditLayer, Project

__all__ = ["CLIP_ROW", "MARGIN", "NAMES", "ROW", "RULER", "Tracks"]

NOTCH = 120  # what a mouse wheel's notch counts in Qt
WORK_HANDLES = 12  # from this row of the ruler down, the ends of the work area can be taken


class Tracks(QWidget):
    """Shows when each layer plays, top layer first, the footage last.

    A click on the ruler, or on the mark of a mask, moves the playhead; the wheel zooms with Ctrl held, and scrolls with
    Shift. Ends of layers and of the work area, and keyframes are dragged; what a drag asks for is told with a text of
    its own, so that all of it can be one step.
    """

    frame_asked = Signal(int)
    layer_chosen = Signal(str)
    trimmed = Signal(str, object, str)  # a layer, its FrameRange, the drag
    keys_moved = Signal(str, object, str)  # a layer, its Keys, the drag
    key_deleted = Signal(str, int)
    work_area_dragged = Signal(object, str)  # a FrameRange, the drag
    thumbnails_wanted = Signal(object, QSize)  # a list of frames, and their size

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = Project()
        self._frames = self._seen = range(1, 2)  # all, and those that are zoomed in on
        self._frame = 1
        self._current = ""
        self._ready: Sequence[int] = ()
        self._slots: list[Slot] = []
        self._thumbnail: Callable[[int], QImage | None] = lambda _number: None
        self._handle: Handle | None = None
        self._scrubbing = False
        self._drags = 0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)

    def show_project(self, project: Project, frames: range) -> None:
        """Show the layers and the footage of ``project``, which has ``frames``."""
        if frames != self._frames:
            self._seen = frames
        self._project, self._frames = project, frames
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()
        self._lay_out_thumbnails()
        self.update()

    def show_frame(self, frame: int) -> None:
        """Put the playhead on ``frame``."""
        self._frame = frame
        self._see(holding(self._seen, self._frames, frame))
        self.update()

    def show_current(self, layer_id: str) -> None:
        """Mark a layer; an empty id marks none."""
        self._current = layer_id
        self.update()

    def show_ready(self, numbers: Sequence[int]) -> None:
        """Mark the frames that can be played at once, ascending."""
        if numbers != self._ready:
            self._ready = numbers
            self.update(0, 0, self.width(), RULER)

    def set_thumbnails(self, thumbnail: Callable[[int], QImage | None]) -> None:
        """Let ``thumbnail`` give the small picture of a frame, None while there is none."""
        self._thumbnail = thumbnail

    def sizeHint(self) -> QSize:
        """Return the room for all tracks."""
        rows = len(self._project.layers) * ROW + self._footage_height()
        return QSize(480, RULER + max(rows, ROW) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for the thumbnails that have room."""
        super().resizeEvent(event)
        self._lay_out_thumbnails()

    def event(self, event: QEvent) -> bool:
        """Also say what the mark of a mask stands for."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(event.x(), event.y()), self)
            return True
        return super().event(event)

    def tip_at(self, x: float, y: float) -> str:
        """Return in words what the mark of a mask at a place stands for, empty for none."""
        number = self._mask_at(x, y)
        names = [subject.name for subject in self._project.subjects if number in subject.key_numbers]
        return f"Mask of {' and '.join(names)} on frame {number}" if names else ""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the mouse, or scroll along a zoomed timeline; else let the tracks scroll."""
        turned, modifiers = event.angleDelta(), event.modifiers()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            about = self._scale().frame_at(event.position().x())
            self._see(zoomed(self._seen, self._frames, turned.y() / NOTCH, about))
        elif turned.x() or modifiers & Qt.KeyboardModifier.ShiftModifier:
            along = (turned.x() or turned.y()) / NOTCH
            self._see(moved(self._seen, self._frames, -round(along * max(len(self._seen) // 10, 1))))
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the playhead, take a handle, or choose a layer."""
        if event.button() != Qt.MouseButton.LeftButton or self._project.footage is None:
            return
        self._drags += 1
        self._handle = self._handle_at(event.position().x(), event.position().y())
        if layer := self._layer_at(event.position().y()):
            self.layer_chosen.emit(layer.id)
        elif event.position().y() < RULER and self._handle is None:
            self._scrubbing = True
            self._ask(event)
        elif (masked := self._mask_at(event.position().x(), event.position().y())) is not None:
            self.frame_asked.emit(masked)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub, or drag what was taken."""
        place = event.position()
        if self._handle is not None:
            self._drag(self._handle, place.x())
        elif self._scrubbing:
            self._ask(event)
        elif not event.buttons():
            handle = self._handle_at(place.x(), place.y())
            ends = handle is not None and handle.part is not Part.KEY
            self.setCursor(Qt.CursorShape.SplitHCursor if ends else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._handle, self._scrubbing = None, False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to delete the keyframe under the mouse."""
        handle = self._handle_at(event.x(), event.y())
        if handle is None or handle.part is not Part.KEY or handle.layer is None:
            return
        layer_id, number = handle.layer.id, handle.number
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        delete = menu.addAction(f"&Delete the Keyframe at {number}")
        delete.triggered.connect(lambda: self.key_deleted.emit(layer_id, number))
        menu.popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ruler, tracks and playhead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.BASE))
        painter.fillRect(QRect(0, 0, self.width(), RULER), QColor(theme.PANEL))
        footage = self._project.footage
        if footage is not None:
            tracks = TrackPainter(painter, self._scale(), self._frames, self.width())
            tracks.ruler(self._project.work_area, self._ready)
            seen = self._project.seen_layers()
            for place, layer in enumerate(self._project.layers[::-1]):
                row = QRect(0, RULER + place * ROW, self.width(), ROW)
                tracks.layer(row, layer, layer in seen, layer.id == self._current)
            tracks.footage(self._footage_row(), footage.path.name, self._slots, self._thumbnail)
            tracks.masks(self._footage_row(), mask_numbers(self._project))
            tracks.playhead(self._frame, self.height())
        painter.end()

    def _scale(self) -> FrameScale:
        return FrameScale(self._seen, NAMES + MARGIN, max(self.width() - NAMES - 2 * MARGIN, 1))

    def _see(self, seen: range) -> None:
        if seen != self._seen:
            self._seen = seen
            self._lay_out_thumbnails()
            self.update()

    def _ask(self, event: QMouseEvent) -> None:
        frame = self._scale().frame_at(event.position().x())
        if frame != self._frame:
            self.frame_asked.emit(frame)

    def _drag(self, handle: Handle, x: float) -> None:
        project, scale, drag = self._project, self._scale(), str(self._drags)
        if handle.layer is None:
            area = FrameRange(project.work_in, project.work_out)
            self.work_area_dragged.emit(handle.dragged_range(area, self._frames, scale, x), drag)
        elif handle.part is Part.KEY:
            self.keys_moved.emit(handle.layer.id, handle.dragged_keys(scale, x), drag)
        else:
            shown = FrameRange(handle.layer.first, handle.layer.last)
            frames = handle.layer.own_numbers(self._frames)
            self.trimmed.emit(handle.layer.id, handle.dragged_range(shown, frames, scale, x), drag)

    def _handle_at(self, x: float, y: float) -> Handle | None:
        if len(self._frames) < 2:
            return None
        if y < RULER:
            return work_handle(self._project, self._frames, self._scale(), x) if y >= WORK_HANDLES else None
        layer = self._layer_at(y)
        return layer_handle(layer, self._frames, self._scale(), x) if layer else None

    def _mask_at(self, x: float, y: float) -> int | None:
        return mask_at(self._project, self._scale(), x) if y >= self._footage_row().top() else None

    def _layer_at(self, y: float) -> EditLayer | None:
        row = int((y - RULER) // ROW)
        layers = self._project.layers[::-1]
        return layers[row] if 0 <= row < len(layers) else None

    def _footage_height(self) -> int:
        footage = self._project.footage
        return 0 if footage is None else CLIP_ROW if footage.is_clip else ROW

    def _footage_row(self) -> QRect:
        return QRect(0, RULER + len(self._project.layers) * ROW, self.width(), self._footage_height())

    def _lay_out_thumbnails(self) -> None:
        footage = self._project.footage
        if footage is None or not footage.is_clip:
            self._slots = []
            return
        before = [slot.number for slot in self._slots]
        self._slots = slots(self._scale(), self._footage_row(), footage.width / footage.height)
        numbers = [slot.number for slot in self._slots]
        if numbers and numbers != before:
            self.thumbnails_wanted.emit(numbers, self._slots[0].rect.size())
