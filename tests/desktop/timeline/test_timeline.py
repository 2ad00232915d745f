from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop import theme
from desktop.playback.pace import Mode
from desktop.playback.player import Player
from desktop.playback.playhead import Playhead
from desktop.playback.timing import Timing
from desktop.timeline.frame_range import FrameRange
from desktop.timeline.timeline import Timeline
from desktop.timeline.tracks import CLIP_ROW, NAMES, ROW, RULER, Tracks
from desktop.timeline.transport import STILL_TIP
from engine.clip_subjects import ClipSubject
from engine.project import EditLayer, Footage, Project

STILL = Footage(Path("/footage/horse.jpg"), 1800, 1200)
CLIP = Footage(Path("/footage/swan.mov"), 1920, 1080, 120, Fraction(24000, 1001), 1001)
LAYERS = tuple(EditLayer(name, name, f"layers/{name}.png") for name in ("golden", "zebra"))
TRANSPORT = ("first", "previous", "play", "next", "last")
LEFT = Qt.MouseButton.LeftButton
Show = Callable[[Project], None]


class ReadyFrames:
    """All frames are there at once."""

    seconds_a_frame = 0.0

    def is_ready(self, number: int) -> bool:
        return True

    def plan(self, moving: list[int]) -> None:
        pass

    def room(self) -> int:
        return 100


@pytest.fixture
def playhead() -> Playhead:
    return Playhead()


@pytest.fixture
def player(playhead: Playhead) -> Iterator[Player]:
    player = Player(playhead, ReadyFrames())
    yield player
    player.pause()


@pytest.fixture
def timeline(playhead: Playhead, player: Player, qtbot: QtBot) -> Timeline:
    widget = Timeline(playhead, player)
    qtbot.addWidget(widget)
    widget.resize(900, 200)
    widget.show()
    return widget


@pytest.fixture
def show(timeline: Timeline, playhead: Playhead, player: Player) -> Callable[[Project], None]:
    """Return what shows a project as the document does."""

    def show(project: Project) -> None:
        playhead.show_footage(project.footage)
        playhead.show_project(project)
        footage = project.footage
        player.set_timing(Timing(footage.numbers, footage.rate) if footage and footage.rate else None)
        timeline.set_project(project)

    return show


def click(timeline: Timeline, name: str) -> None:
    QTest.mouseClick(timeline.button(name), LEFT)


def colour_at(timeline: Timeline, x: int, y: int) -> QColor:
    return timeline.tracks.grab().toImage().pixelColor(x, y)


def test_a_still_has_one_frame_and_nothing_to_play(
    timeline: Timeline, show: Show, playhead: Playhead, player: Player
) -> None:
    show(Project(STILL, LAYERS))
    for name in TRANSPORT:
        assert not timeline.button(name).isEnabled()
        assert timeline.button(name).toolTip() == STILL_TIP
    player.toggle()
    assert not player.playing
    playhead.go(7)
    assert playhead.number == 1
    assert timeline.transport.frame_field.text() == "1"
    assert not timeline.transport.mode.isVisible()


def test_buttons_step_through_a_clip_by_its_own_numbers(timeline: Timeline, show: Show, playhead: Playhead) -> None:
    show(Project(CLIP))
    seen: list[int] = []
    playhead.moved.connect(seen.append)
    for name in ("last", "next", "previous", "first", "previous", "next"):
        click(timeline, name)
    assert seen == [1120, 1119, 1001, 1002]
    assert timeline.transport.frame_field.text() == "1002"


def test_the_frame_field_counts_from_the_frame(timeline: Timeline, show: Show, playhead: Playhead) -> None:
    show(Project(CLIP))
    timeline.transport.frame_field.selectAll()
    QTest.keyClicks(timeline.transport.frame_field, "+20")
    QTest.keyClick(timeline.transport.frame_field, Qt.Key.Key_Return)
    assert playhead.number == 1021
    assert timeline.transport.frame_field.text() == "1021"


def test_a_click_on_the_ruler_moves_the_playhead(timeline: Timeline, show: Show, playhead: Playhead) -> None:
    show(Project(CLIP))
    middle = QPoint((NAMES + timeline.tracks.width()) // 2, RULER // 2)
    QTest.mouseClick(timeline.tracks, LEFT, pos=middle)
    assert abs(playhead.number - 1061) <= 1


def test_playing_goes_on_and_begins_again_at_the_end(
    timeline: Timeline, show: Show, playhead: Playhead, player: Player, qtbot: QtBot
) -> None:
    show(Project(Footage(Path("/footage/short.mov"), 64, 64, 3, Fraction(100), 10)))
    player.set_mode(Mode.EVERY_FRAME)
    seen: list[int] = []
    playhead.moved.connect(seen.append)
    click(timeline, "play")
    assert player.playing
    qtbot.waitUntil(lambda: len(seen) >= 4)
    click(timeline, "play")
    assert not player.playing
    assert seen[:4] == [11, 12, 10, 11]


def test_the_playhead_stays_while_the_footage_does(timeline: Timeline, show: Show, playhead: Playhead) -> None:
    show(Project(CLIP))
    playhead.go(1050)
    timeline.set_project(Project(CLIP, LAYERS))
    assert timeline.transport.frame_field.text() == "1050"
    show(Project(STILL))
    assert timeline.transport.frame_field.text() == "1"


def test_the_sources_timecode_is_counted_on(timeline: Timeline, show: Show, playhead: Playhead) -> None:
    show(Project(replace(CLIP, timecode="01:00:00:00")))
    playhead.go(1001 + 25)
    assert timeline.transport.timecode.text() == "01:00:01:01"
    assert "source" in timeline.transport.timecode.toolTip()


def test_long_words_never_widen_the_timeline(timeline: Timeline, show: Show) -> None:
    show(Project(CLIP))
    assert timeline.transport.facts.text() == "120 frames · 23.976 fps"
    before = timeline.minimumSizeHint().width()
    show(Project(replace(CLIP, frames=1_000_000)))
    assert timeline.minimumSizeHint().width() == before < 480


def test_the_mode_is_chosen_in_the_timeline(timeline: Timeline, show: Show, player: Player) -> None:
    show(Project(CLIP))
    box = timeline.transport.mode
    box.setCurrentIndex(box.findText("Every frame"))
    box.activated.emit(box.currentIndex())
    assert player.mode is Mode.EVERY_FRAME


def test_the_ends_of_the_work_area_are_dragged(timeline: Timeline, show: Show) -> None:
    show(Project(CLIP, work_in=1011, work_out=1100))
    tracks, asked = timeline.tracks, []
    tracks.work_area_dragged.connect(lambda area, drag: asked.append((area, drag)))
    scale = tracks._scale()
    QTest.mousePress(tracks, LEFT, pos=QPoint(round(scale.start_of(1101)), RULER - 6))
    QTest.mouseMove(tracks, QPoint(round(scale.start_of(1051)), RULER - 6))
    QTest.mouseMove(tracks, QPoint(round(scale.start_of(1001)), RULER - 6))
    QTest.mouseRelease(tracks, LEFT, pos=QPoint(0, 0))
    assert [area for area, _ in asked] == [FrameRange(1011, 1050), FrameRange(1011, 1011)]
    assert len({drag for _, drag in asked}) == 1


def test_a_locked_layer_is_not_trimmed(timeline: Timeline, show: Show, qtbot: QtBot) -> None:
    show(Project(CLIP, (replace(LAYERS[0], locked=True),)))
    tracks = timeline.tracks
    start = QPoint(round(tracks._scale().start_of(1001)), RULER + 5)
    with qtbot.assertNotEmitted(tracks.trimmed):
        QTest.mousePress(tracks, LEFT, pos=start)
        QTest.mouseMove(tracks, start + QPoint(100, 0))
        QTest.mouseRelease(tracks, LEFT, pos=start)


def test_the_wheel_zooms_in_on_frames_and_trims_them_exactly(
    timeline: Timeline, show: Show, playhead: Playhead
) -> None:
    show(Project(CLIP, (LAYERS[0],)))
    tracks, asked = timeline.tracks, []
    tracks.trimmed.connect(lambda _layer, shown, _drag: asked.append(shown))
    start = tracks._scale().start_of(1001) + 1
    for _ in range(8):
        turn(tracks, QPointF(start, 60), 120)
    scale = tracks._scale()
    assert scale.frames == range(1001, 1011)
    QTest.mousePress(tracks, LEFT, pos=QPoint(round(scale.start_of(1001)), RULER + ROW // 2))
    QTest.mouseMove(tracks, QPoint(round(scale.start_of(1004)), RULER + ROW // 2))
    QTest.mouseRelease(tracks, LEFT, pos=QPoint(0, 0))
    assert asked == [FrameRange(1004, None)]
    playhead.go(1050)
    assert 1050 in tracks._scale().frames
    assert len(tracks._scale().frames) == 10


def test_a_layer_with_a_picture_for_each_frame_is_trimmed_within_them(timeline: Timeline, show: Show) -> None:
    show(Project(CLIP, (EditLayer("film", "film", "layers/film", frames=(1020, 1060)),)))
    tracks, asked = timeline.tracks, []
    tracks.trimmed.connect(lambda _layer, shown, _drag: asked.append(shown))
    scale, middle = tracks._scale(), RULER + ROW // 2
    for begin, end in ((1020, 1040), (1020, 1002), (1061, 1090)):
        QTest.mousePress(tracks, LEFT, pos=QPoint(round(scale.start_of(begin)), middle))
        QTest.mouseMove(tracks, QPoint(round(scale.start_of(end)), middle))
        QTest.mouseRelease(tracks, LEFT, pos=QPoint(0, 0))
    assert asked == [FrameRange(1040, None), FrameRange(None, None), FrameRange(None, None)]
    image = tracks.grab().toImage()
    inside, outside = (image.pixelColor(round(scale.start_of(number)), middle) for number in (1040, 1010))
    assert inside != outside


def turn(tracks: Tracks, place: QPointF, angle: int) -> None:
    """Turn the wheel with Ctrl held."""
    none, ctrl = Qt.MouseButton.NoButton, Qt.KeyboardModifier.ControlModifier
    event = QWheelEvent(place, place, QPoint(), QPoint(0, angle), none, ctrl, Qt.ScrollPhase.NoScrollPhase, False)
    tracks.wheelEvent(event)


def test_frames_that_are_ready_are_marked(timeline: Timeline, show: Show) -> None:
    show(Project(CLIP))
    tracks = timeline.tracks
    place = round(tracks._scale().start_of(1050)) + 3
    before = colour_at(timeline, place, RULER - 2)
    tracks.show_ready([*range(1040, 1060)])
    assert colour_at(timeline, place, RULER - 2).green() > before.green() + 50
    assert colour_at(timeline, round(tracks._scale().start_of(1070)) + 3, RULER - 2) == before


def test_frames_with_masks_are_marked_and_a_click_goes_there(
    timeline: Timeline, show: Show, playhead: Playhead
) -> None:
    subjects = tuple(ClipSubject(name, name, keys=((1031, f"mattes/{name}.png"),)) for name in ("Cat", "Cup"))
    show(Project(CLIP))
    tracks = timeline.tracks
    scale = tracks._scale()
    x, y = round(scale.start_of(1031) + scale.frame_width / 2), RULER + CLIP_ROW - 5
    before = colour_at(timeline, x, y)
    show(Project(CLIP, subjects=subjects))
    assert colour_at(timeline, x, y).red() > before.red() + 100
    assert colour_at(timeline, x + 20, y) == before
    assert tracks.tip_at(x, y) == "Mask of Cat and Cup on frame 1031"
    assert tracks.tip_at(x + 20, y) == ""
    QTest.mouseClick(tracks, LEFT, pos=QPoint(x + 20, y))
    assert playhead.number == 1001
    QTest.mouseClick(tracks, LEFT, pos=QPoint(x, y))
    assert playhead.number == 1031


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


def test_the_playhead_stands_on_the_frame(timeline: Timeline, show: Show, playhead: Playhead) -> None:
    show(Project(CLIP))
    places = []
    for frame in (1001, 1061):
        playhead.go(frame)
        image = timeline.tracks.grab().toImage()
        row = RULER + ROW + 3
        matching = [x for x in range(image.width()) if image.pixelColor(x, row).green() > 120]
        places.append(np.mean(matching))
    assert places[1] - places[0] == pytest.approx((timeline.tracks.width() - NAMES - 16) / 2, abs=3)


def test_before_any_footage_nothing_can_be_moved(timeline: Timeline, playhead: Playhead) -> None:
    assert not any(timeline.button(name).isEnabled() for name in TRANSPORT)
    assert not timeline.transport.frame_field.isEnabled()
    QTest.mouseClick(timeline.tracks, LEFT, pos=QPoint(300, 10))
    assert playhead.number == 1
