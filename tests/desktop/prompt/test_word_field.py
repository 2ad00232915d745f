import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.prompt.suggestions import Doubt, Suggester
from desktop.prompt.word_field import WordField
from engine.guidance.vocabulary import Entry, EntryKind

KNOWN = Suggester([Entry(text, EntryKind.CONCEPT) for text in ("zebra", "hot dog", "dog", "German Shepherd Dog")])


def doubt(text: str) -> Doubt | None:
    return (
        Doubt("“zebbra” is unknown; choose a word near it:", "zebbra", ("zebra", "dog")) if "zebbra" in text else None
    )


@pytest.fixture
def field(qtbot: QtBot) -> WordField:
    field = WordField(lambda: KNOWN, doubt)
    qtbot.addWidget(field)
    with qtbot.waitExposed(field):
        field.show()
    field.activateWindow()
    field.setFocus()
    return field


def offered(field: WordField) -> list[str]:
    model = field.line.popup.model()
    if not field.line.popup.isVisible():
        return []
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def chips(field: WordField) -> list[QPushButton]:
    return [chip for chip in field.chips.findChildren(QPushButton) if chip.isVisible()]


def test_typing_offers_words_and_return_takes_one(qtbot: QtBot, field: WordField) -> None:
    QTest.keyClicks(field.line, "a do")
    assert offered(field) == ["dog", "hot dog", "German Shepherd Dog"]
    popup = field.line.popup
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    with qtbot.assertNotEmitted(field.submitted):
        QTest.keyClick(popup, Qt.Key.Key_Return)

    assert field.text == "a hot dog"
    assert not popup.isVisible()


def test_a_choice_replaces_only_what_stands_before_the_cursor(field: WordField) -> None:
    field.set_text("a  in the snow")
    field.line.setCursorPosition(2)
    QTest.keyClicks(field.line, "shep")
    popup = field.line.popup
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)

    assert field.text == "a German Shepherd Dog in the snow"
    assert field.line.cursorPosition() == len("a German Shepherd Dog")


def test_nothing_is_offered_for_a_word_that_begins_nothing(field: WordField) -> None:
    QTest.keyClicks(field.line, "do")
    QTest.keyClicks(field.line, "x")
    assert offered(field) == []


def test_a_doubt_comes_after_a_pause_of_typing(qtbot: QtBot, field: WordField) -> None:
    QTest.keyClicks(field.line, "zebbra")
    assert field.doubt_label.isHidden()
    qtbot.waitUntil(field.doubt_label.isVisible)
    assert field.doubt_label.text() == "“zebbra” is unknown; choose a word near it:"
    assert [chip.text() for chip in chips(field)] == ["zebra", "dog"]


def test_a_click_on_a_word_mends_the_text(field: WordField) -> None:
    field.set_text("a zebbra at night")
    QTest.mouseClick(chips(field)[0], Qt.MouseButton.LeftButton)

    assert field.text == "a zebra at night"
    assert field.doubt is None
    assert field.doubt_label.isHidden()
    assert chips(field) == []


def test_a_doubt_goes_as_soon_as_the_word_is_mended_by_hand(field: WordField) -> None:
    field.set_text("zebbra")
    QTest.keyClick(field.line, Qt.Key.Key_Backspace)
    assert field.doubt is None
    assert field.doubt_label.isHidden()


def test_return_submits(qtbot: QtBot, field: WordField) -> None:
    with qtbot.waitSignal(field.submitted):
        QTest.keyClick(field.line, Qt.Key.Key_Return)


def test_return_submits_what_was_typed_where_nothing_offered_is_chosen(qtbot: QtBot, field: WordField) -> None:
    QTest.keyClicks(field.line, "do")
    assert offered(field)
    with qtbot.waitSignal(field.submitted):
        QTest.keyClick(field.line.popup, Qt.Key.Key_Return)
    assert field.text == "do"
    assert not offered(field)


def test_escape_hides_the_offer_and_keeps_the_text(field: WordField) -> None:
    QTest.keyClicks(field.line, "do")
    QTest.keyClick(field.line.popup, Qt.Key.Key_Escape)
    assert not offered(field)
    assert field.text == "do"


def test_typing_goes_on_while_words_are_offered(field: WordField) -> None:
    QTest.keyClicks(field.line, "d")
    QTest.keyClicks(field.line.popup, "og")  # the popup has the keyboard
    assert field.text == "dog"
    assert offered(field) == ["hot dog", "German Shepherd Dog"]


def test_each_change_is_told(qtbot: QtBot, field: WordField) -> None:
    texts: list[str] = []
    field.changed.connect(texts.append)
    QTest.keyClicks(field.line, " x ")
    assert texts == ["", "x", "x"]


def test_the_kind_of_a_suggestion_stands_at_its_right(field: WordField) -> None:
    QTest.keyClicks(field.line, "dog")
    popup = field.line.popup
    row = popup.visualRect(popup.model().index(0, 0))
    image = popup.viewport().grab(row.adjusted(row.width() - 80, 0, 0, 0)).toImage()
    colours = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert len(colours) > 2
