"""The real window: what it opens, shows, saves and asks."""

import json
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop.actions import GROUPS, SEPARATOR
from desktop.services import Services
from desktop.shortcuts import ShortcutsDialog
from desktop.viewer import Backdrop, Channel
from desktop.window import FIRST_SIZE, MainWindow
from engine.project_folder import load_project
from tests.desktop.scripted_run import ScriptedRun
from tests.desktop.window_helpers import dialog, layer_pixels, make_layer, press


def drop(window: MainWindow, *paths: Path) -> bool:
    """Drag files over the window and, where it takes them, let them go; returns whether it took them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with warnings.catch_warnings():
        # From Qt 6.12 on, the place should be a QPointF, which earlier ones refuse.
        warnings.simplefilter("ignore", DeprecationWarning)
        enter = QDragEnterEvent(QPoint(50, 50), copy, data, left, none)
    window.dragEnterEvent(enter)
    if enter.isAccepted():
        window.dropEvent(QDropEvent(QPointF(50, 50), copy, data, left, none))
    return enter.isAccepted()


def test_the_first_start_offers_to_open_and_the_sample(window: MainWindow) -> None:
    assert window.welcome.isVisible()
    assert window.welcome.open_button.isVisible()
    for name in ("save", "export", "brush", "fit", "undo", "delete_layer", "play"):
        assert not window.actions_by_name[name].isEnabled()
    assert window.actions_by_name["open"].isEnabled()


def test_one_click_opens_the_sample(
    qtbot: QtBot, window: MainWindow, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.file_commands.sample_picture", lambda: picture)
    with qtbot.waitSignal(window.document.opened):
        window.welcome.sample_requested.emit()
    assert window.viewer.isVisible()


def test_an_open_picture_fills_the_window(open_window: MainWindow) -> None:
    assert open_window.viewer.isVisible()
    assert not open_window.welcome.isVisible()
    assert open_window.windowTitle() == "shore.png[*]"
    assert open_window.status.size_text.text() == "96 × 64"
    assert open_window.prompt.generate_button.isEnabled()
    assert open_window.actions_by_name["save"].isEnabled()
    assert not open_window.actions_by_name["play"].isEnabled()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "no file"),
        (lambda path: path.write_text("hello"), "not a picture"),
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: cv2.imwrite(str(path.with_suffix(".png")), np.zeros((1, 1, 3), np.uint8)), "1 × 1"),
    ],
    ids=["missing", "text", "empty", "1x1"],
)
def test_what_is_no_picture_gets_one_sentence_in_a_dialog(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, make: object, words: str
) -> None:
    path = tmp_path / "bad.jpg"
    make(path)  # type: ignore[operator]
    window.files.open(path if path.exists() or words == "no file" else path.with_suffix(".png"))
    box = dialog(qtbot)
    assert words in box.text()
    assert "\n" not in box.text()
    press(box, "OK")
    assert window.welcome.isVisible()


def test_a_truncated_picture_and_a_damaged_project_are_refused(
    qtbot: QtBot, window: MainWindow, picture: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.png"
    cut.write_bytes(picture.read_bytes()[:60])
    window.files.open(cut)
    press(dialog(qtbot), "OK")
    newer = tmp_path / "newer.patina"
    newer.mkdir()
    (newer / "project.json").write_text(json.dumps({"schema": 99}))
    window.files.open(newer)
    box = dialog(qtbot)
    assert "newer Patina" in box.text()
    press(box, "OK")
    (newer / "project.json").write_text('{"schema": 1, "foot')
    window.files.open(newer / "project.json")
    box = dialog(qtbot)
    assert "damaged" in box.text()
    press(box, "OK")


def test_dropping_a_picture_opens_it_and_two_are_refused(qtbot: QtBot, window: MainWindow, picture: Path) -> None:
    assert not drop(window, picture, picture)
    with qtbot.waitSignal(window.document.opened):
        assert drop(window, picture)


@pytest.mark.parametrize(
    ("key", "look"),
    [
        (Qt.Key.Key_R, {"channel": Channel.RED}),
        (Qt.Key.Key_G, {"channel": Channel.GREEN}),
        (Qt.Key.Key_B, {"channel": Channel.BLUE}),
        (Qt.Key.Key_A, {"channel": Channel.ALPHA}),
        (Qt.Key.Key_M, {"matte_overlay": True}),
        (Qt.Key.Key_K, {"backdrop": Backdrop.CHECKERBOARD}),
        (Qt.Key.Key_W, {"wipe": True}),
    ],
)
def test_a_key_changes_the_look_and_again_changes_it_back(
    qtbot: QtBot, open_window: MainWindow, key: Qt.Key, look: dict[str, object]
) -> None:
    with qtbot.waitExposed(open_window):
        open_window.activateWindow()
    open_window.viewer.setFocus()
    before = open_window.viewer.look
    qtbot.keyClick(open_window.viewer, key)
    assert all(getattr(open_window.viewer.look, name) == value for name, value in look.items())
    assert open_window.viewer.look != before
    qtbot.keyClick(open_window.viewer, key)
    assert open_window.viewer.look == before


def test_letters_typed_in_the_prompt_stay_there(qtbot: QtBot, open_window: MainWindow) -> None:
    before = open_window.viewer.look
    line = open_window.prompt.prompt.line
    line.setFocus()
    qtbot.keyClicks(line, "warm gray bark")
    assert line.text() == "warm gray bark"
    assert open_window.viewer.look == before


def test_one_to_one_and_fit_show_in_the_status_bar(open_window: MainWindow) -> None:
    open_window.actions_by_name["one_to_one"].trigger()
    assert open_window.status.zoom.text() == "100%"
    open_window.actions_by_name["fit"].trigger()
    assert open_window.status.zoom.text() == f"{open_window.viewer.zoom:.0%}"
    assert open_window.viewer.zoom > 1


def test_the_pixel_under_the_mouse_is_told(qtbot: QtBot, open_window: MainWindow) -> None:
    open_window.viewer.settle()
    x, y = open_window.viewer.view.to_screen(10.5, 20.5)
    qtbot.mouseMove(open_window.viewer, QPoint(int(x), int(y)))
    qtbot.waitUntil(lambda: open_window.status.pixel.text() != "")
    assert open_window.status.pixel.text().split()[:4] == ["10", "20", "R", "0.800"]


def test_the_brush_corrects_the_matte_and_undo_takes_it_back(qtbot: QtBot, open_window: MainWindow) -> None:
    open_window.actions_by_name["brush"].trigger()
    qtbot.waitUntil(open_window.brush_bar.isVisible)
    open_window.brush_bar.size_field.setValue(10)
    assert open_window.viewer.brush.size == 10
    x, y = (int(place) for place in open_window.viewer.view.to_screen(48, 32))
    qtbot.mouseClick(open_window.viewer, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    matte = open_window.document.matte
    assert matte[32, 48] == 1
    assert matte[0, 0] == 0
    open_window.actions_by_name["undo"].trigger()
    assert open_window.document.matte is None


def test_saving_asks_for_a_name_once(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun, tmp_path: Path
) -> None:
    make_layer(open_window, script, qtbot)
    assert open_window.isWindowModified()
    open_window.actions_by_name["save"].trigger()
    chooser = open_window.findChild(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "mine"))
    chooser.close()
    qtbot.waitUntil(lambda: not open_window.isWindowModified())
    assert len(load_project(tmp_path / "mine.patina").layers) == 1
    assert open_window.windowTitle() == "mine[*]"

    make_layer(open_window, script, qtbot, "zebra")
    with qtbot.waitSignal(open_window.document.saved):
        open_window.actions_by_name["save"].trigger()
    assert len(load_project(tmp_path / "mine.patina").layers) == 2
    assert open_window.services.settings.recent()[0] == tmp_path / "mine.patina"


def test_a_folder_that_is_no_project_is_not_overwritten(qtbot: QtBot, open_window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "photos.patina").mkdir()
    open_window.files.save_to(tmp_path / "photos.patina")
    box = dialog(qtbot)
    assert "no Patina project" in box.text()
    press(box, "OK")
    assert list((tmp_path / "photos.patina").iterdir()) == []


def test_a_moved_picture_can_be_found_again(qtbot: QtBot, open_window: MainWindow, tmp_path: Path) -> None:
    with qtbot.waitSignal(open_window.document.saved):
        open_window.files.save_to(tmp_path / "a.patina")
    picture = open_window.document.project.footage.path
    moved = tmp_path / "moved.png"
    picture.rename(moved)
    open_window.files.open(tmp_path / "a.patina")
    box = dialog(qtbot)
    assert "missing" in box.text()
    press(box, "Choose the Picture…")
    chooser = open_window.findChild(QFileDialog)
    with qtbot.waitSignal(open_window.document.opened):
        chooser.fileSelected.emit(str(moved))
    chooser.close()
    assert open_window.document.project.footage.path == moved


def test_layer_actions_act_on_the_current_layer(qtbot: QtBot, open_window: MainWindow, script: ScriptedRun) -> None:
    document, actions = open_window.document, open_window.actions_by_name
    make_layer(open_window, script, qtbot, "golden")
    make_layer(open_window, script, qtbot, "zebra")
    actions["lower_layer"].trigger()
    assert [layer.name for layer in document.project.layers] == ["zebra", "golden"]
    actions["toggle_visible"].trigger()
    assert not document.current().visible
    assert len(open_window.viewer.scene.layers) == 1
    actions["toggle_locked"].trigger()
    assert not actions["delete_layer"].isEnabled()
    actions["toggle_locked"].trigger()
    actions["delete_layer"].trigger()
    assert [layer.name for layer in document.project.layers] == ["golden"]
    assert actions["undo"].text() == "Undo Delete Layer"


def test_reusing_a_layer_fills_the_prompt_panel(qtbot: QtBot, open_window: MainWindow, script: ScriptedRun) -> None:
    make_layer(open_window, script, qtbot, "golden")
    open_window.prompt.prompt.set_text("zebra")
    open_window.actions_by_name["reuse"].trigger()
    assert open_window.prompt.prompt.text == "golden"


def test_recomposition_follows_the_slider_with_the_same_pixels(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun
) -> None:
    make_layer(open_window, script, qtbot)
    before = open_window.viewer.scene.layers[0].plane
    open_window.layers.opacity.setSliderDown(True)
    open_window.layers.opacity.setSliderPosition(30)
    (layer,) = open_window.viewer.scene.layers
    assert layer.opacity == 0.3
    assert layer.plane is before  # nothing is prepared again while the slider moves
    open_window.layers.opacity.setSliderDown(False)
    assert np.array_equal(layer.plane.pixels[..., 3], layer_pixels()[..., 3])


def test_every_action_does_something_and_no_two_share_keys(open_window: MainWindow) -> None:
    keys = []
    for action in open_window.actions_by_name:
        assert action.receivers("2triggered(bool)") > 0, action.objectName()
        keys += [action.shortcut().toString()] if not action.shortcut().isEmpty() else []
    assert len(keys) == len(set(keys))


def test_the_shortcuts_dialog_lists_all_keys(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_name["shortcuts"].trigger()
    listed = window.findChild(ShortcutsDialog)
    table = listed.table
    rows = sum(table.topLevelItem(place).childCount() for place in range(table.topLevelItemCount()))
    assert rows == sum(1 for group in GROUPS.values() for spec in group if spec is not SEPARATOR and spec.keys)
    listed.close()


def test_about_names_the_guides_and_their_licences(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_name["about"].trigger()
    box = dialog(qtbot)
    assert "starter: EfficientNet-Lite0" in box.informativeText()
    assert "Apache-2.0" in box.informativeText()
    press(box, "OK")


def test_recent_files_are_offered_and_forgotten(
    qtbot: QtBot, open_window: MainWindow, picture: Path, tmp_path: Path
) -> None:
    assert open_window.recent.menu.actions()[0].text() == "shore.png"
    picture.unlink()
    open_window.files.recent_changed.emit()
    assert not open_window.recent.menu.isEnabled()


def test_the_first_window_is_no_larger_than_the_screen(services: Services, tmp_path: Path) -> None:
    window = MainWindow(services, tmp_path)
    room = window.screen().availableSize()
    assert room.width() < FIRST_SIZE[0]
    assert window.size() == room.boundedTo(QSize(*FIRST_SIZE))
    shiboken6.delete(window)


def test_a_small_window_cuts_nothing_off(open_window: MainWindow) -> None:
    open_window.resize(1100, 720)
    assert open_window.size() == QSize(1100, 720)
    open_window.jobs.layout().activate()
    curves = open_window.jobs.curves
    assert curves.width() > curves.fontMetrics().horizontalAdvance("The losses of the run appear here.")


def test_the_layout_is_remembered(qtbot: QtBot, open_window: MainWindow) -> None:
    open_window.docks.jobs.hide()
    open_window.close()
    qtbot.waitUntil(lambda: not open_window.isVisible())
    again = MainWindow(open_window.services, Path())
    again.show()
    assert not again.docks.jobs.isVisible()
    assert again.docks.layers.isVisible()
    again.actions_by_name["reset_docks"].trigger()
    assert again.docks.jobs.isVisible()
    again.deleteLater()
