"""The project's layers as Qt's item views want them: top first, reordered by drag, renamed in place."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QImage

from engine.project import EditLayer, Project

Index = QModelIndex | QPersistentModelIndex

LAYER_ROLE = Qt.ItemDataRole.UserRole
MIME = "application/x-patina-layer"


class LayerModel(QAbstractListModel):
    """The layers of a project, top first; a row that is dropped elsewhere is announced, not moved."""

    dropped = Signal(str, int)  # the layer, and its new place from the bottom
    renamed = Signal(str, str)

    def __init__(self, thumbnail: Callable[[EditLayer], QImage | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._layers: tuple[EditLayer, ...] = ()
        self._thumbnail = thumbnail

    def set_project(self, project: Project) -> None:
        """Show ``project``'s layers. Only rows that differ are touched, so that a name being typed survives."""
        layers = tuple(reversed(project.layers))
        before = [layer.id for layer in self._layers]
        after = [layer.id for layer in layers]
        same = _same_start(before, after)
        same_end = _same_start(before[same:][::-1], after[same:][::-1])
        self._replace_rows(same, len(before) - same_end, layers[same : len(after) - same_end])
        shown, self._layers = self._layers, layers
        for row, (old, new) in enumerate(zip(shown, layers, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(row), self.index(row))

    def _replace_rows(self, start: int, end: int, new: Sequence[EditLayer]) -> None:
        if end > start:
            self.beginRemoveRows(QModelIndex(), start, end - 1)
            self._layers = self._layers[:start] + self._layers[end:]
            self.endRemoveRows()
        if new:
            self.beginInsertRows(QModelIndex(), start, start + len(new) - 1)
            self._layers = (*self._layers[:start], *new, *self._layers[start:])
            self.endInsertRows()

    def row_of(self, layer_id: str) -> int:
        """Return the layer's row, -1 where there is none."""
        return next((row for row, layer in enumerate(self._layers) if layer.id == layer_id), -1)

    def layer(self, index: Index) -> EditLayer | None:
        """Return the layer of a row, None for no row."""
        return self._layers[index.row()] if 0 <= index.row() < len(self._layers) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of layers."""
        return 0 if parent.isValid() else len(self._layers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a layer's name, thumbnail or whole value."""
        layer = self.layer(index)
        if layer is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return layer.name
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnail(layer)
        return layer if role == LAYER_ROLE else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Announce a new name; the document makes the change."""
        layer = self.layer(index)
        if layer is None or role != Qt.ItemDataRole.EditRole:
            return False
        self.renamed.emit(layer.id, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let unlocked layers be renamed and dragged, and every gap take a drop."""
        layer = self.layer(index)
        if layer is None:
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        if layer.locked:
            return flags
        return flags | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        """Return that rows move."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Return the one type that rows travel as."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the first row's layer id."""
        data = QMimeData()
        if indexes and (layer := self.layer(indexes[0])):
            data.setData(MIME, layer.id.encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Announce where a layer was dropped; False keeps the view from moving rows by itself."""
        layer_id = bytes(data.data(MIME).data()).decode()
        source = self.row_of(layer_id)
        if source < 0:
            return False
        target = row if row >= 0 else (parent.row() if parent.isValid() else len(self._layers))
        # The row itself leaves its place before it lands.
        target -= 1 if source < target else 0
        self.dropped.emit(layer_id, len(self._layers) - 1 - target)
        return False


def _same_start(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
