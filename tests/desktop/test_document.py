from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.background import Background
from desktop.document import Document
from desktop.matte.history import Matte
from desktop.matte.subject_file import read_subject
from desktop.session_files import StoredLayer, store_edit
from engine.compositing import BlendMode
from engine.errors import UserError
from engine.jobs import ImageEdit
from engine.project import Project
from engine.project_folder import FootageError, load_project
from engine.report import Report
from engine.results import EditResult
from engine.sessions import recoverable


def store(document: Document, prompt: str = "golden", alpha: float = 0.5) -> StoredLayer:
    height, width = document.source().shape[:2]
    layer = np.full((height, width, 4), alpha, np.float32)
    report = Report({}, "starter", "cpu", 0, 1, (width, height), (width, height), {}, 0.0)
    job = ImageEdit(picture=str(document.project.footage.path), prompt=prompt)
    return store_edit(EditResult(layer, None, report), job, document.folder)


def add_layer(document: Document, prompt: str = "golden") -> str:
    stored = store(document, prompt)
    document.add_layer(stored)
    return stored.layer.id


def test_opening_a_picture_begins_an_unmodified_project(qtbot: QtBot, document: Document, picture: Path) -> None:
    with qtbot.waitSignals([document.footage_changed, document.project_changed, document.opened]):
        document.open_picture(picture)

    footage = document.project.footage
    assert (footage.path, footage.width, footage.height) == (picture, 96, 64)
    assert document.source()[0, 0] == pytest.approx([0.8, 0, 0], abs=0.01)
    assert document.title == "shore.png"
    assert not document.modified
    document.close()


def test_a_picture_that_cannot_be_read_leaves_the_open_project_alone(
    qtbot: QtBot, open_document: Document, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_text("no picture")
    before = open_document.project
    with qtbot.waitSignal(open_document.failed) as failed:
        open_document.open_picture(bad)

    assert "bad.jpg" in str(failed.args[0])
    assert open_document.project == before
    assert open_document.folder.is_dir()


def test_each_change_is_undone_and_redone_under_its_name(open_document: Document) -> None:
    layer_id = add_layer(open_document)
    project = open_document.project
    faded = project.replace_layer(replace(project.layer(layer_id), opacity=0.25))
    open_document.apply("Change Opacity", faded)

    assert open_document.undo_stack.undoText() == "Change Opacity"
    open_document.undo_stack.undo()
    assert open_document.project == project
    open_document.undo_stack.undo()
    assert open_document.project.layers == ()
    open_document.undo_stack.redo()
    open_document.undo_stack.redo()
    assert open_document.project == faded


def test_changes_of_one_gesture_are_one_step_and_of_two_are_two(open_document: Document) -> None:
    layer_id = add_layer(open_document)
    steps = open_document.undo_stack.count()
    for gesture, opacities in (("a", (0.9, 0.8, 0.7)), ("b", (0.6, 0.5))):
        for opacity in opacities:
            layer = replace(open_document.project.layer(layer_id), opacity=opacity)
            open_document.apply("Change Opacity", open_document.project.replace_layer(layer), gesture)

    assert open_document.undo_stack.count() == steps + 2
    open_document.undo_stack.undo()
    assert open_document.project.layer(layer_id).opacity == 0.7
    open_document.undo_stack.undo()
    assert open_document.project.layer(layer_id).opacity == 1.0


def test_a_gesture_that_ends_where_it_began_leaves_no_step(open_document: Document) -> None:
    layer_id = add_layer(open_document)
    steps = open_document.undo_stack.count()
    for opacity in (0.5, 1.0):
        layer = replace(open_document.project.layer(layer_id), opacity=opacity)
        open_document.apply("Change Opacity", open_document.project.replace_layer(layer), "one")

    assert open_document.undo_stack.count() == steps


def test_the_current_layer_is_the_new_one_and_then_its_neighbour(open_document: Document) -> None:
    first, second = add_layer(open_document, "one"), add_layer(open_document, "two")
    assert open_document.current_layer == second
    open_document.apply("Delete Layer", open_document.project.remove_layer(second))
    assert open_document.current_layer == first
    open_document.apply("Delete Layer", open_document.project.remove_layer(first))
    assert (open_document.current_layer, open_document.current()) == ("", None)


def test_a_saved_project_opens_again_with_its_pixels(qtbot: QtBot, open_document: Document, tmp_path: Path) -> None:
    layer_id = add_layer(open_document)
    layer = replace(open_document.project.layer(layer_id), blend=BlendMode.SCREEN)
    open_document.apply("Change Blend Mode", open_document.project.replace_layer(layer))
    assert open_document.modified
    folder = tmp_path / "shore at dusk.patina"
    with qtbot.waitSignal(open_document.saved):
        open_document.save(folder)
    assert not open_document.modified
    assert open_document.title == "shore at dusk"

    project, pixels = open_document.project, open_document.layer_pixels(layer_id)
    with qtbot.waitSignal(open_document.opened):
        open_document.open_project(folder)
    assert open_document.project == project
    assert np.array_equal(open_document.layer_pixels(layer_id), pixels)
    assert open_document.layer_pixels(layer_id) is not pixels
    assert open_document.origin == folder
    assert not open_document.modified


def test_what_changes_during_a_save_still_counts_as_unsaved(
    qtbot: QtBot, open_document: Document, tmp_path: Path
) -> None:
    add_layer(open_document)
    with qtbot.waitSignal(open_document.saved):
        open_document.save(tmp_path / "a.patina")
        add_layer(open_document, "later")

    assert open_document.modified
    assert len(load_project(tmp_path / "a.patina").layers) == 1


def test_missing_footage_is_reported_and_can_be_named(qtbot: QtBot, open_document: Document, tmp_path: Path) -> None:
    folder = tmp_path / "moved.patina"
    with qtbot.waitSignal(open_document.saved):
        open_document.save(folder)
    picture = open_document.project.footage.path
    elsewhere = tmp_path / "elsewhere" / "shore.png"
    elsewhere.parent.mkdir()
    picture.rename(elsewhere)
    with qtbot.waitSignal(open_document.failed) as failed:
        open_document.open_project(folder)
    assert isinstance(failed.args[0], FootageError)

    with qtbot.waitSignal(open_document.opened):
        open_document.open_project(folder, elsewhere)
    assert open_document.project.footage.path == elsewhere
    assert open_document.modified  # the project on disk still names the old place


def test_autosave_keeps_the_project_for_recovery_without_touching_the_original(
    qtbot: QtBot, open_document: Document, tmp_path: Path
) -> None:
    original = tmp_path / "a.patina"
    with qtbot.waitSignal(open_document.saved):
        open_document.save(original)
    add_layer(open_document)
    qtbot.waitUntil(lambda: load_project(open_document.folder) == open_document.project)

    assert load_project(original).layers == ()
    # This process holds the session: nobody else may take it.
    assert recoverable(tmp_path / "sessions") == []


def test_closing_removes_the_session(open_document: Document, background: Background, tmp_path: Path) -> None:
    add_layer(open_document)
    folder = open_document.folder
    open_document.close()
    background.close()
    assert not folder.exists()


def test_a_failed_save_says_so_and_stays_unsaved(qtbot: QtBot, open_document: Document, tmp_path: Path) -> None:
    add_layer(open_document)
    (tmp_path / "file").touch()
    with qtbot.waitSignal(open_document.failed) as failed:
        open_document.save(tmp_path / "file" / "a.patina")
    assert isinstance(failed.args[0], UserError)
    assert open_document.modified


def matte_of(value: float) -> np.ndarray:
    return np.full((64, 96), value, np.float32)


def test_strokes_on_the_matte_are_undone_one_by_one(open_document: Document) -> None:
    open_document.set_matte("Find the Subject", Matte(matte_of(0), "shore"))
    first = matte_of(0)
    first[10:20, 30:40] = 1
    open_document.correct_matte(first)
    second = first.copy()
    second[0, 0] = 0.5
    open_document.correct_matte(second)

    open_document.undo_stack.undo()
    assert np.array_equal(open_document.matte, first)
    open_document.undo_stack.undo()
    assert np.array_equal(open_document.matte, matte_of(0))
    assert open_document.corrected_matte("shore") is None
    open_document.undo_stack.undo()
    assert open_document.matte is None
    for _ in range(3):
        open_document.undo_stack.redo()
    assert np.array_equal(open_document.matte, second)


def test_a_painted_matte_counts_as_a_change_and_a_found_one_does_not(open_document: Document) -> None:
    open_document.set_matte("Find the Subject", Matte(matte_of(0), "horse"))
    assert not open_document.modified
    open_document.correct_matte(matte_of(1))
    assert open_document.modified
    open_document.undo_stack.undo()
    assert not open_document.modified


def test_undoing_back_to_what_was_saved_leaves_nothing_to_save(open_document: Document) -> None:
    add_layer(open_document)
    assert open_document.modified
    open_document.undo_stack.undo()
    assert not open_document.modified


def test_a_painted_matte_is_saved_and_opens_again(qtbot: QtBot, open_document: Document, tmp_path: Path) -> None:
    painted = matte_of(0)
    painted[5:9, 5:50] = 1
    open_document.set_matte("Find the Subject", Matte(matte_of(0), "horse"))
    open_document.correct_matte(painted)
    with qtbot.waitSignal(open_document.saved):
        open_document.save(tmp_path / "a.patina")
    assert not open_document.modified
    for _ in range(2):  # the second time, from what the first session was given
        with qtbot.waitSignal(open_document.opened):
            open_document.open_project(tmp_path / "a.patina")
        assert np.array_equal(open_document.corrected_matte("horse"), painted)
        assert not open_document.modified
    open_document.set_matte("Clear the Matte", None)
    with qtbot.waitSignal(open_document.saved):
        open_document.save(tmp_path / "a.patina")
    with qtbot.waitSignal(open_document.opened):
        open_document.open_project(tmp_path / "a.patina")
    assert open_document.matte is None


def test_a_damaged_matte_does_not_keep_a_project_from_opening(
    qtbot: QtBot, open_document: Document, tmp_path: Path
) -> None:
    open_document.correct_matte(matte_of(1))
    with qtbot.waitSignal(open_document.saved):
        open_document.save(tmp_path / "a.patina")
    (tmp_path / "a.patina" / "mattes" / "subject.png").write_bytes(b"cut")
    with qtbot.waitSignal(open_document.opened):
        open_document.open_project(tmp_path / "a.patina")
    assert open_document.matte is None


def test_a_painted_matte_is_kept_for_recovery(qtbot: QtBot, open_document: Document) -> None:
    open_document.correct_matte(matte_of(1))
    qtbot.waitUntil((open_document.folder / "subject.json").exists)
    footage = open_document.project.footage
    assert np.array_equal(read_subject(open_document.folder, footage).pixels, matte_of(1))


def test_a_corrected_matte_serves_its_own_subject_only(open_document: Document) -> None:
    assert open_document.corrected_matte("horse") is None
    open_document.set_matte("Find the Subject", Matte(matte_of(0), "horse"))
    assert open_document.corrected_matte("horse") is None  # the engine finds the same again
    open_document.correct_matte(matte_of(1))

    assert np.array_equal(open_document.corrected_matte("horse"), matte_of(1))
    assert np.array_equal(open_document.corrected_matte(""), matte_of(1))
    assert open_document.corrected_matte("tree") is None


def test_a_matte_painted_from_nothing_serves_any_subject(open_document: Document) -> None:
    open_document.correct_matte(matte_of(1))
    assert np.array_equal(open_document.corrected_matte("tree"), matte_of(1))


def test_opening_another_picture_forgets_history_matte_and_layers(
    qtbot: QtBot, open_document: Document, picture: Path
) -> None:
    add_layer(open_document)
    open_document.correct_matte(matte_of(1))
    first = open_document.folder
    with qtbot.waitSignal(open_document.opened):
        open_document.open_picture(picture)

    assert open_document.undo_stack.count() == 0
    assert open_document.matte is None
    assert open_document.project == Project(open_document.project.footage)
    qtbot.waitUntil(lambda: not first.exists())
