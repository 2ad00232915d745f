"""Questions before a project is left, by closing the window or opening another picture."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop.window import MainWindow
from engine.project_folder import load_project
from engine.runner import JobState
from tests.desktop.scripted_run import ScriptedRun
from tests.desktop.window_helpers import dialog, dialogs, generate, make_layer, press, result, training


def test_an_unmodified_window_closes_without_a_question(qtbot: QtBot, open_window: MainWindow) -> None:
    open_window.close()
    qtbot.waitUntil(lambda: not open_window.isVisible())
    assert not any(dialogs())


def test_closing_with_changes_asks_once_and_cancel_stays(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun
) -> None:
    make_layer(open_window, script, qtbot)
    open_window.close()
    open_window.close()
    box = dialog(qtbot)
    assert "shore.png" in box.text()
    press(box, "Cancel")
    assert open_window.isVisible()
    open_window.close()
    press(dialog(qtbot), "Don’t Save")
    qtbot.waitUntil(lambda: not open_window.isVisible())


def test_closing_can_save_first(qtbot: QtBot, open_window: MainWindow, script: ScriptedRun, tmp_path: Path) -> None:
    with qtbot.waitSignal(open_window.document.saved):
        open_window.files.save_to(tmp_path / "a.patina")
    make_layer(open_window, script, qtbot)
    open_window.close()
    press(dialog(qtbot), "Save")
    qtbot.waitUntil(lambda: not open_window.isVisible())
    assert len(load_project(tmp_path / "a.patina").layers) == 1


def test_closing_during_an_edit_asks_once_and_keeps_the_job(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun
) -> None:
    with qtbot.waitSignal(open_window.services.bridge.progressed):
        generate(open_window)
        script.say(training())
    open_window.close()
    box = dialog(qtbot)
    assert "next start" in box.informativeText()
    press(box, "Quit")
    qtbot.waitUntil(lambda: not open_window.isVisible())
    script.go_on(training(2))
    open_window.services.close()
    assert [job.prompt for job in open_window.services.bridge.unfinished()] == ["golden"]
    assert open_window.document.folder.is_dir()


def test_opening_another_picture_during_an_edit_cancels_it_only_when_told(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun, picture: Path
) -> None:
    bridge = open_window.services.bridge
    with qtbot.waitSignal(bridge.progressed):
        generate(open_window)
        script.say(training())
    open_window.files.open(picture)
    box = dialog(qtbot)
    assert box.text() == "“golden” is not finished."
    assert box.informativeText().startswith("It is cancelled once the other picture is open")
    press(box, "Stay")
    assert not bridge.records()[0].state.ended
    open_window.files.open(picture)
    with qtbot.waitSignal(open_window.document.opened):
        press(dialog(qtbot), "Open Anyway")
    with qtbot.waitSignal(bridge.ended):
        script.say(training(2))
    assert bridge.records()[0].state is JobState.CANCELLED


def test_a_picture_that_cannot_be_opened_costs_no_edit(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun, tmp_path: Path
) -> None:
    with qtbot.waitSignal(open_window.services.bridge.progressed):
        generate(open_window)
        script.say(training())
    open_window.files.open(tmp_path / "missing.png")
    with qtbot.waitSignal(open_window.document.failed):
        press(dialog(qtbot), "Open Anyway")
    press(dialog(qtbot), "OK")
    script.end(result())
    qtbot.waitUntil(lambda: len(open_window.document.project.layers) == 1)


def test_several_unfinished_jobs_are_counted_in_the_question(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun, picture: Path
) -> None:
    make_layer(open_window, script, qtbot)
    for prompt in ("golden", "rusty"):
        generate(open_window, prompt)
    open_window.files.open(picture)
    box = dialog(qtbot)
    assert box.text() == "Save the changes to “shore.png”?"
    assert box.informativeText().startswith("2 jobs are not finished. They are cancelled")
    press(box, "Cancel")
