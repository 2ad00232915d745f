"""Dialogs of one clear sentence. None of them blocks: each answers through a callback."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

Role = QMessageBox.ButtonRole


@dataclass(frozen=True)
class Choice:
    """A button: its text, its role, and what happens when it is pressed (nothing where None)."""

    text: str
    role: QMessageBox.ButtonRole
    chosen: Callable[[], None] | None = None


def show_error(parent: QWidget, sentence: str) -> QMessageBox:
    """Show what went wrong and return at once."""
    box = _box(parent, QMessageBox.Icon.Warning, sentence, "")
    box.addButton("OK", Role.AcceptRole)  # a standard button would bring the desktop's own icon
    box.open()
    return box


def show_note(parent: QWidget, text: str, explanation: str) -> QMessageBox:
    """Tell something and return at once."""
    box = _box(parent, QMessageBox.Icon.Information, text, explanation)
    box.addButton("OK", Role.AcceptRole)
    box.open()
    return box


def ask(parent: QWidget, question: str, explanation: str, choices: Sequence[Choice]) -> QMessageBox:
    """Ask ``question`` and return at once; the first choice is the one that Return takes."""
    box = _box(parent, QMessageBox.Icon.Question, question, explanation)
    answers = [(box.addButton(choice.text, choice.role), choice.chosen) for choice in choices]
    box.setDefaultButton(answers[0][0])

    def answer() -> None:
        for button, chosen in answers:
            if button is box.clickedButton() and chosen is not None:
                chosen()

    box.finished.connect(answer)
    box.open()
    return box


def _box(parent: QWidget, icon: QMessageBox.Icon, text: str, explanation: str) -> QMessageBox:
    box = QMessageBox(icon, "Patina", text, QMessageBox.StandardButton.NoButton, parent)
    # File names and prompts may hold "<"; they are never markup.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(explanation)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box
