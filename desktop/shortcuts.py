"""The list of all shortcuts."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from desktop.actions import GROUPS, Actions, key_text, plain


class ShortcutsDialog(QDialog):
    """Shows which keys do what, by menu."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shortcuts")
        self.resize(440, 620)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.table = _table(actions)
        buttons = QDialogButtonBox()
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        layout.addWidget(buttons)


def _table(actions: Actions) -> QTreeWidget:
    table = QTreeWidget()
    table.setHeaderLabels(["Action", "Keys"])
    table.setRootIsDecorated(False)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
    table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    table.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    for title, specs in GROUPS.items():
        group = QTreeWidgetItem([title])
        font = group.font(0)
        font.setBold(True)
        group.setFont(0, font)
        for spec in specs:
            if spec.keys:
                action = actions[spec.name]
                group.addChild(QTreeWidgetItem([plain(spec.text), key_text(action)]))
        if group.childCount():
            table.addTopLevelItem(group)
    table.expandAll()
    return table
