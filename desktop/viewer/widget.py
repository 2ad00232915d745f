"""The viewer: an easel that answers the mouse and the keyboard."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.viewer import decorations, wipe
from desktop.viewer.brush import Brush
from desktop.viewer.easel import Easel
from desktop.viewer.gestures import BrushSizeDrag, Gesture, Pan, WipeDrag
from desktop.viewer.view import Rect, zoom_step

NOTCH = 120  # what a mouse wheel's notch counts in Qt


class Viewer(Easel):
    """The viewer.

    Wheel or pinch: zoom about the pointer. Middle button, Space or, without a brush, left button: pan. Double click:
    fit. The wipe's line is dragged. With a brush: left button paints, Ctrl swaps brush and eraser, Shift and a drag
    resize. With the box: left button draws it. Escape drops a drag.
    """

    pointed = Signal(int, int, object)  # column and row under the pointer; (red, green, blue, alpha) there
    pointer_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._gesture: Gesture | None = None
        self._pointer: QPointF | None = None  # in logical pixels
        self._space_held = False
        self._marker: tuple[float, float] | None = None

    def set_source(self, rgb: np.ndarray | None) -> None:
        """Show other footage, without layers, preview or matte; None for nothing."""
        self._cancel_gesture()
        super().set_source(rgb)

    def set_matte(self, matte: np.ndarray | None) -> None:
        """Show and edit this subject matte, of the footage's size; None where the whole picture is the subject."""
        if self.scene is None or self.scene.matte is None or self.scene.matte.pixels is not matte:
            self._cancel_gesture()
        super().set_matte(matte)

    def set_marker(self, place: tuple[float, float] | None) -> None:
        """Mark a place, x and y in picture pixels; None for none."""
        if place != self._marker:
            self._marker = place
            self.update()

    def _show_tool(self) -> None:
        super()._show_tool()
        self._show_cursor()

    def event(self, event: QEvent) -> bool:
        """Also take pinches, and keep Space from being a shortcut's while the viewer has the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._wants(event):
            event.accept()
            return True
        pinch = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == pinch:
            self.zoom_about(self.zoom * (1 + event.value()), *self._device(event.position()))
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        if turned := event.angleDelta().y():
            self.zoom_about(zoom_step(self.zoom, turned / NOTCH), *self._device(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag."""
        if self._gesture is not None or self.scene is None:
            return
        self._gesture = self._gesture_for(event)
        if self._gesture is not None:
            self._gesture.to(*self._device(event.position()))
        self._show_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the drag, and tell what is under the pointer."""
        if not isinstance(self._gesture, BrushSizeDrag):  # the outline stays where it is while it is resized
            self._move_pointer(event.position())
        if self._gesture is not None:
            self._gesture.to(*self._device(event.position()))
        self._show_cursor()
        self._point()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag when its last button goes up."""
        if self._gesture is not None and not event.buttons():
            gesture, self._gesture = self._gesture, None
            gesture.end()
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit; with a brush, paint on."""
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self.brush is None and not self.boxing and not self._on_wipe(event.position()):
            self.fit()
        else:
            self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ready the pan while Space is held; drop a drag on Escape."""
        if event.key() == Qt.Key.Key_Space:
            self._hold_space(True)
        elif event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            self._cancel_gesture()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Return to the tool when Space goes up."""
        if event.key() != Qt.Key.Key_Space:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self._hold_space(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget a held Space: its release will go elsewhere."""
        super().focusOutEvent(event)
        self._hold_space(False)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Take the keyboard, so that Space pans, unless the user is typing."""
        super().enterEvent(event)
        typing = QApplication.focusWidget()
        if typing is None or not typing.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled):
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the brush's outline."""
        super().leaveEvent(event)
        self._move_pointer(None)
        self.pointer_left.emit()

    def _gesture_for(self, event: QMouseEvent) -> Gesture | None:
        x, y = self._device(event.position())
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._space_held):
            return Pan(self.pan_by, x, y)
        if not left or self.scene is None:
            return None
        if self._on_wipe(event.position()):
            size = self.scene.size
            return WipeDrag(self.set_wipe_at, lambda x: wipe.fraction_at(self.view, size, x), self.look.wipe_at)
        if self.boxing:
            return self.begin_box()
        if self.brush is None:
            return Pan(self.pan_by, x, y)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return BrushSizeDrag(self.set_brush, self.brush, x, self.view.scales[0])
        return self.begin_stroke(_swapped(self.brush, event.modifiers()))

    def _wants(self, event: QKeyEvent) -> bool:
        """Return whether a key is the viewer's own before it is a shortcut's."""
        return event.key() == Qt.Key.Key_Space or (event.key() == Qt.Key.Key_Escape and self._gesture is not None)

    def _cancel_gesture(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
        self._show_cursor()

    def _hold_space(self, held: bool) -> None:
        self._space_held = held
        self._show_cursor()

    def _on_wipe(self, point: QPointF) -> bool:
        x, y = self._device(point)
        reach = wipe.REACH * self.devicePixelRatioF()
        return self.scene is not None and wipe.is_on_line(self.look, self.view, self.scene.size, x, y, reach)

    def _device(self, point: QPointF) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return point.x() * ratio, point.y() * ratio

    def _point(self) -> None:
        """Tell what is under the pointer."""
        if self.scene is None or self._pointer is None:
            return
        x, y = (int(place // 1) for place in self.view.to_picture(*self._device(self._pointer)))
        if 0 <= x < self.scene.size.width and 0 <= y < self.scene.size.height:
            self.pointed.emit(x, y, self.scene.value_at(x, y))
        else:
            self.pointer_left.emit()

    def _move_pointer(self, point: QPointF | None) -> None:
        self._update_outline()
        self._pointer = point
        self._update_outline()

    def _update_outline(self) -> None:
        if self._pointer is not None and self.brush is not None:
            reach = self._outline_radius(self.brush) * max(self.view.aspect, 1) + 8
            around = QRectF(self._pointer.x() - reach, self._pointer.y() - reach, 2 * reach, 2 * reach)
            self.update(around.toAlignedRect())

    def _outline_radius(self, brush: Brush) -> float:
        return brush.size / 2 * self.zoom / self.devicePixelRatioF()

    def _show_cursor(self) -> None:
        shape = self._cursor_shape()
        if self.cursor().shape() != shape:
            self.setCursor(shape)
        self._update_outline()

    def _cursor_shape(self) -> Qt.CursorShape:
        if isinstance(self._gesture, Pan):
            return Qt.CursorShape.ClosedHandCursor
        if self._space_held:
            return Qt.CursorShape.OpenHandCursor
        if isinstance(self._gesture, WipeDrag) or (self._pointer is not None and self._on_wipe(self._pointer)):
            return Qt.CursorShape.SplitHCursor
        if self.boxing:
            return Qt.CursorShape.CrossCursor
        return Qt.CursorShape.ArrowCursor if self.brush is None else Qt.CursorShape.BlankCursor

    def _decorate(self, painter: QPainter) -> None:
        if self.scene is None:
            return
        ratio = self.devicePixelRatioF()
        left, top, right, bottom = (side / ratio for side in self.view.covered(self.scene.size))
        seen = QRectF(self.rect()).intersected(QRectF(left, top, right - left, bottom - top))
        if self.look.wipe and not seen.isEmpty():
            column = wipe.line_column(self.look, self.view, self.scene.size) / ratio
            decorations.draw_wipe(painter, column, seen, self.font())
        if not self._box.empty:
            decorations.draw_box(painter, self._on_screen(self._box))
        if self._marker is not None:
            x, y = (place / ratio for place in self.view.to_screen(*self._marker))
            decorations.draw_marker(painter, QPointF(x, y))
        if text := decorations.label_of(self.look, self.scene.preview is not None, self._overlay_name):
            decorations.draw_label(painter, QPointF(decorations.LABEL_GAP, decorations.LABEL_GAP), text, self.font())
        if self._pointer is not None and self.brush is not None and self._cursor_shape() == Qt.CursorShape.BlankCursor:
            brush = _swapped(self.brush, QApplication.keyboardModifiers())
            decorations.draw_brush(painter, self._pointer, self._outline_radius(brush), brush, self.view.aspect)

    def _on_screen(self, part: Rect) -> QRectF:
        """Return a part of the picture in logical pixels of the screen."""
        ratio = self.devicePixelRatioF()
        left, top = self.view.to_screen(part.left, part.top)
        right, bottom = self.view.to_screen(part.right, part.bottom)
        return QRectF(left / ratio, top / ratio, (right - left) / ratio, (bottom - top) / ratio)


def _swapped(brush: Brush, modifiers: Qt.KeyboardModifier) -> Brush:
    """Return the brush, or its counterpart while Ctrl is held."""
    swap = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    return replace(brush, erase=brush.erase != swap)
