"""Layers come back into the open project: with questions only where something must be asked."""

from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.window import MainWindow
from engine.atlas.atlas_folder import save_atlas
from engine.compositing import premultiply
from engine.context import RunContext
from engine.jobs import Job
from engine.media.png import write_png
from engine.project import EditLayer
from engine.project_folder import load_project
from engine.runs import run
from tests.desktop.clips import FIRST, FRAMES, HEIGHT, WIDTH, identity_atlas, write_clip
from tests.desktop.window_helpers import dialog, dialogs, press


class RealRun:
    """The engine's own run, where other tests of the window have a scripted one."""

    def __call__(self, job: Job, context: RunContext) -> Generator[object, None, object]:
        return run(job, context)

    def end_all(self) -> None:
        """Do nothing: these runs end by themselves."""


@pytest.fixture
def script() -> RealRun:
    return RealRun()


@pytest.fixture
def clip_window(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    with qtbot.waitSignal(window.document.opened):
        window.start(write_clip(tmp_path / "shot"))
    return window


def shade(place: int, alpha: float = 1.0) -> np.ndarray:
    """Return a picture with a green left half, brighter in later places, and nothing on the right."""
    rgba = np.zeros((HEIGHT, WIDTH, 4), np.float32)
    rgba[..., 1] = 0.5 + place / 20
    rgba[:, : WIDTH // 2, 3] = alpha
    return rgba


def sequence(folder: Path, numbers: range, alpha: float = 1.0) -> Path:
    """Write stills with alpha, and return the first one."""
    folder.mkdir()
    for place, number in enumerate(numbers):
        write_png(folder / f"green.{number}.png", shade(place, alpha))
    return folder / f"green.{numbers[0]}.png"


def wait_for_layers(window: MainWindow, qtbot: QtBot, count: int = 1) -> EditLayer:
    qtbot.waitUntil(lambda: len(window.document.project.layers) == count, timeout=20_000)
    return window.document.project.layers[-1]


def shown(window: MainWindow, number: int, qtbot: QtBot) -> np.ndarray:
    """Go to a frame and return the layers that the viewer has for it, as pixels."""
    window.document.playhead.go(number)
    qtbot.waitUntil(lambda: window.clip_view.settled and bool(window.viewer.scene.layers), timeout=20_000)
    (plane,) = window.viewer.scene.layers
    return plane.plane.pixels


def test_a_sequence_becomes_a_layer_that_changes_with_the_frames(
    clip_window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window, document = clip_window, clip_window.document
    first = sequence(tmp_path / "out", range(FIRST + 2, FIRST + 6))
    window.actions_by_name["import_layer"].trigger()
    (chooser,) = window.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(first))
    press(dialog(qtbot), "Import the Sequence")
    layer = wait_for_layers(window, qtbot)
    assert (layer.name, layer.frames) == ("green", (FIRST + 2, FIRST + 5))
    assert document.current_layer == layer.id
    assert document.pixels.thumbnail(layer.picture) is not None
    for place in (0, 3):
        pixels = shown(window, FIRST + 2 + place, qtbot)
        assert pixels[5, 5] == pytest.approx(shade(place)[5, 5], abs=1e-4)
    document.playhead.go(FIRST)
    qtbot.waitUntil(lambda: window.clip_view.settled and not window.viewer.scene.layers, timeout=20_000)

    window.layers.commands.duplicate(layer.id)
    assert document.project.layers[1].picture == layer.picture, "a duplicate shares the files"
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.project.layers == ()
    document.undo_stack.redo()
    with qtbot.waitSignal(document.saved):
        document.save(tmp_path / "art.patina")
    assert load_project(tmp_path / "art.patina").layers == (layer,)
    with qtbot.waitSignal(document.opened):
        document.open_project(tmp_path / "art.patina")
    assert shown(window, FIRST + 4, qtbot)[5, 5] == pytest.approx(shade(2)[5, 5], abs=1e-4)


def test_moving_frames_show_the_frames_own_picture(clip_window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window, frames = clip_window, clip_window.services.frames
    window.layer_imports.take(sequence(tmp_path / "out", range(FIRST, FIRST + FRAMES)).parent)
    wait_for_layers(window, qtbot)
    numbers = [FIRST + 1, FIRST + 8]
    frames.plan(numbers)
    qtbot.waitUntil(lambda: all(frames.is_ready(number) for number in numbers), timeout=20_000)
    greens = [int(frames.moving(number)[5, 5, 1]) for number in numbers]
    assert greens == pytest.approx([255 * 0.55, 255 * 0.9], abs=2)


def test_what_the_file_does_not_tell_is_asked(clip_window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    sequence(tmp_path / "out", range(1, 4), alpha=0.5)
    write_png(tmp_path / "out" / "green.1.png", premultiply(shade(0, 0.5)))
    clip_window.document.playhead.go(FIRST + 5)
    for number in (2, 3):
        write_png(tmp_path / "out" / f"green.{number}.png", premultiply(shade(0, 0.5)))
    clip_window.layer_imports.take(tmp_path / "out")
    press(dialog(qtbot), "Premultiplied")
    press(dialog(qtbot), f"At Frame {FIRST + 5}")
    layer = wait_for_layers(clip_window, qtbot)
    assert layer.frames == (FIRST + 5, FIRST + 7)
    assert shown(clip_window, FIRST + 5, qtbot)[5, 5] == pytest.approx([0, 0.5, 0, 0.5], abs=1e-3)


def test_a_question_that_is_cancelled_imports_nothing(clip_window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    clip_window.layer_imports.take(sequence(tmp_path / "out", range(1, 4)).parent)
    press(dialog(qtbot), "Cancel")
    assert not any(dialogs())
    assert clip_window.services.bridge.records() == []


def test_what_does_not_fit_is_told(open_window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    write_png(tmp_path / "small.png", np.zeros((20, 20, 4), np.float32))
    open_window.layer_imports.take(tmp_path / "small.png")
    assert "is 20 × 20 pixels and the footage 96 × 64" in dialog(qtbot).text()
    press(dialog(qtbot), "OK")


def test_a_picture_of_the_atlas_lands_on_the_layer_that_the_user_names(
    clip_window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    document = clip_window.document
    atlas = identity_atlas(document.project.footage.path, document.project.footage.numbers, (48, 32))
    save_atlas(atlas, document.folder / "atlases" / "made")
    document.apply("Fit", document.project.with_atlas("atlases/made"))
    write_png(tmp_path / "dab.png", shade(0)[::2, ::2].copy())
    clip_window.layer_imports.take(tmp_path / "dab.png")
    press(dialog(qtbot), "Foreground")
    layer = wait_for_layers(clip_window, qtbot)
    assert (layer.name, layer.atlas_layer) == ("dab", "foreground")
    assert clip_window.atlas.painting.target("foreground") == layer, "a brush goes on with it"


def test_a_file_dropped_on_the_layer_panel_becomes_a_layer(
    open_window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    write_png(tmp_path / "green.png", shade(0))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "green.png"))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPointF(5, 5).toPoint(), Qt.DropAction.CopyAction, data, buttons, keys)
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    for event in (enter, drop):
        QApplication.sendEvent(open_window.layers, event)
        assert event.isAccepted()
    assert wait_for_layers(open_window, qtbot).name == "green"
    assert open_window.document.project.footage.path.name == "shore.png", "it was not opened in its place"


def test_a_result_for_a_project_that_was_left_is_dropped(
    clip_window: MainWindow, tmp_path: Path, picture: Path, qtbot: QtBot
) -> None:
    window = clip_window
    sequence(tmp_path / "out", range(FIRST, FIRST + FRAMES))
    with qtbot.waitSignal(window.services.bridge.record_changed, timeout=20_000):
        window.layer_imports.take(tmp_path / "out")
    with qtbot.waitSignal(window.document.opened):
        window.document.open_picture(picture)
    qtbot.waitUntil(lambda: all(record.state.ended for record in window.services.bridge.records()), timeout=20_000)
    assert window.document.project.layers == ()
