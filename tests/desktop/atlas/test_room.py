"""The atlas in the window: its view, what lies over frames, the pointer on both, painting by hand."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.atlas.hand_painting import contained
from desktop.atlas.overlays import Overlay
from desktop.atlas.pointing import place_on_atlas, place_on_frame
from desktop.viewer import Viewer
from desktop.window import MainWindow
from engine.media.png import write_png
from engine.project_folder import load_project
from tests.desktop.clip_helpers import atlas_window, clip, clip_window, go, open_clip
from tests.desktop.window_helpers import dialog, press
from tests.small_atlas import background_place, foreground_place, small_atlas

__all__ = ["atlas_window", "clip", "clip_window"]
WAIT = 20_000
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def on_screen(viewer: Viewer, x: float, y: float) -> QPoint:
    left, top = viewer.view.to_screen(x, y)
    return QPoint(int(left), int(top))


def move(viewer: Viewer, x: float, y: float, button: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    place = QPointF(on_screen(viewer, x, y))
    there = viewer.mapToGlobal(place)
    QApplication.sendEvent(viewer, QMouseEvent(QEvent.Type.MouseMove, place, there, button, button, NONE))


def stroke(viewer: Viewer, *places: tuple[float, float]) -> None:
    QTest.mousePress(viewer, LEFT, NONE, on_screen(viewer, *places[0]))
    for place in places[1:]:
        move(viewer, *place, LEFT)
    QTest.mouseRelease(viewer, LEFT, NONE, on_screen(viewer, *places[-1]))


def take_paint(window: MainWindow, size: int = 6) -> None:
    window.actions_by_name["paint"].trigger()
    window.brush_bar.size_field.setValue(size)
    window.brush_bar.set_colour(QColor(0, 255, 0))


def wait_for_layers(window: MainWindow, count: int, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(window.document.project.layers) == count, timeout=WAIT)


def painting(window: MainWindow) -> np.ndarray:
    """Return the picture of the current layer."""
    return window.document.layer_pixels(window.document.current_layer)


def test_nothing_of_it_is_offered_for_a_still(open_window: MainWindow) -> None:
    for name in ("paint", "fit_atlas", "atlas_view", "load_mask", "overlay_flow", "overlay_mapping"):
        assert not open_window.actions_by_name[name].isEnabled()
    assert open_window.atlas.view.isHidden()
    assert open_window.actions_by_name["box"].isEnabled()


def test_a_box_on_a_still_cuts_the_subject_out(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    meadow = np.full((64, 96, 3), (0.2, 0.6, 0.2), np.float32)
    meadow[20:44, 30:60] = (0.9, 0.5, 0.1)
    meadow += np.random.default_rng(0).normal(0, 0.03, meadow.shape)
    write_png(tmp_path / "meadow.png", np.clip(meadow, 0, 1))
    with qtbot.waitSignal(window.document.opened, timeout=WAIT):
        window.start(tmp_path / "meadow.png")
    window.actions_by_name["box"].trigger()
    assert window.viewer.boxing
    stroke(window.viewer, (22, 12), (70, 54))
    qtbot.waitUntil(lambda: window.document.matte is not None, timeout=WAIT)
    assert window.document.matte[22:42, 32:58].min() > 0.9
    assert window.document.matte[:16].max() < 0.1
    assert window.actions_by_name["undo"].text() == "Undo Cut out a Box"
    window.actions_by_name["undo"].trigger()
    assert window.document.matte is None


def test_without_an_atlas_a_clip_has_flow_alone(clip_window: MainWindow, qtbot: QtBot) -> None:
    actions = clip_window.actions_by_name
    assert not actions["overlay_mapping"].isEnabled()
    assert not actions["paint"].isEnabled()
    actions["overlay_flow"].trigger()
    assert actions["overlay_flow"].isChecked()
    qtbot.waitUntil(lambda: clip_window.viewer.scene.overlay is not None, timeout=WAIT)


def test_overlays_follow_the_frame_and_go_again(atlas_window: MainWindow, qtbot: QtBot) -> None:
    window = atlas_window
    mapping = window.actions_by_name["overlay_mapping"]
    mapping.trigger()
    qtbot.waitUntil(lambda: window.viewer.scene.overlay is not None, timeout=WAIT)
    first = window.viewer.scene.overlay.pixels
    go(window, 13, qtbot)
    qtbot.waitUntil(lambda: window.viewer.scene.overlay is not None, timeout=WAIT)
    assert not np.array_equal(window.viewer.scene.overlay.pixels, first)
    window.actions_by_name["overlay_residual"].trigger()
    assert not mapping.isChecked()
    assert window.atlas.overlays.overlay is Overlay.RESIDUAL
    qtbot.waitUntil(lambda: (window.viewer.scene.overlay.pixels[..., 3] == 1).all(), timeout=WAIT)
    window.actions_by_name["overlay_residual"].trigger()
    assert window.viewer.scene.overlay is None


def test_the_atlas_view_shows_the_chosen_layer(atlas_window: MainWindow) -> None:
    window, view = atlas_window, atlas_window.atlas.view
    assert view.isHidden()
    window.actions_by_name["atlas_view"].trigger()
    assert not view.isHidden()
    assert [view.layers.itemText(row) for row in range(2)] == ["Foreground", "Background"]
    assert view.viewer.scene.size == (120, 88)  # as fine as the clip
    view.choose("background")
    assert view.viewer.scene.size == (128, 72)
    window.actions_by_name["atlas_view"].trigger()
    assert view.isHidden()


def test_the_pointer_on_one_is_marked_on_the_other(atlas_window: MainWindow, qtbot: QtBot) -> None:
    window, view = atlas_window, atlas_window.atlas.view
    window.actions_by_name["atlas_view"].trigger()
    go(window, 12, qtbot)
    move(window.viewer, 60.5, 30.5)
    x, y = foreground_place(1, 60.5 / 2 - 0.5, 30.5 / 2 - 0.5)
    np.testing.assert_allclose(view.viewer._marker, (2 * (x + 0.5), 2 * (y + 0.5)), atol=0.01)
    move(view.viewer, *view.viewer._marker)
    qtbot.waitUntil(lambda: window.viewer._marker is not None, timeout=WAIT)
    np.testing.assert_allclose(window.viewer._marker, (60.5, 30.5), atol=0.6)
    QApplication.sendEvent(view.viewer, QEvent(QEvent.Type.Leave))
    assert window.viewer._marker is None


@pytest.mark.parametrize("name", ["background", "foreground"])
def test_places_go_to_the_atlas_and_back(name: str) -> None:
    atlas = small_atlas()
    place = place_on_atlas(atlas, name, 2, (50.0, 30.0))
    known = background_place if name == "background" else foreground_place
    x, y = known(2, 50 / 2 - 0.5, 30 / 2 - 0.5)
    np.testing.assert_allclose(place, (2 * (x + 0.5), 2 * (y + 0.5)), atol=1e-3)
    np.testing.assert_allclose(place_on_frame(atlas, name, 2, place), (50, 30), atol=0.1)


def test_a_place_that_no_frame_shows_is_none() -> None:
    assert place_on_frame(small_atlas(), "background", 0, (126.0, 70.0)) is None


def test_a_stroke_on_a_frame_makes_a_layer_that_all_frames_show(atlas_window: MainWindow, qtbot: QtBot) -> None:
    window = atlas_window
    take_paint(window)
    stroke(window.viewer, (44, 30), (60, 30))  # the square spans 40 to 64 here
    wait_for_layers(window, 1, qtbot)
    (layer,) = window.document.project.layers
    assert (layer.name, layer.atlas_layer, layer.job) == ("Painting", "foreground", None)
    qtbot.waitUntil(lambda: len(window.viewer.scene.layers) == 1 and not window.viewer.scene.strokes, timeout=WAIT)
    shown = window.viewer.scene.layers[0].plane.pixels
    np.testing.assert_allclose(shown[30, 52], (0, 1, 0, 1), atol=0.02)
    go(window, 13, qtbot)  # two frames later the surface lies 8 pixels further left
    qtbot.waitUntil(lambda: len(window.viewer.scene.layers) == 1, timeout=WAIT)
    later = window.viewer.scene.layers[0].plane.pixels
    assert later[30, 40, 3] > 0.9
    assert later[30, 58, 3] < 0.1


def test_strokes_go_on_with_the_current_painting_and_are_undone_one_by_one(
    atlas_window: MainWindow, qtbot: QtBot
) -> None:
    window = atlas_window
    view = window.atlas.view
    window.actions_by_name["atlas_view"].trigger()
    take_paint(window)
    assert view.viewer.brush == window.viewer.brush
    stroke(view.viewer, (20, 20), (40, 20))
    stroke(view.viewer, (20, 60), (40, 60))  # while the first is still on its way
    qtbot.waitUntil(lambda: bool(window.document.project.layers) and painting(window)[60, 30, 3] == 1, timeout=WAIT)
    assert len(window.document.project.layers) == 1
    assert painting(window)[20, 30].tolist() == [0, 1, 0, 1]
    assert len(view.viewer.scene.layers) == 1
    assert window.actions_by_name["undo"].text() == "Undo Paint"
    window.actions_by_name["undo"].trigger()
    assert painting(window)[20, 30, 3] == 1
    assert painting(window)[60, 30, 3] == 0
    window.actions_by_name["undo"].trigger()
    assert window.document.project.layers == ()


def test_ctrl_erases_what_was_painted(atlas_window: MainWindow, qtbot: QtBot) -> None:
    window = atlas_window
    viewer = window.atlas.view.viewer
    window.actions_by_name["atlas_view"].trigger()
    take_paint(window, 10)
    stroke(viewer, (20, 20), (60, 20))
    wait_for_layers(window, 1, qtbot)
    QTest.mouseClick(viewer, LEFT, Qt.KeyboardModifier.ControlModifier, on_screen(viewer, 40, 20))
    qtbot.waitUntil(lambda: painting(window)[20, 40, 3] < 0.1, timeout=WAIT)
    assert painting(window)[20, 25, 3] == 1


def test_undo_finds_strokes_whose_pixels_are_no_longer_in_memory(atlas_window: MainWindow, qtbot: QtBot) -> None:
    window = atlas_window
    viewer = window.atlas.view.viewer
    window.actions_by_name["atlas_view"].trigger()
    take_paint(window)
    for count, x in enumerate(range(10, 100, 10), 1):
        stroke(viewer, (x, 40), (x, 44))
        qtbot.waitUntil(lambda count=count: window.document.undo_stack.count() == count + 1, timeout=WAIT)
    for _ in range(8):
        window.actions_by_name["undo"].trigger()
    rgba = painting(window)
    assert rgba[42, 10, 3] == 1
    assert rgba[42, 20, 3] == 0


def test_a_stroke_lands_on_the_layer_that_is_seen_under_it(atlas_window: MainWindow, qtbot: QtBot) -> None:
    window = atlas_window
    take_paint(window)
    stroke(window.viewer, (44, 30), (60, 30))  # on the square
    wait_for_layers(window, 1, qtbot)
    stroke(window.viewer, (10, 50), (30, 50))  # beside it
    wait_for_layers(window, 2, qtbot)
    assert [layer.atlas_layer for layer in window.document.project.layers] == ["foreground", "background"]
    stroke(window.viewer, (46, 36), (60, 36))  # goes on with the first
    qtbot.waitUntil(lambda: window.document.undo_stack.count() == 4, timeout=WAIT)
    assert len(window.document.project.layers) == 2


def test_a_stroke_beside_the_atlas_layer_is_refused(atlas_window: MainWindow, qtbot: QtBot) -> None:
    window = atlas_window
    window.actions_by_name["atlas_view"].trigger()  # the foreground is chosen
    take_paint(window, 3)
    stroke(window.viewer, (2, 2), (4, 2))  # the foreground's texture begins at (20, 12)
    box = dialog(qtbot)
    assert "beside the foreground" in box.text()
    press(box, "OK")
    assert window.document.project.layers == ()
    assert window.viewer.scene.strokes == ()


def test_a_locked_or_generated_layer_is_not_painted_on(atlas_window: MainWindow, qtbot: QtBot) -> None:
    window = atlas_window
    window.actions_by_name["atlas_view"].trigger()
    take_paint(window)
    viewer = window.atlas.view.viewer
    stroke(viewer, (20, 20), (40, 20))
    wait_for_layers(window, 1, qtbot)
    window.actions_by_name["toggle_locked"].trigger()
    stroke(viewer, (20, 40), (40, 40))
    wait_for_layers(window, 2, qtbot)


@pytest.mark.parametrize("where", ["atlas", "frame"])
def test_a_picture_file_becomes_a_layer(atlas_window: MainWindow, qtbot: QtBot, tmp_path: Path, where: str) -> None:
    window = atlas_window
    rgba = np.zeros((32, 48, 4), np.float32)
    rgba[8:24, 12:36] = (1, 0, 0, 1)
    write_png(tmp_path / "poster.png", rgba)
    take = window.atlas.painting.import_on_atlas if where == "atlas" else window.atlas.painting.import_on_frame
    window.atlas.view.choose("background")
    take(tmp_path / "poster.png", "background")
    wait_for_layers(window, 1, qtbot)
    assert window.document.current().name == "poster"
    qtbot.waitUntil(lambda: len(window.viewer.scene.layers) == 1, timeout=WAIT)
    shown = window.viewer.scene.layers[0].plane.pixels
    if where == "frame":  # it lies where it was laid; the square stands before it
        assert shown[18, 30].tolist() == pytest.approx([1, 0, 0, 1], abs=0.05)
        assert shown[8, 8, 3] == 0
        assert shown[32, 52, 3] < 0.1
    else:
        assert painting(window).shape == (72, 128, 4)
        np.testing.assert_allclose(painting(window)[36, 64], (1, 0, 0, 1), atol=0.01)


def test_what_is_no_picture_is_refused(atlas_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "note.png").write_text("hello")
    atlas_window.atlas.painting.import_on_atlas(tmp_path / "note.png", "background")
    press(dialog(qtbot), "OK")
    assert atlas_window.document.project.layers == ()


def test_a_picture_keeps_its_shape() -> None:
    rgba = np.ones((10, 20, 4), np.float32)
    result = contained(rgba, (60, 60))
    assert result.shape == (60, 60, 4)
    assert (result[16:44, 1:-1, 3] > 0.99).all()
    assert not result[:14, :, 3].any()


def test_a_painting_is_saved_with_its_atlas(atlas_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = atlas_window
    window.actions_by_name["atlas_view"].trigger()
    take_paint(window)
    stroke(window.atlas.view.viewer, (20, 20), (40, 20))
    wait_for_layers(window, 1, qtbot)
    with qtbot.waitSignal(window.document.saved, timeout=WAIT):
        window.files.save_to(tmp_path / "mine.patina")
    assert load_project(tmp_path / "mine.patina").layers == window.document.project.layers
    open_clip(window, tmp_path / "mine.patina", qtbot)
    qtbot.waitUntil(lambda: window.atlas.present.atlas is not None, timeout=WAIT)
    assert painting(window)[20, 30, 3] == 1


def test_another_footage_leaves_nothing_of_the_atlas(atlas_window: MainWindow, picture: Path, qtbot: QtBot) -> None:
    window = atlas_window
    window.actions_by_name["atlas_view"].trigger()
    window.actions_by_name["overlay_mapping"].trigger()
    window.document.undo_stack.setClean()
    with qtbot.waitSignal(window.document.opened, timeout=WAIT):
        window.document.open_picture(picture)
    assert window.atlas.view.isHidden()
    assert window.atlas.present.atlas is None
    assert window.viewer.scene.overlay is None
    assert not window.actions_by_name["paint"].isEnabled()
    target = window.prompt.settings.target
    assert target.itemText(0) == "The subject"
