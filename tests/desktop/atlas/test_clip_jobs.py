"""Clip jobs in the window: asked for, followed and kept."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.window import MainWindow
from engine.errors import UserError
from engine.events import Preview, Progress
from engine.jobs import AtlasFit, AtlasImport, LayerEdit, Subject
from engine.runner import JobState
from tests.desktop.atlas.clip_jobs import WAIT, edited, jobs, made, wait_for_jobs
from tests.desktop.clip_helpers import atlas_window, clip, clip_window, square
from tests.desktop.scripted_run import ScriptedRun
from tests.desktop.window_helpers import dialog, dialogs, generate, press

__all__ = ["atlas_window", "clip", "clip_window"]


def test_generate_fits_an_atlas_first_and_then_edits_it(
    clip_window: MainWindow, script: ScriptedRun, qtbot: QtBot
) -> None:
    window = clip_window
    window.subjects.paint(square(0))
    generate(window, "golden")
    fit, edit = wait_for_jobs(window, 2, qtbot)
    assert isinstance(fit, AtlasFit)
    assert isinstance(edit, LayerEdit)
    ((number, file),) = fit.subjects[0].keys
    assert number == 11
    assert Path(file).is_file()  # whole before the job begins
    assert (fit.first, fit.last) == (11, 14)
    assert edit.atlas == fit.out
    assert edit.atlas_layer == "foreground"
    script.end(made(fit))
    qtbot.waitUntil(lambda: window.atlas.present.atlas is not None, timeout=WAIT)
    assert window.document.folder / window.document.project.atlas == Path(fit.out)
    script.end(edited())
    qtbot.waitUntil(lambda: len(window.document.project.layers) == 1, timeout=WAIT)
    (layer,) = window.document.project.layers
    assert (layer.name, layer.atlas_layer, layer.atlas, layer.job) == ("golden", "foreground", "", edit)
    qtbot.waitUntil(lambda: len(window.viewer.scene.layers) == 1, timeout=WAIT)
    shown = window.viewer.scene.layers[0].plane.pixels
    assert shown.shape == (64, 96, 4)
    assert shown[32, 52, 3] > 0.9  # on the square
    assert shown[5, 5, 3] < 0.1  # beside it
    row = window.jobs.rows()[0]
    qtbot.waitUntil(lambda: row.status_label.text() == "Done in 1 min 5 s", timeout=WAIT)


def test_an_atlas_that_is_there_is_edited_at_once(atlas_window: MainWindow, qtbot: QtBot) -> None:
    generate(atlas_window, "golden")
    (edit,) = wait_for_jobs(atlas_window, 1, qtbot)
    assert isinstance(edit, LayerEdit)
    assert Path(edit.atlas) == atlas_window.document.folder / "atlases" / "known"


def test_the_prompt_panel_offers_the_atlas_layers(atlas_window: MainWindow, qtbot: QtBot) -> None:
    target = atlas_window.prompt.settings.target
    assert [target.itemData(row) for row in range(target.count())] == ["foreground", "background"]
    target.setCurrentIndex(1)
    generate(atlas_window, "golden")
    (edit,) = wait_for_jobs(atlas_window, 1, qtbot)
    assert edit.atlas_layer == "background"


def test_the_subjects_word_is_enough(clip_window: MainWindow, qtbot: QtBot) -> None:
    generate(clip_window, "golden", subject="cat")
    fit, _edit = wait_for_jobs(clip_window, 2, qtbot)
    assert fit.subjects == (Subject(text="cat"),)


def test_without_an_object_the_panel_says_what_to_do(clip_window: MainWindow) -> None:
    generate(clip_window, "golden")
    assert "paint it on one frame" in clip_window.prompt.problem.text()
    assert clip_window.prompt.problem.isVisible()
    assert jobs(clip_window) == []


def test_an_object_without_mask_or_word_is_named(clip_window: MainWindow) -> None:
    clip_window.subjects.add()
    clip_window.docks.atlas.raise_()
    clip_window.atlas.panel.fit.fit_button.click()
    assert "“Object 1” has no mask and no word" in clip_window.atlas.panel.fit.problem.text()
    assert jobs(clip_window) == []


def test_the_fit_button_takes_the_settings_and_the_work_area(clip_window: MainWindow, qtbot: QtBot) -> None:
    window = clip_window
    window.subjects.set_text("cat")
    window.document.playhead.go(12)
    window.actions_by_name["work_in"].trigger()
    fit_box = window.atlas.panel.fit
    fit_box.quality.choose("draft")
    fit_box.light.setChecked(False)
    fit_box.flow.setCurrentIndex(1)
    assert fit_box.area.text() == "Frames 12 to 14 (3)"
    fit_box.fit_button.click()
    (job,) = wait_for_jobs(window, 1, qtbot)
    assert (job.first, job.last, job.quality, job.light, job.flow) == (12, 14, "draft", False, "raft")
    fit_box.range.choose(True)
    fit_box.fit_button.click()
    assert [each.first for each in wait_for_jobs(window, 2, qtbot)] == [12, 11]


def test_generate_waits_for_a_fitting_under_way(clip_window: MainWindow, qtbot: QtBot) -> None:
    clip_window.subjects.set_text("cat")
    clip_window.atlas.panel.fit.fit_button.click()
    (fit,) = wait_for_jobs(clip_window, 1, qtbot)
    generate(clip_window, "golden")
    _fit, edit = wait_for_jobs(clip_window, 2, qtbot)
    assert edit.atlas == fit.out


def test_a_published_atlas_becomes_the_projects(
    clip_window: MainWindow, script: ScriptedRun, qtbot: QtBot, tmp_path: Path
) -> None:
    window, file = clip_window, tmp_path / "checkpoint"
    file.touch()
    window.document.playhead.go(12)
    window.actions_by_name["work_in"].trigger()
    window.actions_by_name["import_atlas"].trigger()
    dialog = next(each for each in QApplication.topLevelWidgets() if isinstance(each, QFileDialog) and each.isVisible())
    dialog.fileSelected.emit(str(file))
    dialog.close()
    (job,) = wait_for_jobs(window, 1, qtbot)
    assert isinstance(job, AtlasImport)
    assert (job.checkpoint, job.clip) == (str(file), str(window.document.project.footage.path))
    assert (job.first, job.last) == (12, 14)
    generate(window, "golden")  # waits for it, as for a fitting
    _import, edit = wait_for_jobs(window, 2, qtbot)
    assert edit.atlas == job.out
    script.end(made(job))
    qtbot.waitUntil(lambda: window.atlas.present.atlas is not None, timeout=WAIT)
    assert window.document.folder / window.document.project.atlas == Path(job.out)
    assert window.document.undo_stack.undoText() == "Import an Atlas"


@pytest.mark.parametrize("cancel", [True, False], ids=["cancelled", "failed"])
def test_an_edit_ends_with_the_fitting_that_it_needs(
    clip_window: MainWindow, script: ScriptedRun, qtbot: QtBot, cancel: bool
) -> None:
    window = clip_window
    generate(window, "golden", subject="cat")
    wait_for_jobs(window, 2, qtbot)
    if cancel:
        script.go_on(Progress("fitting", 1, 9, 0.1))
        qtbot.waitUntil(lambda: len(script.contexts) == 1, timeout=WAIT)
        window.jobs.rows()[0].cancel()
    else:
        script.fail(UserError("The clip cuts to another scene at frame 13; choose a range."))
        press(dialog(qtbot), "OK")
    qtbot.waitUntil(lambda: window.services.bridge.records()[1].state is JobState.CANCELLED, timeout=WAIT)
    assert len(script.contexts) == 1  # the edit never began, so that it had nothing to fail of
    assert not any(dialogs())
    assert window.document.project.layers == ()


def test_what_is_fitted_is_previewed_in_the_panel(clip_window: MainWindow, script: ScriptedRun, qtbot: QtBot) -> None:
    window = clip_window
    generate(window, "golden", subject="cat")
    preview = window.atlas.panel.fit.preview
    script.say(Preview(np.ones((32, 48, 4), np.float32), 1))
    qtbot.waitUntil(lambda: not preview.isHidden(), timeout=WAIT)
    assert preview.pixmap().size().toTuple() == (48, 32)
    fit = wait_for_jobs(window, 2, qtbot)[0]
    script.end(made(fit))
    qtbot.waitUntil(preview.isHidden, timeout=WAIT)


def test_an_edit_is_previewed_on_the_atlas_and_through_the_mapping(
    atlas_window: MainWindow, script: ScriptedRun, qtbot: QtBot
) -> None:
    window = atlas_window
    window.actions_by_name["atlas_view"].trigger()
    generate(window, "golden")
    script.say(Preview(edited().picture, 1))
    viewer = window.viewer
    qtbot.waitUntil(lambda: viewer.scene.preview is not None, timeout=WAIT)
    shown = viewer.scene.preview.pixels
    assert shown.shape == (64, 96, 4)
    assert shown[32, 52, 3] > 0.9
    assert shown[5, 5, 3] < 0.1
    assert window.atlas.view.viewer.scene.preview is not None
    script.end(edited())
    qtbot.waitUntil(lambda: viewer.scene.preview is None, timeout=WAIT)
    assert window.atlas.view.viewer.scene.preview is None


def test_a_layers_parameters_come_back_to_the_panel(
    atlas_window: MainWindow, script: ScriptedRun, qtbot: QtBot
) -> None:
    window = atlas_window
    script.end(edited())
    generate(window, "golden")
    qtbot.waitUntil(lambda: len(window.document.project.layers) == 1, timeout=WAIT)
    window.prompt.prompt.set_text("zebra")
    window.actions_by_name["reuse"].trigger()
    assert window.prompt.prompt.text == "golden"
