"""The whole way of an edit through the real window and the real engine thread; only the run is scripted."""

import errno
from pathlib import Path

import cv2
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.services import Services
from desktop.window import MainWindow
from engine.errors import UserError
from engine.events import Notice
from engine.media.stills import read_mask
from engine.results import MatteResult
from engine.runner import JobState
from engine.sessions import recoverable
from tests.desktop.scripted_run import ScriptedRun
from tests.desktop.window_helpers import (
    HEIGHT,
    WIDTH,
    dialog,
    dialogs,
    found,
    generate,
    layer_pixels,
    left_half,
    make_layer,
    press,
    preview,
    result,
    training,
    wait_without_events,
)


def test_an_edit_becomes_a_layer_on_disk_and_one_undoable_step(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun
) -> None:
    document, viewer = open_window.document, open_window.viewer
    with qtbot.waitSignal(open_window.services.bridge.previewed):
        generate(open_window, "golden", "cat")
        script.say(training(), preview())
    assert viewer.scene.preview is not None
    script.say(training(2))
    script.end(result(left_half()))
    qtbot.waitUntil(lambda: len(document.project.layers) == 1)

    (layer,) = document.project.layers
    assert (layer.name, layer.job.prompt, layer.job.subject) == ("golden", "golden", "cat")
    on_disk = cv2.imread(str(document.folder / layer.picture), cv2.IMREAD_UNCHANGED)
    assert (on_disk.shape, on_disk.dtype) == ((HEIGHT, WIDTH, 4), np.uint16)
    assert np.array_equal(read_mask(document.folder / layer.matte, WIDTH, HEIGHT), left_half())
    assert viewer.scene.preview is None
    assert len(viewer.scene.layers) == 1
    assert document.undo_stack.undoText() == "Add Layer"
    document.undo_stack.undo()
    assert viewer.scene.layers == ()
    assert (document.folder / layer.picture).exists()


def test_the_layer_shows_over_the_picture(qtbot: QtBot, open_window: MainWindow, script: ScriptedRun) -> None:
    make_layer(open_window, script, qtbot)
    assert open_window.viewer.scene.value_at(10, 10)[:3] == pytest.approx([0, 1, 0])
    assert open_window.viewer.scene.value_at(80, 10)[:3] == pytest.approx([0, 0, 0.8], abs=0.01)
    open_window.layers.opacity.setValue(50)
    assert open_window.viewer.scene.value_at(10, 10)[:3] == pytest.approx([0.4, 0.5, 0], abs=0.01)


def test_a_cancelled_edit_leaves_no_preview_and_no_layer(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun
) -> None:
    bridge = open_window.services.bridge
    with qtbot.waitSignal(bridge.previewed):
        generate(open_window)
        script.say(preview())
    with qtbot.waitSignal(bridge.ended):
        bridge.cancel(bridge.records()[0].id)
        script.say(training(2))

    assert open_window.viewer.scene.preview is None
    assert open_window.document.project.layers == ()
    assert not any(dialogs())


def test_a_failed_edit_says_one_sentence(qtbot: QtBot, open_window: MainWindow, script: ScriptedRun) -> None:
    script.fail(UserError("The disk is full; free some space."))
    generate(open_window)
    box = dialog(qtbot)
    assert box.text() == "The disk is full; free some space."
    press(box, "OK")


def test_a_bug_in_the_engine_shows_no_traceback(qtbot: QtBot, open_window: MainWindow, script: ScriptedRun) -> None:
    script.fail(ZeroDivisionError("float division by zero"))
    generate(open_window)
    box = dialog(qtbot)
    assert "Traceback" not in box.text() + box.informativeText() + box.detailedText()
    assert "\n" not in box.text()
    press(box, "OK")


def test_a_notice_of_the_run_is_said_in_the_status_bar(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun
) -> None:
    with qtbot.waitSignal(open_window.services.bridge.noticed):
        generate(open_window)
        script.say(Notice("No cat was found; the whole picture is edited."))
    assert open_window.status.currentMessage() == "No cat was found; the whole picture is edited."


def test_a_found_matte_is_shown_and_its_correction_is_used_next_time(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun
) -> None:
    document, bridge = open_window.document, open_window.services.bridge
    with qtbot.waitSignal(bridge.matte_found):
        generate(open_window, "golden", "cat")
        script.say(found())
    assert np.array_equal(open_window.viewer.scene.matte.pixels, left_half())
    script.end(result(left_half()))
    qtbot.waitUntil(lambda: len(document.project.layers) == 1)
    assert document.project.layers[0].job.mask == ""

    corrected = left_half()
    corrected[:, -10:] = 1
    open_window.viewer.matte_edited.emit(corrected)
    script.end(result(corrected))
    generate(open_window, "zebra", "cat")
    qtbot.waitUntil(lambda: len(document.project.layers) == 2)
    mask = Path(document.project.layers[1].job.mask)
    assert mask.parent.parent == document.folder
    assert np.array_equal(read_mask(mask, WIDTH, HEIGHT), corrected)


def test_reusing_a_layer_brings_its_corrected_matte_back(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun
) -> None:
    document = open_window.document
    open_window.viewer.matte_edited.emit(left_half())
    script.end(result(left_half()))
    generate(open_window, "golden", "cat")
    qtbot.waitUntil(lambda: len(document.project.layers) == 1)
    document.set_matte("Clear the Matte", None)
    with qtbot.waitSignal(document.matte_changed):
        open_window.actions_by_name["reuse"].trigger()
    assert np.array_equal(document.corrected_matte("cat"), left_half())


def test_another_subject_does_not_get_the_corrected_matte(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun
) -> None:
    with qtbot.waitSignal(open_window.services.bridge.matte_found):
        generate(open_window, "golden", "cat")
        script.say(found())
    open_window.viewer.matte_edited.emit(layer_pixels()[..., 1].copy())
    script.end(result())
    script.end(result())
    generate(open_window, "zebra", "dog")
    qtbot.waitUntil(lambda: len(open_window.document.project.layers) == 2)
    assert open_window.document.project.layers[1].job.mask == ""


def test_find_subject_shows_a_matte_that_undo_takes_away(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun
) -> None:
    document = open_window.document
    script.end(MatteResult(left_half()))
    open_window.prompt.subject.set_text("cat")
    with qtbot.waitSignal(document.matte_changed):
        open_window.actions_by_name["find_matte"].trigger()
    assert np.array_equal(open_window.viewer.scene.matte.pixels, left_half())
    assert open_window.viewer.look.matte_overlay
    open_window.actions_by_name["undo"].trigger()
    assert open_window.viewer.scene.matte is None


def test_the_matte_of_a_layer_comes_back(qtbot: QtBot, open_window: MainWindow, script: ScriptedRun) -> None:
    script.end(result(left_half()))
    generate(open_window)
    qtbot.waitUntil(lambda: len(open_window.document.project.layers) == 1)
    open_window.actions_by_name["clear_matte"].trigger()
    assert open_window.document.matte is None
    with qtbot.waitSignal(open_window.document.matte_changed):
        open_window.actions_by_name["layer_matte"].trigger()
    assert np.array_equal(open_window.document.matte, left_half())


def test_a_full_disk_loses_no_layer(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = open_window.document
    real = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.suffix == ".png":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    script.end(result())
    generate(open_window)
    box = dialog(qtbot)
    assert "no room left" in box.text()
    assert document.project.layers == ()
    monkeypatch.undo()
    press(box, "Try Again")
    qtbot.waitUntil(lambda: len(document.project.layers) == 1)
    assert (document.folder / document.project.layers[0].picture).exists()


def test_two_edits_in_a_row_become_two_layers(qtbot: QtBot, open_window: MainWindow, script: ScriptedRun) -> None:
    generate(open_window, "golden")
    generate(open_window, "zebra")
    script.end(result())
    script.end(result())
    qtbot.waitUntil(lambda: len(open_window.document.project.layers) == 2)
    assert [layer.name for layer in open_window.document.project.layers] == ["golden", "zebra"]
    assert [record.state for record in open_window.services.bridge.records()] == [JobState.DONE] * 2


def test_a_result_that_comes_while_the_window_closes_is_kept(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun, services: Services
) -> None:
    with qtbot.waitSignal(services.bridge.progressed):
        generate(open_window)
        script.say(training())
    session = open_window.document.folder
    script.end(result())
    wait_without_events(lambda: services.bridge.records()[0].state is JobState.DONE)
    assert open_window.document.project.layers == ()  # the window has not heard of it
    services.close()

    assert len(list((session / "layers").glob("*.png"))) == 1
    assert '"golden"' in (session / "project.json").read_text()
    assert recoverable(services.sessions) == []  # this process still holds it
