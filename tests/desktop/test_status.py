import pytest
from pytestqt.qtbot import QtBot

from desktop.playback.pace import Pace
from desktop.status import StatusBar


@pytest.fixture
def status(qtbot: QtBot) -> StatusBar:
    bar = StatusBar()
    qtbot.addWidget(bar)
    return bar


def test_the_pace_is_told_while_playing_and_drops_stand_out(status: StatusBar) -> None:
    status.show_pace(Pace(24.0, 24.0, 0))
    held = status.pace.palette().windowText().color()
    assert status.pace.text() == "24.0 of 24 fps"
    status.show_pace(Pace(20.5, 24.0, 7))
    assert status.pace.text() == "20.5 of 24 fps · 7 dropped"
    assert status.pace.palette().windowText().color() != held


def test_at_rest_only_drops_are_told(status: StatusBar) -> None:
    status.end_pace(Pace(24.0, 24.0, 0))
    assert status.currentMessage() == ""
    status.end_pace(Pace(20.5, 24.0, 7))
    assert "7 frames came too late and were dropped" in status.currentMessage()
    assert status.pace.text() == ""
