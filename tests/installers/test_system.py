"""Qt's system libraries on Linux."""

import os
import sys
from pathlib import Path

import pytest

from installers import system
from installers.console import SetupError

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems bring what Qt needs")

LACKING = ["libEGL.so.1", "libxcb-cursor.so.0"]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing but what the test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two libraries are missing until something is installed."""
    answers = iter([LACKING])
    monkeypatch.setattr(system, "missing_libraries", lambda: next(answers, []))
    monkeypatch.setattr(system, "has_fonts", lambda: True)


def put_program(folder: Path, name: str, code: int = 0) -> Path:
    """Put a program on the path that notes how it was called and ends with ``code``; return its notes."""
    notes = folder / f"{name}.calls"
    program = folder / name
    program.write_text(f'#!/bin/sh\necho "$DEBIAN_FRONTEND" "$@" >> "{notes}"\nexit {code}\n')
    program.chmod(0o755)
    return notes


def test_only_libraries_that_do_not_load_are_missing() -> None:
    def load(name: str) -> None:
        if name in LACKING:
            raise OSError(name)

    assert system.missing_libraries(load) == LACKING


def test_fonts_are_found_in_any_folder(tmp_path: Path) -> None:
    folders = [str(tmp_path / "absent"), str(tmp_path)]
    assert not system.has_fonts(folders)
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "Sans.TTF").touch()
    assert system.has_fonts(folders)


def test_root_on_debian_gets_them_installed(
    path: Path, tmp_path: Path, lacking: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = put_program(path, "apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    system.provide_qt_libraries(tmp_path / "apt.log")

    assert notes.read_text().splitlines() == [
        "noninteractive update",
        "noninteractive install --yes --no-install-recommends libegl1 libxcb-cursor0",
    ]


def test_a_failing_apt_get_is_told_with_its_log(
    path: Path, tmp_path: Path, lacking: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_program(path, "apt-get", code=100)
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    with pytest.raises(SetupError, match=r"libegl1 libxcb-cursor0` failed; its output is in .*apt\.log"):
        system.provide_qt_libraries(tmp_path / "apt.log")


def test_others_on_debian_get_the_exact_command(
    path: Path, tmp_path: Path, lacking: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = put_program(path, "apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    command = "sudo apt-get install --yes --no-install-recommends libegl1 libxcb-cursor0"

    with pytest.raises(SetupError, match=f"run `{command}` and then this again"):
        system.provide_qt_libraries(tmp_path / "apt.log")
    assert not notes.exists()


def test_rpm_systems_get_a_command_that_names_the_libraries(path: Path, tmp_path: Path, lacking: None) -> None:
    put_program(path, "dnf")

    with pytest.raises(SetupError) as refusal:
        system.provide_qt_libraries(tmp_path / "log")
    assert "run `sudo dnf install 'libEGL.so.1()(64bit)' 'libxcb-cursor.so.0()(64bit)'`" in str(refusal.value)


def test_unknown_systems_get_the_names_of_the_libraries(path: Path, tmp_path: Path, lacking: None) -> None:
    with pytest.raises(SetupError, match=r"the packages that hold libEGL\.so\.1, libxcb-cursor\.so\.0, and"):
        system.provide_qt_libraries(tmp_path / "log")


def test_a_missing_font_is_installed_too(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = put_program(path, "apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(system, "missing_libraries", list)
    monkeypatch.setattr(system, "has_fonts", lambda: False)

    system.provide_qt_libraries(tmp_path / "apt.log")

    assert notes.read_text().endswith("--no-install-recommends fonts-dejavu-core\n")
