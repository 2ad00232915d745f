import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.messages import Choice, Role, ask, show_error, show_note
from tests.desktop.window_helpers import press


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_an_error_returns_at_once_and_never_reads_names_as_markup(parent: QWidget) -> None:
    box = show_error(parent, "<b>cat</b>.png is empty; choose another picture.")
    assert box.isVisible()
    assert box.text() == "<b>cat</b>.png is empty; choose another picture."
    assert box.textFormat() == Qt.TextFormat.PlainText
    press(box, "OK")


def test_only_the_pressed_choice_is_told(parent: QWidget) -> None:
    heard: list[str] = []
    choices = [
        Choice("Save", Role.AcceptRole, lambda: heard.append("save")),
        Choice("Don’t Save", Role.DestructiveRole, lambda: heard.append("leave")),
        Choice("Cancel", Role.RejectRole),
    ]
    press(ask(parent, "Save?", "", choices), "Don’t Save")
    assert heard == ["leave"]
    press(ask(parent, "Save?", "", choices), "Cancel")
    assert heard == ["leave"]


def test_return_takes_the_first_choice_and_escape_the_one_that_rejects(qtbot: QtBot, parent: QWidget) -> None:
    heard: list[str] = []
    choices = [Choice("Replace", Role.AcceptRole, lambda: heard.append("replace")), Choice("Cancel", Role.RejectRole)]
    box = ask(parent, "Replace?", "It exists.", choices)
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert heard == []
    box = ask(parent, "Replace?", "It exists.", choices)
    qtbot.keyClick(box.defaultButton(), Qt.Key.Key_Return)
    assert heard == ["replace"]


def test_a_note_shows_its_explanation(parent: QWidget) -> None:
    box = show_note(parent, "Patina", "More.")
    assert box.informativeText() == "More."
    press(box, "OK")
