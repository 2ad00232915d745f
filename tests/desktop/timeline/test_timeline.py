from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop import theme
from desktop.timeline.timeline import STILL_TIP, Timeline
from desktop.timeline.tracks import NAMES, ROW, RULER
from engine.project import EditLayer, Footage, Project

STILL = Footage(Path("/footage/horse.jpg"), 1800, 1200)
CLIP = Footage(Path("/footage/swan.mov"), 1920, 1080, 120, Fraction(24000, 1001), 1001)
LAYERS = tuple(EditLayer(name, name, f"layers/{name}.png") for name in ("golden", "zebra"))
TRANSPORT = ("first", "previous", "play", "next", "last")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def timeline(qtbot: QtBot) -> Timeline:
    widget = Timeline()
    qtbot.addWidget(widget)
    widget.resize(900, 200)
    widget.show()
    return widget


def click(timeline: Timeline, name: str) -> None:
    QTest.mouseClick(timeline.button(name), LEFT)


def colour_at(timeline: Timeline, x: int, y: int) -> QColor:
    return timeline.tracks.grab().toImage().pixelColor(x, y)


def test_a_still_has_one_frame_and_nothing_to_play(timeline: Timeline) -> None:
    timeline.set_project(Project(STILL, LAYERS))
    for name in TRANSPORT:
        assert not timeline.button(name).isEnabled()
        assert timeline.button(name).toolTip() == STILL_TIP
    timeline.toggle_play()
    assert not timeline.playing
    timeline.set_frame(7)
    assert timeline.frame == 1
    assert timeline.frame_field.text() == "1"


def test_buttons_step_through_a_clip_by_its_own_numbers(timeline: Timeline) -> None:
    timeline.set_project(Project(CLIP))
    seen: list[int] = []
    timeline.frame_changed.connect(seen.append)
    for name in ("last", "next", "previous", "first", "previous", "next"):
        click(timeline, name)
    assert seen == [1120, 1119, 1001, 1002]
    assert timeline.frame_field.text() == "1002"


def test_the_frame_field_counts_from_the_frame(timeline: Timeline) -> None:
    timeline.set_project(Project(CLIP))
    timeline.frame_field.selectAll()
    QTest.keyClicks(timeline.frame_field, "+20")
    QTest.keyClick(timeline.frame_field, Qt.Key.Key_Return)
    assert timeline.frame == 1021
    assert timeline.frame_field.text() == "1021"


def test_a_click_on_the_ruler_moves_the_playhead(timeline: Timeline) -> None:
    timeline.set_project(Project(CLIP))
    middle = QPoint((NAMES + timeline.tracks.width()) // 2, RULER // 2)
    QTest.mouseClick(timeline.tracks, LEFT, pos=middle)
    assert abs(timeline.frame - 1061) <= 1


def test_playing_goes_on_and_begins_again_at_the_end(timeline: Timeline, qtbot: QtBot) -> None:
    timeline.set_project(Project(Footage(Path("/footage/short.mov"), 64, 64, 3, Fraction(100), 10)))
    seen: list[int] = []
    timeline.frame_changed.connect(seen.append)
    click(timeline, "play")
    assert timeline.playing
    qtbot.waitUntil(lambda: len(seen) >= 4)
    click(timeline, "play")
    assert not timeline.playing
    assert seen[:4] == [11, 12, 10, 11]


def test_other_footage_stops_playing_at_its_first_frame(timeline: Timeline) -> None:
    timeline.set_project(Project(CLIP))
    timeline.set_frame(1050)
    timeline.toggle_play()
    timeline.set_project(Project(CLIP, LAYERS))
    assert timeline.frame == 1050
    assert timeline.playing
    timeline.set_project(Project(STILL))
    assert timeline.frame == 1
    assert not timeline.playing


def test_a_click_on_a_track_chooses_its_layer_the_top_one_first(timeline: Timeline, qtbot: QtBot) -> None:
    timeline.set_project(Project(STILL, LAYERS))
    chosen: list[str] = []
    timeline.layer_chosen.connect(chosen.append)
    for row in range(3):  # the last is the footage's
        QTest.mouseClick(timeline.tracks, LEFT, pos=QPoint(40, RULER + row * ROW + ROW // 2))
    assert chosen == ["zebra", "golden"]


def test_a_layer_that_is_not_seen_is_dim_and_the_current_one_marked(timeline: Timeline) -> None:
    project = Project(STILL, LAYERS)
    timeline.set_project(project)
    x, y = timeline.tracks.width() // 2, RULER + ROW // 2
    bright = colour_at(timeline, x, y)
    hidden = EditLayer("zebra", "zebra", "layers/zebra.png", visible=False)
    timeline.set_project(project.replace_layer(hidden))
    assert colour_at(timeline, x, y).lightness() < bright.lightness()
    plain = colour_at(timeline, 3, y)
    timeline.set_current_layer("zebra")
    assert colour_at(timeline, 3, y) != plain
    assert colour_at(timeline, 3, y) == QColor(theme.RAISED)


def test_the_playhead_stands_on_the_frame(timeline: Timeline) -> None:
    timeline.set_project(Project(CLIP))
    places = []
    for frame in (1001, 1061):
        timeline.set_frame(frame)
        image = timeline.tracks.grab().toImage()
        row = RULER + ROW + 3
        matching = [x for x in range(image.width()) if image.pixelColor(x, row).green() > 120]
        places.append(np.mean(matching))
    assert places[1] - places[0] == pytest.approx((timeline.tracks.width() - NAMES - 16) / 2, abs=3)


def test_before_any_footage_nothing_can_be_moved(timeline: Timeline) -> None:
    assert not any(timeline.button(name).isEnabled() for name in TRANSPORT)
    assert not timeline.frame_field.isEnabled()
    QTest.mouseClick(timeline.tracks, LEFT, pos=QPoint(300, 10))
    assert timeline.frame == 1
