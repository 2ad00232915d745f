import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.timeline.frame_field import FrameField, parse_frame

CLIP = range(1001, 1121)


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("1010", 1010),
        ("+20", 1060),
        ("-5", 1035),
        (" + 20 ", 1060),
        ("+1000", 1120),
        ("-1000", 1001),
        ("3", 1001),
        ("", None),
        ("abc", None),
        ("1e3", None),
        ("+", None),
        ("12.5", None),
        ("99999999999999", None),
    ],
)
def test_a_text_asks_for_a_frame(text: str, frame: int | None) -> None:
    assert parse_frame(text, 1040, CLIP) == frame


@given(st.text(), st.sampled_from(CLIP))
def test_no_text_leads_out_of_the_clip(text: str, current: int) -> None:
    frame = parse_frame(text, current, CLIP)
    assert frame is None or frame in CLIP


@given(st.integers(0, 10**6))
def test_plus_counts_from_the_current_frame(count: int) -> None:
    assert parse_frame(f"+{count}", 1001, CLIP) == min(1001 + count, 1120)


@pytest.fixture
def field(qtbot: QtBot) -> FrameField:
    widget = FrameField()
    qtbot.addWidget(widget)
    widget.show_frame(1040, CLIP)
    return widget


def test_enter_asks_for_the_frame(field: FrameField, qtbot: QtBot) -> None:
    field.selectAll()
    QTest.keyClicks(field, "+20")
    with qtbot.waitSignal(field.frame_asked) as asked:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert asked.args == [1060]
    assert field.text() == "1040"  # until whoever was asked goes there


def test_escape_and_nonsense_return_to_the_frame(field: FrameField, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(field.frame_asked):
        field.selectAll()
        QTest.keyClicks(field, "12")
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert field.text() == "1040"
        QTest.keyClicks(field, "what")
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "1040"
