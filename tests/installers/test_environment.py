"""The virtual environment: when it is made anew, and what a failure says."""

import os
import sys
from pathlib import Path

import pytest

from installers import environment
from installers.console import SetupError
from installers.environment import Environment


@pytest.fixture
def project(tmp_path: Path) -> Environment:
    root = tmp_path / "patina"
    root.mkdir()
    (root / "pyproject.toml").write_text("[project]\nname = 'patina'\n")
    return Environment(root)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Stand-ins for making the environment and for pip; returns the calls of pip."""
    calls: list[list[str]] = []

    def make(folder: Path, clear: bool, with_pip: bool) -> None:
        python = folder / ("Scripts" if os.name == "nt" else "bin")
        python.mkdir(parents=True)
        (python / Path(sys.executable).name).symlink_to(sys.executable)
        (python / "python").unlink(missing_ok=True)
        (python / "python").symlink_to(sys.executable)

    def pip(command: list[str], log: Path) -> bool:
        calls.append(command)
        return True

    monkeypatch.setattr(environment.venv, "create", make)
    monkeypatch.setattr(environment, "run_logged", pip)
    return calls


pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for venv makes symbolic links")


def test_a_new_repository_is_not_ready(project: Environment) -> None:
    assert not project.is_ready()


def test_a_prepared_one_is_ready(project: Environment, calls: list[list[str]]) -> None:
    project.prepare()

    assert project.is_ready()
    assert len(calls) == 1
    assert calls[0][0] == str(project.python)
    assert calls[0][-2:] == ["--editable", f"{project.root}[sample,dev]"]


def test_changed_dependencies_ask_for_another_installation(project: Environment, calls: list[list[str]]) -> None:
    project.prepare()
    (project.root / "pyproject.toml").write_text("[project]\nname = 'patina'\ndependencies = ['numpy']\n")

    assert not project.is_ready()


def test_a_moved_repository_asks_for_another_installation(project: Environment, calls: list[list[str]]) -> None:
    project.prepare()
    moved = Environment(project.root.rename(project.root.with_name("moved")))

    assert not moved.is_ready()


def test_an_environment_whose_python_is_gone_is_made_anew(project: Environment, calls: list[list[str]]) -> None:
    project.prepare()
    project.python.unlink()
    (project.folder / "bin").rename(project.folder / "old")
    assert not project.is_ready()

    project.prepare()

    assert project.is_ready()


def test_a_failed_installation_tells_in_pips_words_and_is_not_taken_for_ready(
    project: Environment, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.prepare()

    def failing_pip(command: list[str], log: Path) -> bool:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("Collecting numpy\nERROR: first\nERROR: No matching distribution found for numpy.\n")
        return False

    monkeypatch.setattr(environment, "run_logged", failing_pip)

    with pytest.raises(SetupError, match=r"could not be installed: No matching distribution found for numpy; .*log"):
        project.prepare()
    assert not project.is_ready()
