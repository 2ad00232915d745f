import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.flow_layout import FlowLayout


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    layout = FlowLayout(page, spacing=10)
    for width in (60, 70, 50):
        word = QWidget()
        word.setFixedSize(width, 20)
        layout.addWidget(word)
    return page


def places(page: QWidget, width: int) -> list[QRect]:
    layout = page.layout()
    page.resize(width, layout.heightForWidth(width))
    layout.setGeometry(page.rect())
    return [layout.itemAt(place).geometry() for place in range(layout.count())]


def test_what_fits_stands_in_one_row(page: QWidget) -> None:
    assert places(page, 200) == [QRect(0, 0, 60, 20), QRect(70, 0, 70, 20), QRect(150, 0, 50, 20)]
    assert page.height() == 20


def test_what_does_not_fit_begins_a_new_row(page: QWidget) -> None:
    assert places(page, 199) == [QRect(0, 0, 60, 20), QRect(70, 0, 70, 20), QRect(0, 30, 50, 20)]
    assert page.height() == 50


def test_each_row_holds_at_least_one(page: QWidget) -> None:
    assert [place.top() for place in places(page, 5)] == [0, 30, 60]


def test_items_can_be_taken_away(page: QWidget) -> None:
    layout = page.layout()
    taken = layout.takeAt(1)
    assert taken.widget().width() == 70
    assert layout.count() == 2
    assert layout.itemAt(2) is None
    assert layout.takeAt(7) is None
