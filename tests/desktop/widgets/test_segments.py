import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.widgets.segments import Segments


@pytest.fixture
def segments(qtbot: QtBot) -> Segments[int]:
    segments = Segments([(16, "16 bits", "for work"), (8, "8 bits", "for show")])
    qtbot.addWidget(segments)
    with qtbot.waitExposed(segments):
        segments.show()
    return segments


def test_the_first_is_chosen_at_first(segments: Segments[int]) -> None:
    assert segments.value == 16


def test_a_click_chooses_and_tells_once(segments: Segments[int]) -> None:
    told: list[int] = []
    segments.changed.connect(lambda: told.append(segments.value))
    QTest.mouseClick(segments.button(8), Qt.MouseButton.LeftButton)
    QTest.mouseClick(segments.button(8), Qt.MouseButton.LeftButton)
    assert told == [8]


def test_an_unknown_value_is_refused(segments: Segments[int]) -> None:
    with pytest.raises(ValueError, match="12"):
        segments.choose(12)
