"""The list inside the layer panel: how a row is painted, and what a click on it does."""

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QHelpEvent, QIcon, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from desktop import theme
from desktop.layers.model import LAYER_ROLE, Index, LayerModel
from engine.project import EditLayer

SWITCH_TIPS = {"visible": "Show or hide", "solo": "Show this layer alone", "locked": "Guard against changes"}
ROW_HEIGHT, THUMBNAIL, SWITCH, GAP, MARK = 52, 40, 20, 6, 3
HIDDEN, SWITCHED_OFF = 0.5, 0.4


class LayerDelegate(QStyledItemDelegate):
    """Paints a row: eye, thumbnail, name over blend mode and opacity, solo and lock."""

    switched = Signal(str, str)  # the layer, and which of visible, solo, locked

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the same height for all rows."""
        return QSize(160, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        layer: EditLayer = index.data(LAYER_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_ground(painter, option)
        for name, rect in switch_rects(option.rect).items():
            on = getattr(layer, name)
            painter.setOpacity(1.0 if on else SWITCHED_OFF)
            _switch_icon(name, on).paint(painter, rect)
        painter.setOpacity(1.0 if layer.visible else HIDDEN)
        if thumbnail := index.data(Qt.ItemDataRole.DecorationRole):
            painter.drawImage(_centred(thumbnail.size(), _thumbnail_rect(option.rect)), thumbnail)
        self._paint_texts(painter, option, layer)
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Put the name's field where the name stands."""
        rect = _text_rect(option.rect)
        editor.setGeometry(QRect(rect.left() - 4, rect.center().y() - 13, rect.width() + 4, 26))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Hand the new name on, unless it is empty or the old one."""
        if isinstance(editor, QLineEdit) and (name := editor.text().strip()) and name != index.data():
            model.setData(index, name)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Flip the switch under the mouse."""
        name = _switch_at(event, option.rect)
        if name is None:
            return super().editorEvent(event, model, option, index)
        if event.type() == QEvent.Type.MouseButtonPress:
            self.switched.emit(index.data(LAYER_ROLE).id, name)
        # A double click on a switch must not open the name's field.
        return True

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """Say what the switch under the mouse does."""
        for name, rect in switch_rects(option.rect).items():
            if rect.contains(event.pos()):
                QToolTip.showText(event.globalPos(), SWITCH_TIPS[name], view)
                return True
        return super().helpEvent(event, view, option, index)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.RAISED))
            mark = QRect(option.rect.left(), option.rect.top(), MARK, option.rect.height())
            painter.fillRect(mark, QColor(theme.ACCENT_LIGHT))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(theme.PANEL))

    def _paint_texts(self, painter: QPainter, option: QStyleOptionViewItem, layer: EditLayer) -> None:
        rect = _text_rect(option.rect)
        metrics = painter.fontMetrics()
        top = rect.center().y() - metrics.height()
        painter.setPen(QColor(theme.TEXT))
        name = metrics.elidedText(layer.name, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect.left(), top + metrics.ascent(), name)
        painter.setPen(QColor(theme.DIM))
        facts = f"{layer.blend.label} · {'keyframes' if layer.opacity_keys else f'{layer.opacity:.0%}'}"
        painter.drawText(rect.left(), top + metrics.height() + metrics.ascent() + 2, facts)


class LayerView(QListView):
    """The list: drag to reorder, F2 or a double click to rename."""

    def __init__(self, model: LayerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer_delegate = LayerDelegate(self)
        self.setModel(model)
        self.setItemDelegate(self.layer_delegate)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)


def switch_rects(row: QRect) -> dict[str, QRect]:
    """Return where a row's three switches stand."""
    top = row.center().y() - SWITCH // 2
    right = row.right() - GAP
    return {
        "visible": QRect(row.left() + GAP, top, SWITCH, SWITCH),
        "solo": QRect(right - 2 * SWITCH - GAP, top, SWITCH, SWITCH),
        "locked": QRect(right - SWITCH, top, SWITCH, SWITCH),
    }


def _switch_at(event: QEvent, row: QRect) -> str | None:
    if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
        return None
    point = event.position().toPoint()
    return next((name for name, rect in switch_rects(row).items() if rect.contains(point)), None)


def _switch_icon(name: str, on: bool) -> QIcon:
    names = {"visible": ("hidden", "visible"), "solo": ("solo-off", "solo"), "locked": ("unlocked", "locked")}
    return theme.icon(names[name][on])


def _thumbnail_rect(row: QRect) -> QRect:
    return QRect(row.left() + SWITCH + 2 * GAP, row.center().y() - THUMBNAIL // 2, THUMBNAIL, THUMBNAIL)


def _text_rect(row: QRect) -> QRect:
    left = _thumbnail_rect(row).right() + 1 + GAP + 2
    return QRect(left, row.top(), switch_rects(row)["solo"].left() - GAP - left, row.height())


def _centred(size: QSize, frame: QRect) -> QRect:
    fitted = size.scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
    rect = QRect(frame.topLeft(), fitted)
    rect.moveCenter(frame.center())
    return rect
