"""Files are written whole or not at all, and every refusal is one sentence."""

import errno
import os
import sys
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.files import atomic_path, make_folder, open_to_read, write_bytes, write_text, writing


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a.bin", b"new")
    write_text(tmp_path / "a.txt", "Größe\n")
    assert (tmp_path / "a.bin").read_bytes() == b"new"
    assert (tmp_path / "a.txt").read_bytes() == "Größe\n".encode()
    assert names(tmp_path) == ["a.bin", "a.txt"]


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "a long first text")
    write_text(path, "short")
    assert path.read_text() == "short"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no umask")
def test_others_may_read_what_the_umask_lets_them(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        write_bytes(tmp_path / "a.bin", b"new")
    finally:
        os.umask(old)
    assert (tmp_path / "a.bin").stat().st_mode & 0o777 == 0o644


def test_the_temporary_path_has_the_suffix_and_the_folder_of_the_final_one(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "a.png") as part:
        assert part.parent == tmp_path
        assert part.suffix == ".png"
        part.write_bytes(b"new")
        assert not (tmp_path / "a.png").exists()
    assert names(tmp_path) == ["a.png"]


def test_a_long_name_that_the_system_takes_is_taken(tmp_path: Path) -> None:
    name = "n" * 251 + ".txt"
    write_text(tmp_path / name, "text")
    assert names(tmp_path) == [name]


def write_half(path: Path, error: BaseException) -> None:
    with atomic_path(path) as part:
        part.write_bytes(b"half")
        raise error


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyboardInterrupt(), GeneratorExit()])
def test_any_error_keeps_the_older_file_and_passes(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(type(error)):
        write_half(path, error)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_a_full_disk_keeps_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(UserError, match=r"no room left on the disk for .*a\.bin; free some space"):
        write_half(path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_a_disk_that_is_full_only_when_flushed_keeps_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write_bytes(tmp_path / "a.bin", b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="no room left"):
        write_bytes(tmp_path / "a.bin", b"new")
    assert (tmp_path / "a.bin").read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are POSIX")
def test_the_systems_own_refusal_part_way_through_leaves_nothing(tmp_path: Path) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(UserError, match="too large for this disk"):
            write_bytes(tmp_path / "a.bin", bytes(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.EACCES, "may not be written; choose another folder"),
        (errno.EPERM, "may not be written; choose another folder"),
        (errno.EROFS, "read-only; choose another folder"),
        (errno.EDQUOT, "quota leaves no room"),
        (errno.EIO, "could not be written"),
    ],
)
def test_each_refusal_names_the_file_and_what_to_do(tmp_path: Path, code: int, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        write_half(tmp_path / "a.bin", OSError(code, os.strerror(code)))
    assert str(tmp_path / "a.bin") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"The folder .*nowhere does not exist"):
        write_bytes(tmp_path / "nowhere" / "a.bin", b"")


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"kept")
    with pytest.raises(UserError, match=r"file is not a folder"):
        write_bytes(tmp_path / "file" / "a.bin", b"")
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_a_folder_in_the_files_place_is_kept(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError):
        write_bytes(tmp_path / "folder", b"")
    assert names(tmp_path) == ["folder"]


def test_a_name_too_long_for_the_system_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        write_bytes(tmp_path / ("n" * 300), b"")
    assert names(tmp_path) == []


def test_a_folder_is_made_with_those_above_it_and_may_exist(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_under_or_over_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="is a file, not a folder"):
        make_folder(tmp_path / "file")
    with pytest.raises(UserError, match="is not a folder"):
        make_folder(tmp_path / "file" / "below")


def test_reading_refuses_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="There is no file"):
        open_to_read(tmp_path / "missing.png")
    with pytest.raises(UserError, match="There is no file"):
        open_to_read(tmp_path / "file" / "below.png")
    with pytest.raises(UserError):
        open_to_read(Path("null\0character.png"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows says that permission is denied")
def test_reading_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder; choose a file in it"):
        open_to_read(tmp_path)


def test_reading_what_is_forbidden_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_given: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(UserError, match="may not be read; change its permissions"):
        open_to_read(tmp_path / "a.png")


def test_what_the_system_refuses_while_a_file_is_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no room left on the disk for .*a\.bin"), writing(tmp_path / "a.bin"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
