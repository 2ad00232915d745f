"""The subcommands, on an environment that is in place."""

import sys
from pathlib import Path

import pytest

from installers import commands
from installers.console import SetupError
from installers.environment import Environment

WRITE_SETTINGS = "import os; open('settings', 'a').write(os.environ['QT_QPA_PLATFORM'] + os.environ['HF_HUB_OFFLINE'])"
FAIL = "raise SystemExit(1)"


@pytest.fixture
def in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Environment, "is_ready", lambda self: True)
    monkeypatch.setattr(Environment, "python", property(lambda self: Path(sys.executable)))
    monkeypatch.setattr(commands, "provide_qt_libraries", lambda log: None)


@pytest.mark.usefixtures("in_place")
def test_checks_run_offline_and_without_a_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "CHECKS", {"Only": ["-c", WRITE_SETTINGS]})

    assert commands.run(["test"], tmp_path) == 0
    assert (tmp_path / "settings").read_text() == "offscreen1"
    assert "[3/3] Only" in capsys.readouterr().out


@pytest.mark.usefixtures("in_place")
def test_every_check_runs_also_after_one_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = {"Bad": ["-c", FAIL], "Good": ["-c", WRITE_SETTINGS], "Worse": ["-c", FAIL]}
    monkeypatch.setattr(commands, "CHECKS", checks)

    assert commands.run(["test"], tmp_path) == 1
    assert (tmp_path / "settings").exists()
    assert capsys.readouterr().out.endswith("Failed: Bad, Worse\n")


@pytest.mark.usefixtures("in_place")
def test_demo_and_app_answer_with_the_exit_code_of_patina_itself(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.py").write_text("import sys; print(sys.argv[1:], flush=True); sys.exit(7)")

    assert commands.run(["demo", "--out", "results"], tmp_path) == 7
    assert str(["demo", "--out", str(Path("results").absolute())]) in capfd.readouterr().out
    assert commands.run(["app"], tmp_path) == 7
    assert "[]\n" in capfd.readouterr().out


def test_a_failed_setup_is_one_sentence_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(self: Environment) -> None:
        raise SetupError("No room.")

    monkeypatch.setattr(Environment, "prepare", fail)

    assert commands.run(["demo"], tmp_path) == 2
    assert capsys.readouterr().err == "No room.\n"
