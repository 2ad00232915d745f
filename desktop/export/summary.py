"""What an export would make: files, sizes, and what there is to say about them."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop import theme
from desktop.export.plan import ExportPlan
from desktop.export.rows import add_row, form
from desktop.theme import WARNING, sentence_label, tint
from desktop.widgets.elided_label import ElidedLabel

MESSAGE_LINES = 2


class Summary(QWidget):
    """Follows the plan."""

    def __init__(self) -> None:
        super().__init__()
        self.files = ElidedLabel("")
        self.room = ElidedLabel("")
        self.message = sentence_label(WARNING)
        self.message.setAccessibleName("What speaks against the export")
        # Its place is kept, so that nothing moves while a name is typed.
        self.message.setMinimumHeight(MESSAGE_LINES * self.message.fontMetrics().lineSpacing())
        self.message.show()
        tint(self.room, theme.DIM)
        rows = form()
        add_row(rows, "Files", self.files, wide=self.files)
        add_row(rows, "Size", self.room, wide=self.room)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(rows)
        layout.addWidget(self.message)

    def show_plan(self, plan: ExportPlan) -> None:
        """Show what would be made, and the most important sentence about it."""
        self.files.set_text(plan.file_words())
        self.room.set_text(plan.size_words())
        self.message.setText(plan.problem or " ".join(plan.notes))
        tint(self.message, WARNING if plan.problem or plan.replaced else theme.DIM)
