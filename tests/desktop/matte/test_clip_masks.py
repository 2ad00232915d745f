"""The masks of a clip's objects: painted, cut out, loaded, kept with their frames, undone, saved."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.viewer import Viewer
from desktop.viewer.view import Rect
from desktop.window import MainWindow
from engine.media.png import write_png
from engine.project_folder import load_project
from engine.results import MatteResult
from tests.desktop.clip_helpers import (
    CLIP_HEIGHT,
    CLIP_WIDTH,
    NUMBERS,
    clip,
    clip_window,
    give_atlas,
    go,
    open_clip,
    square,
)
from tests.desktop.scripted_run import ScriptedRun
from tests.desktop.window_helpers import dialog, press

__all__ = ["clip", "clip_window"]
WAIT = 20_000


def on_screen(viewer: Viewer, x: float, y: float) -> QPoint:
    left, top = viewer.view.to_screen(x, y)
    return QPoint(int(left), int(top))


def dab(window: MainWindow, x: float, y: float) -> None:
    """Touch the picture with the brush once."""
    QTest.mouseClick(window.viewer, Qt.MouseButton.LeftButton, pos=on_screen(window.viewer, x, y))


def shown(window: MainWindow) -> np.ndarray | None:
    """Return the matte that the viewer has."""
    matte = window.viewer.scene.matte
    return None if matte is None else matte.pixels


def iou(matte: np.ndarray, truth: np.ndarray) -> float:
    inside, wanted = matte > 0.5, truth > 0.5
    return float((inside & wanted).sum() / (inside | wanted).sum())


def test_a_mask_belongs_to_the_frame_that_it_was_painted_on(clip_window: MainWindow, qtbot: QtBot) -> None:
    window = clip_window
    window.actions_by_name["brush"].trigger()
    window.brush_bar.size_field.setValue(10)
    dab(window, 48, 30)
    (subject,) = window.document.project.subjects
    assert subject.key_numbers == (11,)
    painted = shown(window)
    assert painted[30, 48] == 1
    assert painted[5, 5] == 0
    go(window, 13, qtbot)
    assert shown(window) is None
    dab(window, 20, 20)
    assert window.subjects.current.key_numbers == (11, 13)
    assert shown(window)[30, 48] == 0
    go(window, 11, qtbot)
    assert shown(window)[30, 48] == 1
    assert window.document.modified


def test_undo_takes_a_stroke_back_and_then_the_object(clip_window: MainWindow) -> None:
    window = clip_window
    window.actions_by_name["brush"].trigger()
    dab(window, 48, 30)
    dab(window, 80, 30)
    undo = window.actions_by_name["undo"]
    assert undo.text() == "Undo Paint on the Mask"
    undo.trigger()
    assert shown(window)[30, 48] == 1
    assert shown(window)[30, 95] == 0
    undo.trigger()
    assert window.document.project.subjects == ()
    assert shown(window) is None
    window.actions_by_name["redo"].trigger()
    assert shown(window)[30, 48] == 1


def test_clearing_takes_the_frames_mask_alone(clip_window: MainWindow, qtbot: QtBot) -> None:
    window = clip_window
    for number in (11, 12):
        go(window, number, qtbot)
        window.subjects.paint(square(number - 11))
    window.actions_by_name["clear_matte"].trigger()
    assert window.subjects.current.key_numbers == (11,)
    assert shown(window) is None


def test_a_box_is_cut_out_on_its_frame_wherever_the_playhead_is_by_then(clip_window: MainWindow, qtbot: QtBot) -> None:
    window = clip_window
    left, top = 40, 20
    window.viewer.box_drawn.emit(Rect(left - 8, top - 8, left + 32, top + 32))
    window.document.playhead.go(14)
    qtbot.waitUntil(lambda: bool(window.document.project.subjects), timeout=WAIT)
    (subject,) = window.document.project.subjects
    assert subject.key_numbers == (11,)
    go(window, 11, qtbot)
    qtbot.waitUntil(lambda: shown(window) is not None, timeout=WAIT)
    assert iou(shown(window), square(0)) > 0.5


def test_refining_moves_a_rough_mask_to_the_object(clip_window: MainWindow, qtbot: QtBot) -> None:
    window = clip_window
    rough = cv2.dilate(square(0), np.ones((5, 5), np.uint8))
    window.subjects.paint(rough)
    window.actions_by_name["refine_mask"].trigger()
    qtbot.waitUntil(lambda: window.actions_by_name["undo"].text() == "Undo Refine the Mask", timeout=WAIT)
    assert iou(shown(window), square(0)) > iou(rough, square(0))


def test_without_a_mask_refining_says_what_to_do(clip_window: MainWindow) -> None:
    clip_window.actions_by_name["refine_mask"].trigger()
    assert "paint one" in clip_window.status.currentMessage()


def test_several_objects_have_masks_of_their_own(clip_window: MainWindow) -> None:
    window = clip_window
    window.subjects.paint(square(0))
    first = window.subjects.current
    window.atlas.panel.subjects.add_button.click()
    assert window.subjects.current.name == "Object 2"
    assert shown(window) is None
    window.subjects.paint(np.ones((CLIP_HEIGHT, CLIP_WIDTH), np.float32))
    box = window.atlas.panel.subjects
    assert [box.list.topLevelItem(row).text(0) for row in range(2)] == ["Object 2", "Object 1"]
    box.list.setCurrentItem(box.list.topLevelItem(1))
    assert window.subjects.current.id == first.id
    np.testing.assert_array_equal(shown(window), square(0))
    box.list.topLevelItem(0).setText(0, "cup")
    assert [subject.name for subject in window.document.project.subjects] == ["Object 1", "cup"]
    box.remove_button.click()
    assert [subject.name for subject in window.document.project.subjects] == ["cup"]


def test_the_panel_lists_the_frames_with_a_mask_and_leads_there(clip_window: MainWindow, qtbot: QtBot) -> None:
    window = clip_window
    window.subjects.paint(square(0))
    go(window, 13, qtbot)
    window.subjects.paint(square(2))

    def chips() -> dict[str, QPushButton]:
        found = window.atlas.panel.subjects.keys.findChildren(QPushButton)
        return {chip.text(): chip for chip in found if not chip.isHidden()}

    qtbot.waitUntil(lambda: list(chips()) == ["11", "13"], timeout=WAIT)
    with qtbot.waitSignal(window.document.playhead.moved) as moved:
        chips()["11"].click()
    assert moved.args == [11]


def test_a_mask_file_is_loaded_for_the_frame(clip_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = clip_window
    write_png(tmp_path / "mask.png", square(0), 8)
    window.subjects.load_mask(tmp_path / "mask.png")
    qtbot.waitUntil(lambda: bool(window.document.project.subjects), timeout=WAIT)
    np.testing.assert_array_equal(shown(window), square(0))


def test_a_mask_of_another_size_is_refused_in_one_sentence(
    clip_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    write_png(tmp_path / "mask.png", square(0)[:-8], 8)
    clip_window.subjects.load_mask(tmp_path / "mask.png")
    box = dialog(qtbot)
    assert "give a mask of the picture's size" in box.text()
    press(box, "OK")
    assert clip_window.document.project.subjects == ()


def test_a_folder_holds_one_mask_a_frame(clip_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = clip_window
    folder = tmp_path / "masks"
    folder.mkdir()
    for number in NUMBERS:
        write_png(folder / f"{number:04}.png", square(number - NUMBERS[0]), 8)
    window.subjects.load_folder(folder)
    qtbot.waitUntil(lambda: bool(window.document.project.subjects), timeout=WAIT)
    go(window, 13, qtbot)
    np.testing.assert_array_equal(shown(window), square(2))
    assert str(folder) in window.atlas.panel.subjects.folder_label.text()
    window.atlas.panel.subjects.forget_button.click()
    assert shown(window) is None


@pytest.mark.parametrize("missing", [1, 4])
def test_a_folder_that_does_not_fit_the_clip_is_refused(
    clip_window: MainWindow, qtbot: QtBot, tmp_path: Path, missing: int
) -> None:
    folder = tmp_path / "masks"
    folder.mkdir()
    for number in NUMBERS[missing:]:
        write_png(folder / f"{number:04}.png", square(0), 8)
    clip_window.subjects.load_folder(folder)
    press(dialog(qtbot), "OK")
    assert clip_window.document.project.subjects == ()


def test_a_word_found_on_a_frame_becomes_its_mask(clip_window: MainWindow, script: ScriptedRun, qtbot: QtBot) -> None:
    window = clip_window
    window.prompt.subject.set_text("cat")
    script.end(MatteResult(square(0)))
    window.prompt.find_button.click()
    qtbot.waitUntil(lambda: bool(window.document.project.subjects), timeout=WAIT)
    assert window.subjects.current.key_numbers == (11,)
    np.testing.assert_array_equal(shown(window), square(0))


def test_masks_are_saved_with_the_project(clip_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = clip_window
    window.subjects.paint(square(0))
    window.subjects.set_text("cat")
    with qtbot.waitSignal(window.document.saved, timeout=WAIT):
        window.files.save_to(tmp_path / "mine.patina")
    (subject,) = load_project(tmp_path / "mine.patina").subjects
    assert subject.text == "cat"
    open_clip(window, tmp_path / "mine.patina", qtbot)
    np.testing.assert_array_equal(shown(window), square(0))


def test_with_an_atlas_the_fitted_matte_shows_and_painting_makes_it_a_mask(
    clip_window: MainWindow, qtbot: QtBot
) -> None:
    window = clip_window
    give_atlas(window, qtbot)
    go(window, 13, qtbot)
    assert iou(shown(window), square(2)) > 0.9
    window.actions_by_name["brush"].trigger()
    window.brush_bar.size_field.setValue(10)
    dab(window, 80, 50)
    assert window.subjects.current.key_numbers == (13,)
    assert shown(window)[50, 80] == 1
    assert iou(shown(window)[:, :70], square(2)[:, :70]) > 0.9
