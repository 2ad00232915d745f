"""The table of models."""

from collections.abc import Iterable
from itertools import chain

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from desktop.models.rows import ModelRow, State
from desktop.models.words import memory
from desktop.theme import GOOD, WARNING
from engine.delivery.sizes import size_text

COLUMNS = ("Model", "State", "Size", "Memory", "Speed", "Licence")
TIPS = (
    "",
    "",
    "On the disk, or to download",
    "The most that a training on the processor needs beside the picture",
    "How long a step takes, beside the other models",
    "Under which the weights are given",
)
LICENCE = len(COLUMNS) - 1
ROW_ROLE = Qt.ItemDataRole.UserRole
COLOURS = {State.INSTALLED: GOOD, State.INCOMPLETE: WARNING}


class ModelTable(QTreeWidget):
    """One row a model, one of which is chosen."""

    chosen = Signal(object)  # a ModelRow

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderLabels(list(COLUMNS))
        self.setStyleSheet("QTreeView::item { padding: 4px 3px; }")
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        for column, tip in enumerate(TIPS):
            self.headerItem().setToolTip(column, tip)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.header().setSectionResizeMode(LICENCE, QHeaderView.ResizeMode.Stretch)
        self.currentItemChanged.connect(self._tell)

    def row(self) -> ModelRow | None:
        """Return the chosen row, None before there is one."""
        item = self.currentItem()
        return item.data(0, ROW_ROLE) if item else None

    def show_rows(self, rows: Iterable[ModelRow]) -> None:
        """Show ``rows``; the model chosen before stays chosen, else the recommended one is."""
        before = self.row()
        self.blockSignals(True)
        self.clear()
        self.addTopLevelItems([_item(row) for row in rows])
        self.blockSignals(False)
        self.choose(before.name if before else "")

    def choose(self, name: str) -> None:
        """Choose the model of that name, or the recommended one where there is none of it."""
        items = [item for place in range(self.topLevelItemCount()) if (item := self.topLevelItem(place))]
        named = (item for item in items if item.data(0, ROW_ROLE).name == name)
        recommended = (item for item in items if item.data(0, ROW_ROLE).recommended)
        self.setCurrentItem(next(chain(named, recommended, items)))

    def _tell(self) -> None:
        self.chosen.emit(self.row())


def _item(row: ModelRow) -> QTreeWidgetItem:
    name = f"{row.name} (recommended)" if row.recommended else row.name
    item = QTreeWidgetItem([name, str(row.state), size_text(row.bytes), memory(row), row.speed or "–", row.licence])
    item.setData(0, ROW_ROLE, row)
    item.setToolTip(0, row.title)
    item.setToolTip(LICENCE, row.licence)
    if row.state in COLOURS:
        item.setForeground(1, QColor(COLOURS[row.state]))
    return item
