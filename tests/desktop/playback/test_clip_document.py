"""A document whose footage is a clip: sessions, recovery, refusals."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.document import Document
from engine.errors import UserError
from engine.project_folder import FootageError
from engine.sessions import recoverable
from tests.desktop.clips import FIRST, add_green, give_atlas, shade, write_clip


@pytest.fixture
def clip_document(document: Document, tmp_path: Path, qtbot: QtBot) -> Document:
    with qtbot.waitSignal(document.opened):
        document.open_clip(write_clip(tmp_path / "red"))
    return document


def test_unsaved_work_on_a_clip_comes_back_after_a_crash(clip_document: Document, tmp_path: Path, qtbot: QtBot) -> None:
    give_atlas(clip_document)
    add_green(clip_document)
    project = clip_document.project
    with qtbot.waitCallback() as written:
        clip_document.when_written(written)
    clip_document._session._lock.release()  # as the system does when the process ends
    (work,) = recoverable(tmp_path / "sessions")
    clip_document._session = None
    with qtbot.waitSignal(clip_document.opened):
        clip_document.recover(work)
    assert clip_document.project == project
    assert clip_document.modified
    assert clip_document.clip.frame(FIRST + 3)[0, 0, 0] == round(255 * shade(FIRST + 3))
    clip_document.close()


def test_the_playhead_begins_anew_with_other_footage(clip_document: Document, picture: Path, qtbot: QtBot) -> None:
    clip_document.playhead.go(1007)
    with qtbot.waitSignal(clip_document.opened):
        clip_document.open_picture(picture)
    assert (clip_document.playhead.number, clip_document.playhead.numbers) == (1, range(1, 2))
    assert clip_document.clip is None
    clip_document.close()


def test_a_clip_that_moved_is_asked_for_and_found(clip_document: Document, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(clip_document.saved):
        clip_document.save(tmp_path / "art.patina")
    (tmp_path / "red").rename(tmp_path / "moved")
    with qtbot.waitSignal(clip_document.failed) as failed:
        clip_document.open_project(tmp_path / "art.patina")
    assert isinstance(failed.args[0], FootageError)
    assert failed.args[0].kind == "clip"
    with qtbot.waitSignal(clip_document.opened):
        clip_document.open_project(tmp_path / "art.patina", tmp_path / "moved" / "red.%04d.png")
    assert clip_document.project.footage.path == tmp_path / "moved" / "red.%04d.png"
    assert clip_document.modified
    clip_document.close()


def test_what_is_no_clip_is_refused_in_one_sentence(document: Document, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "bad.mp4").write_text("no movie")
    gap = write_clip(tmp_path / "gap")
    (gap / "red.1005.png").unlink()
    for path in (tmp_path / "bad.mp4", gap):
        with qtbot.waitSignal(document.failed) as failed:
            document.open_clip(path)
        assert isinstance(failed.args[0], UserError)
        assert "\n" not in str(failed.args[0])
    assert not document.is_open
    assert not any((tmp_path / "sessions").glob("*")), "no session is left"
