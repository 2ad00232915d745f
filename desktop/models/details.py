"""The chosen model: its licence and its page, and what can be done with it."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop import theme
from desktop.models.rows import ModelRow, State
from desktop.models.words import pull_text


class ModelDetails(QWidget):
    """Shows a model; its buttons are for the dialog to connect."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setOpenExternalLinks(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.pull_button = QPushButton()
        self.pull_button.setToolTip("Download the model, under the licence above")
        self.check_button = QPushButton("Check")
        self.check_button.setToolTip("See whether the model recognises what is in the sample photograph")
        self.remove_button = QPushButton("Remove…")
        self.remove_button.setToolTip("Remove the model from this machine")
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.pull_button, self.check_button, self.remove_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
        layout.addStretch()

    def show_row(self, row: ModelRow, busy: bool) -> None:
        """Show ``row``; while something else is being done, nothing can be begun."""
        lines = [f"<b>{escape(row.title)}</b>", _line("Licence", escape(row.licence))]
        if row.source:
            lines.append(_line("From", _linked(row.source)))
        self.text.setText("".join(f"<p style='margin: 0 0 4px 0'>{line}</p>" for line in lines))
        self.pull_button.setText(pull_text(row))
        self.pull_button.setVisible(row.state is not State.INSTALLED)
        self.check_button.setVisible(row.state is State.INSTALLED)
        self.remove_button.setVisible(row.removable)
        for button in (self.pull_button, self.check_button, self.remove_button):
            button.setEnabled(not busy)


def _line(label: str, html: str) -> str:
    return f"<span style='color: {theme.DIM}'>{label}:</span> {html}"


def _linked(source: str) -> str:
    """Return an address as a link, and a path as it is."""
    if not source.startswith("https://"):
        return escape(source)
    return (
        f"<a href='{escape(source)}' style='color: {theme.ACCENT_LIGHT}'>{escape(source.removeprefix('https://'))}</a>"
    )
