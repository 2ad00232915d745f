"""The folder for results."""

import shutil
from pathlib import Path

import pytest

from engine.commands.output import output_folder
from engine.errors import UserError


def test_the_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    with output_folder(tmp_path / "a" / "b", room=0):
        (tmp_path / "a" / "b" / "layer.png").touch()

    assert (tmp_path / "a" / "b" / "layer.png").exists()


def test_folders_made_for_work_that_failed_are_removed(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), output_folder(tmp_path / "a" / "b", room=0):
        raise KeyboardInterrupt

    assert list(tmp_path.iterdir()) == []


def test_what_was_there_before_stays(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "file").touch()

    with pytest.raises(UserError), output_folder(tmp_path / "old" / "new", room=0):
        raise UserError("Failed.")

    assert [path.name for path in (tmp_path / "old").iterdir()] == ["file"]


def test_files_written_before_a_failure_stay(tmp_path: Path) -> None:
    def write_and_fail() -> None:
        (tmp_path / "new" / "file").touch()
        raise UserError("Failed.")

    with pytest.raises(UserError), output_folder(tmp_path / "new", room=0):
        write_and_fail()

    assert (tmp_path / "new" / "file").exists()


def test_a_full_disk_is_refused_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)

    with (
        pytest.raises(UserError, match="has 5 MB free, and the result can need 7 MB"),
        output_folder(tmp_path / "new", room=7_000_000),
    ):
        pytest.fail("the work began")
    assert not (tmp_path / "new").exists()


def test_a_folder_that_takes_no_files_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**options: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)

    with pytest.raises(UserError, match="Permission denied"), output_folder(tmp_path, room=0):
        pytest.fail("the work began")
