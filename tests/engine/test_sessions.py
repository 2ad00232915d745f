import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.errors import UserError
from engine.media.png import write_png
from engine.project import EditLayer, Footage, Project
from engine.project_folder import load_project, save_project
from engine.sessions import Session, discard, recoverable

GOLD = EditLayer("gold", "gold", "layers/gold.png", matte="mattes/gold.png")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "sessions"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    write_png(tmp_path / "horse.png", np.zeros((30, 40, 3), np.float32))
    return Project(Footage(tmp_path / "horse.png", 40, 30))


def with_gold(session: Session, project: Project) -> Project:
    for name in (GOLD.picture, GOLD.matte):
        write_png(session.folder / name, np.zeros((30, 40), np.float32))
    return project.add_layer(GOLD)


def crash(session: Session) -> None:
    """Let go of the session's folder as the system does when its process ends, without closing it."""
    session._lock.release()


def test_a_crash_leaves_what_was_last_autosaved(root: Path, project: Project) -> None:
    session = Session.create(root)
    session.autosave(project)
    project = with_gold(session, project)
    session.autosave(project)
    crash(session)

    (found,) = recoverable(root)
    assert (found.folder, found.origin, found.project) == (session.folder, None, project)
    adopted = Session.adopt(found)
    assert load_project(adopted.folder) == project
    assert recoverable(root) == [], "work that was taken up is not offered again"
    adopted.close()
    assert list(root.iterdir()) == []


def test_a_crash_of_the_whole_process_leaves_its_work(root: Path) -> None:
    code = """
import os, sys
from pathlib import Path
from engine.project import Project
from engine.sessions import Session, recoverable
session = Session.create(Path(sys.argv[1]))
session.autosave(Project())
assert recoverable(Path(sys.argv[1])) == []
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", code, str(root)], cwd=ROOT, check=False)
    assert [found.project for found in recoverable(root)] == [Project()]


def test_a_session_in_use_is_neither_offered_nor_taken(root: Path, project: Project) -> None:
    session = Session.create(root)
    session.autosave(project)
    assert recoverable(root) == []
    crash(session)
    (found,) = recoverable(root)
    taken = Session.adopt(found)
    with pytest.raises(UserError, match="Another Patina"):
        Session.adopt(found)
    with pytest.raises(UserError, match="Another Patina"):
        discard(found)
    assert load_project(taken.folder) == project
    taken.close()


def test_a_clean_end_leaves_nothing(root: Path, project: Project) -> None:
    session = Session.create(root)
    session.autosave(with_gold(session, project))
    session.close()
    assert recoverable(root) == []
    assert list(root.iterdir()) == []


def test_saved_work_is_not_offered_until_it_changes_again(root: Path, project: Project, tmp_path: Path) -> None:
    session = Session.create(root)
    project = with_gold(session, project)
    session.autosave(project)
    saved = tmp_path / "art.patina"
    save_project(project, saved, session.folder)
    session.saved_to(saved)
    crash(session)
    assert recoverable(root) == []

    session = Session.create(root, saved)
    assert [path.parent for path in root.glob("*/session.json")] == [session.folder], "the old one is removed"
    crash(session)
    assert recoverable(root) == []
    session.autosave(project.remove_layer("gold"))
    (found,) = recoverable(root)
    assert found.origin == saved
    assert found.project.layers == ()
    discard(found)
    assert load_project(saved) == project, "the original was never touched"


def test_a_session_of_a_project_holds_all_its_layer_files(root: Path, project: Project, tmp_path: Path) -> None:
    first = Session.create(root)
    project = with_gold(first, project)
    saved = tmp_path / "art.patina"
    save_project(project, saved, first.folder)
    first.close()

    session = Session.create(root, saved, project)
    assert load_project(session.folder) == project
    elsewhere = tmp_path / "copy.patina"
    for path in sorted(saved.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    save_project(project, elsewhere, session.folder)
    assert load_project(elsewhere) == project
    session.close()
    assert load_project(elsewhere) == project


def test_a_session_of_a_project_holds_its_atlases(root: Path, tmp_path: Path) -> None:
    atlas = tmp_path / "art.patina" / "atlases" / "first"
    (atlas / "matte 1").mkdir(parents=True)
    for name in ("atlas.json", "matte 1/00000.png"):
        (atlas / name).write_text(name)
    (atlas.parent / ".half.atlas").mkdir()
    session = Session.create(root, atlas.parents[1])
    found = session.folder / "atlases"
    assert {str(path.relative_to(found)) for path in found.rglob("*") if path.is_file()} == {
        "first/atlas.json",
        "first/matte 1/00000.png",
    }
    session.close()
    assert (atlas / "matte 1" / "00000.png").read_text() == "matte 1/00000.png"


def test_layer_files_are_copied_where_there_are_no_links(
    root: Path, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Session.create(root)
    saved = tmp_path / "art.patina"
    save_project(with_gold(first, project), saved, first.folder)
    first.close()

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    session = Session.create(root, saved)
    assert (session.folder / GOLD.picture).read_bytes() == (saved / GOLD.picture).read_bytes()
    session.close()


def test_what_a_session_begins_with_is_not_unsaved(root: Path, project: Project) -> None:
    session = Session.create(root, project=project)
    assert load_project(session.folder) == project
    crash(session)
    assert recoverable(root) == []


def test_the_newest_work_comes_first(root: Path, project: Project) -> None:
    folders = []
    for age in (30, 10, 20):
        session = Session.create(root)
        session.autosave(project)
        os.utime(session.folder / "project.json", (1e9 - age, 1e9 - age))
        crash(session)
        folders.append(session.folder)
    assert [found.folder for found in recoverable(root)] == [folders[1], folders[2], folders[0]]
    assert recoverable(root)[0].changed.timestamp() == 1e9 - 10


@pytest.mark.parametrize("file", ["session.json", "project.json"])
@pytest.mark.parametrize("data", [b"", b"{", b"7", b'{"schema": 99, "unsaved": true}', b"\xff"])
def test_damaged_work_never_blocks_the_start_and_is_left_alone(
    root: Path, project: Project, file: str, data: bytes
) -> None:
    sound, damaged = Session.create(root), Session.create(root)
    for session in (sound, damaged):
        session.autosave(project)
        crash(session)
    (damaged.folder / file).write_bytes(data)
    assert [found.folder for found in recoverable(root)] == [sound.folder]
    Session.create(root).close()
    assert (damaged.folder / file).read_bytes() == data


def test_missing_footage_does_not_hide_work(root: Path, project: Project, tmp_path: Path) -> None:
    session = Session.create(root)
    session.autosave(project)
    crash(session)
    (tmp_path / "horse.png").unlink()
    assert [found.project for found in recoverable(root)] == [project]


def test_nothing_is_recoverable_where_there_never_was_a_session(root: Path) -> None:
    assert recoverable(root) == []


def test_a_failed_autosave_keeps_the_one_before(root: Path, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    session = Session.create(root)
    session.autosave(project)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", refuse)
        with pytest.raises(UserError, match="no room"):
            session.autosave(Project())
    crash(session)
    assert [found.project for found in recoverable(root)] == [project]


def test_a_session_that_cannot_begin_leaves_nothing(root: Path, tmp_path: Path) -> None:
    origin = tmp_path / "art.patina"
    (origin / "layers" / "folder.png").mkdir(parents=True)
    with pytest.raises(UserError):
        Session.create(root, origin)
    assert list(root.iterdir()) == []


def test_a_root_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError):
        Session.create(tmp_path / "file")


def test_a_session_of_a_project_has_the_pictures_of_its_layers_frames(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "art.patina"
    layer = EditLayer("fire", "fire", "layers/fire", frames=(8, 8))
    (folder / "layers/fire").mkdir(parents=True)
    (folder / "layers/.0815.part").mkdir()  # of a job that was interrupted
    write_png(folder / "layers/fire/8.png", np.zeros((30, 40, 4), np.float32))
    save_project(Project(layers=(layer,)), folder, folder)
    session = Session.create(root, folder, load_project(folder))
    assert load_project(session.folder).layers == (layer,)
    assert [path.name for path in (session.folder / "layers").iterdir()] == ["fire"]
    session.close()
