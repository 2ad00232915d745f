"""How the rows of the export dialog are set."""

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QWidget

LABEL_WIDTH = 76  # in all forms, so that fields lie below each other


def form() -> QFormLayout:
    """Return an empty form."""
    result = QFormLayout()
    result.setContentsMargins(0, 0, 0, 0)
    result.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    result.setVerticalSpacing(8)
    result.setHorizontalSpacing(10)
    return result


def add_row(rows: QFormLayout, text: str, *widgets: QWidget, wide: QWidget | None = None) -> None:
    """Add widgets side by side; the label stands for the first, and ``wide``, if any, takes the room that is left."""
    label = QLabel(text)
    label.setMinimumWidth(LABEL_WIDTH)
    label.setBuddy(widgets[0])
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget, 1 if widget is wide else 0)
    if wide is None:
        row.addStretch()
    label.setMinimumHeight(row.sizeHint().height())  # else it would stand above the fields' middle
    rows.addRow(label, row)
