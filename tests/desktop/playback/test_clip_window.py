"""The real window on a clip: frames, layers, playing, trims and keyframes."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from desktop.file_commands import dropped_file
from desktop.timeline.tracks import NAMES, ROW, RULER
from desktop.window import MainWindow
from engine.project_folder import load_project
from tests.desktop.clips import FIRST, FRAMES, HEIGHT, WIDTH, add_green, give_atlas, shade, write_clip
from tests.desktop.window_helpers import dialog, press

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def clip_window(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    with qtbot.waitSignal(window.document.opened):
        window.start(write_clip(tmp_path / "red"))
    return window


def rest(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.clip_view.settled, timeout=20_000)


def colour(window: MainWindow, x: int = 10, y: int = 10) -> list[float]:
    return list(window.viewer.scene.value_at(x, y)[:3])


def test_a_clip_opens_at_its_first_frame(clip_window: MainWindow) -> None:
    footage = clip_window.document.project.footage
    assert (footage.frames, footage.first_frame, footage.rate) == (FRAMES, FIRST, 24)
    assert clip_window.timeline.transport.frame_field.text() == str(FIRST)
    assert clip_window.timeline.transport.facts.text() == "12 frames · 24 fps"
    assert clip_window.timeline.transport.timecode.text() == "00:00:00:00"
    assert clip_window.actions_by_name["play"].isEnabled()
    assert colour(clip_window) == [0, 0, 0]


def test_the_viewer_follows_the_playhead(clip_window: MainWindow, qtbot: QtBot) -> None:
    shown: list[int] = []
    clip_window.document.frame_shown.connect(shown.append)
    clip_window.document.playhead.go(1007)
    rest(clip_window, qtbot)
    assert colour(clip_window) == pytest.approx([shade(1007), 0, 0])
    assert clip_window.document.source()[0, 0, 0] == pytest.approx(shade(1007))
    assert shown == [1007]
    assert clip_window.timeline.transport.timecode.text() == "00:00:00:06"


def test_of_many_frames_in_a_row_the_last_one_stays(clip_window: MainWindow, qtbot: QtBot) -> None:
    shown: list[int] = []
    clip_window.document.frame_shown.connect(shown.append)
    for number in (1003, 1009, 1002, 1011, 1005):
        clip_window.document.playhead.go(number)
    rest(clip_window, qtbot)
    assert colour(clip_window)[0] == pytest.approx(shade(1005))
    assert shown == [1005]


def test_layers_lie_on_every_frame_where_the_atlas_has_them(clip_window: MainWindow, qtbot: QtBot) -> None:
    document = clip_window.document
    give_atlas(document)
    layer_id = add_green(document)
    for number in (FIRST, 1008):
        document.playhead.go(number)
        rest(clip_window, qtbot)
        qtbot.waitUntil(lambda: len(clip_window.viewer.scene.layers) == 1)
        assert colour(clip_window, 10) == pytest.approx([0, 1, 0], abs=0.01)
        assert colour(clip_window, WIDTH - 10) == pytest.approx([shade(number), 0, 0], abs=0.01)
    clip_window.layers.commands.switch(layer_id, "visible")
    assert colour(clip_window, 10) == pytest.approx([shade(1008), 0, 0], abs=0.01)
    document.undo_stack.undo()
    assert colour(clip_window, 10) == pytest.approx([0, 1, 0], abs=0.01)


def test_rendered_layers_are_kept_while_the_project_has_them(clip_window: MainWindow, qtbot: QtBot) -> None:
    document, commands = clip_window.document, clip_window.layers.commands
    give_atlas(document)
    first, second = add_green(document), add_green(document, "background")
    qtbot.waitUntil(lambda: len(clip_window.viewer.scene.layers) == 2)
    frame = clip_window.clip_view._frame
    assert len(frame.rendered) == 2
    kept = next(iter(frame.rendered.values()))
    commands.delete(second)
    add_green(document, "background")
    qtbot.waitUntil(lambda: len(clip_window.viewer.scene.layers) == 2)
    frame = clip_window.clip_view._frame
    assert len(frame.rendered) == 2, "the deleted layer's pixels are let go of"
    assert any(rgba is kept for rgba in frame.rendered.values())
    assert document.project.layers[0].id == first


def test_a_trimmed_layer_shows_in_its_range_alone(clip_window: MainWindow, qtbot: QtBot) -> None:
    document, tracks = clip_window.document, clip_window.timeline.tracks
    give_atlas(document)
    layer_id = add_green(document)
    scale = tracks._scale()
    y = RULER + ROW // 2
    QTest.mousePress(tracks, LEFT, pos=QPoint(round(scale.start_of(FIRST)), y))
    for number in (1002, 1004, 1006):
        QTest.mouseMove(tracks, QPoint(round(scale.start_of(number)), y))
    QTest.mouseRelease(tracks, LEFT, pos=QPoint(round(scale.start_of(1006)), y))
    assert (document.project.layer(layer_id).first, document.project.layer(layer_id).last) == (1006, None)
    assert document.undo_stack.undoText() == "Trim Layer"
    rest(clip_window, qtbot)
    assert colour(clip_window)[1] == 0
    document.playhead.go(1006)
    rest(clip_window, qtbot)
    qtbot.waitUntil(lambda: colour(clip_window)[1] == pytest.approx(1, abs=0.01))
    document.undo_stack.undo()
    assert document.project.layer(layer_id).first is None


def test_opacity_keyframes_are_set_moved_and_deleted(clip_window: MainWindow, qtbot: QtBot) -> None:
    document, actions = clip_window.document, clip_window.actions_by_name
    give_atlas(document)
    layer_id = add_green(document)

    def keys() -> tuple[tuple[int, float], ...]:
        return document.project.layer(layer_id).opacity_keys

    actions["toggle_key"].trigger()
    document.playhead.go(1011)
    assert not clip_window.layers.key_button.isChecked()
    clip_window.layers.opacity_field.setValue(0)
    assert keys() == ((FIRST, 1.0), (1011, 0.0))
    assert clip_window.layers.key_button.isChecked()
    document.playhead.go(1006)
    assert clip_window.layers.opacity.value() == 50
    rest(clip_window, qtbot)
    assert colour(clip_window)[1] == pytest.approx(0.5, abs=0.01)

    tracks, y = clip_window.timeline.tracks, RULER + ROW // 2
    scale = tracks._scale()
    QTest.mousePress(tracks, LEFT, pos=QPoint(round(scale.start_of(1011) + scale.frame_width / 2), y))
    for number in (1009, 1001, 1007):
        QTest.mouseMove(tracks, QPoint(round(scale.start_of(number) + scale.frame_width / 2), y))
    QTest.mouseRelease(tracks, LEFT, pos=QPoint(0, y))
    assert keys() == ((FIRST, 1.0), (1007, 0.0)), "a keyframe that was only passed over is still there"
    document.undo_stack.undo()
    assert keys() == ((FIRST, 1.0), (1011, 0.0))
    tracks.key_deleted.emit(layer_id, 1011)
    assert keys() == ((FIRST, 1.0),)
    document.playhead.go(FIRST)
    actions["toggle_key"].trigger()
    assert (keys(), document.project.layer(layer_id).opacity) == ((), 1.0)


def test_playing_shows_every_frame_and_begins_again(clip_window: MainWindow, qtbot: QtBot) -> None:
    give_atlas(clip_window.document)
    add_green(clip_window.document)
    clip_window.actions_by_name["every_frame"].trigger()
    seen: list[int] = []
    clip_window.document.playhead.moved.connect(seen.append)
    clip_window.actions_by_name["play"].trigger()
    qtbot.waitUntil(lambda: len(seen) >= FRAMES + 2, timeout=30_000)
    overlay = clip_window.clip_view.moving_picture
    assert overlay.isVisible()
    assert overlay.pixels[HEIGHT // 4, 2, :3] == pytest.approx([0, 255, 0], abs=3)
    clip_window.actions_by_name["play"].trigger()
    assert seen[: FRAMES + 2] == [*range(1002, FIRST + FRAMES), 1001, 1002, 1003]
    rest(clip_window, qtbot)
    number = clip_window.document.playhead.number
    assert colour(clip_window, WIDTH - 5)[0] == pytest.approx(shade(number), abs=0.01)
    qtbot.waitUntil(lambda: len(clip_window.timeline.tracks._ready) == FRAMES)


def test_in_and_out_bound_what_is_played_and_undo(clip_window: MainWindow, qtbot: QtBot) -> None:
    document, actions, playhead = clip_window.document, clip_window.actions_by_name, clip_window.document.playhead
    playhead.go(1003)
    actions["work_in"].trigger()
    playhead.go(1005)
    actions["work_out"].trigger()
    assert document.project.work_area == range(1003, 1006)
    actions["go_in"].trigger()
    assert playhead.number == 1003
    actions["go_out"].trigger()
    assert playhead.number == 1005
    actions["every_frame"].trigger()
    seen: list[int] = []
    playhead.moved.connect(seen.append)
    actions["play"].trigger()
    qtbot.waitUntil(lambda: len(seen) >= 4, timeout=30_000)
    actions["pause"].trigger()
    assert seen[:4] == [1003, 1004, 1005, 1003]
    document.undo_stack.undo()
    assert document.project.work_area == range(1003, FIRST + FRAMES)
    document.undo_stack.undo()
    assert document.project.work_area == range(FIRST, FIRST + FRAMES)


def test_keys_move_and_play(clip_window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitExposed(clip_window):
        clip_window.activateWindow()
    viewer, playhead, player = clip_window.viewer, clip_window.document.playhead, clip_window.services.player
    viewer.setFocus()
    for key, number in (
        (Qt.Key.Key_End, 1012),
        (Qt.Key.Key_Left, 1011),
        (Qt.Key.Key_Home, 1001),
        (Qt.Key.Key_Right, 1002),
    ):
        qtbot.keyClick(viewer, key)
        assert playhead.number == number
    for key, speed in (
        (Qt.Key.Key_L, 1),
        (Qt.Key.Key_L, 2),
        (Qt.Key.Key_J, -1),
        (Qt.Key.Key_J, -2),
        (Qt.Key.Key_K, 0),
        (Qt.Key.Key_Space, 1),
        (Qt.Key.Key_Space, 0),
    ):
        qtbot.keyClick(viewer, key)
        assert player.speed == speed
    field = clip_window.timeline.transport.frame_field
    field.setFocus()
    playhead.go(1002)
    qtbot.keyClick(field, Qt.Key.Key_Home)
    assert playhead.number == 1002, "in the field, Home is the field's"
    field.selectAll()
    qtbot.keyClicks(field, "+3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert playhead.number == 1005


def test_with_a_still_the_letters_are_the_viewers_again(clip_window: MainWindow, picture: Path, qtbot: QtBot) -> None:
    actions = clip_window.actions_by_name
    assert actions["pause"].shortcut().toString() == "K"
    with qtbot.waitSignal(clip_window.document.opened):
        clip_window.files.open(picture)
    assert actions["checkerboard"].shortcut().toString() == "K"
    assert actions["toggle_locked"].shortcut().toString() == "L"
    assert not actions["play"].isEnabled()
    assert colour(clip_window) == pytest.approx([0.8, 0, 0], abs=0.01)
    assert clip_window.document.clip is None


def test_one_still_of_a_series_offers_to_open_all(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    folder = write_clip(tmp_path / "red")
    window.files.open(folder / "red.1004.png")
    box = dialog(qtbot)
    assert "red.%04d.png" in box.text()
    with qtbot.waitSignal(window.document.opened):
        press(box, "Open the Sequence")
    assert window.document.project.footage.frames == FRAMES
    with qtbot.waitSignal(window.document.opened):
        window.files.open(folder / "red.1004.png")
        press(dialog(qtbot), "Open the Picture")
    assert window.document.project.footage.rate is None


def test_a_project_of_a_clip_is_saved_and_opened(clip_window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    document = clip_window.document
    give_atlas(document)
    add_green(document)
    with qtbot.waitSignal(document.saved):
        document.save(tmp_path / "art.patina")
    assert load_project(tmp_path / "art.patina") == document.project
    with qtbot.waitSignal(document.opened):
        clip_window.files.open(tmp_path / "art.patina")
    document.playhead.go(1004)
    rest(clip_window, qtbot)
    assert colour(clip_window) == pytest.approx([0, 1, 0], abs=0.01)


def test_the_rate_of_stills_is_set_and_undone(clip_window: MainWindow, qtbot: QtBot) -> None:
    document, facts = clip_window.document, clip_window.timeline.transport.facts
    clip_window.document.playhead.go(1005)
    clip_window.actions_by_name["frame_rate"].trigger()
    box = clip_window.findChild(QInputDialog)
    box.setTextValue("23.976")
    box.accept()
    assert document.project.footage.rate == Fraction(24000, 1001)
    assert facts.text() == "12 frames · 23.976 fps"
    assert document.playhead.number == 1005
    document.undo_stack.undo()
    assert facts.text() == "12 frames · 24 fps"
    rest(clip_window, qtbot)


def test_dropped_stills_of_one_series_open_it(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    folder = write_clip(tmp_path / "red")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in sorted(folder.iterdir())[3:6]])
    window.files.open(dropped_file(data))
    with qtbot.waitSignal(window.document.opened):
        press(dialog(qtbot), "Open the Sequence")
    assert window.document.project.footage.frames == FRAMES


def test_a_drag_with_space_held_pans_and_does_not_play(clip_window: MainWindow, qtbot: QtBot) -> None:
    viewer, player = clip_window.viewer, clip_window.services.player
    viewer.setFocus()
    before = viewer.view
    qtbot.keyPress(viewer, Qt.Key.Key_Space)
    QTest.mousePress(viewer, LEFT, pos=QPoint(100, 100))
    QTest.mouseMove(viewer, QPoint(140, 120))
    QTest.mouseRelease(viewer, LEFT, pos=QPoint(140, 120))
    qtbot.keyRelease(viewer, Qt.Key.Key_Space)
    assert not player.playing
    assert viewer.view != before


def test_playing_ends_where_an_atlas_cannot_be_read(clip_window: MainWindow, qtbot: QtBot) -> None:
    give_atlas(clip_window.document)
    (clip_window.document.folder / "atlases" / "made" / "atlas.json").write_text("{")
    clip_window.actions_by_name["every_frame"].trigger()
    clip_window.actions_by_name["play"].trigger()
    add_green(clip_window.document)
    box = dialog(qtbot)
    assert "atlas" in box.text()
    press(box, "OK")
    qtbot.waitUntil(lambda: not clip_window.services.player.playing)


def test_a_frame_that_cannot_be_read_is_told_once(clip_window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    for file in (tmp_path / "red").glob("*.png"):
        file.unlink()
    clip_window.document.playhead.go(1009)
    box = dialog(qtbot)
    assert "red.1009.png" in box.text()
    press(box, "OK")


def test_thumbnails_come_for_the_track(clip_window: MainWindow, qtbot: QtBot) -> None:
    tracks = clip_window.timeline.tracks
    qtbot.waitUntil(lambda: bool(tracks._slots) and all(tracks._thumbnail(slot.number) for slot in tracks._slots))
    last = tracks._slots[-1]
    pixel = tracks.grab().toImage().pixelColor(last.rect.topLeft() + QPoint(2, 10))
    assert pixel.redF() == pytest.approx(shade(last.number), abs=0.02)
    assert last.rect.left() > NAMES


def test_moving_frames_take_over_the_look(clip_window: MainWindow, qtbot: QtBot) -> None:
    give_atlas(clip_window.document)
    add_green(clip_window.document)
    clip_window.actions_by_name["channel_a"].trigger()
    clip_window.actions_by_name["every_frame"].trigger()
    clip_window.actions_by_name["play"].trigger()
    overlay = clip_window.clip_view.moving_picture
    qtbot.waitUntil(overlay.isVisible, timeout=30_000)
    clip_window.actions_by_name["pause"].trigger()
    middle = np.asarray(overlay.pixels)[HEIGHT // 4, :, :3].astype(int)
    assert middle[2].tolist() == [255, 255, 255]
    assert middle[-2].tolist() == [0, 0, 0]
