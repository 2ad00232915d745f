"""Announcing steps and running programs."""

import os
import sys
from pathlib import Path

import pytest

from installers import console


def test_steps_are_numbered_and_timed(capsys: pytest.CaptureFixture[str]) -> None:
    steps = console.Steps(2)
    with steps.step("First"):
        pass
    with steps.step("Second"):
        pass

    assert capsys.readouterr().out.splitlines() == ["[1/2] First", "      took 0 s", "[2/2] Second", "      took 0 s"]


def test_a_logged_program_leaves_its_output_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "new" / "program.log"

    assert console.run_logged([sys.executable, "-c", "print('to the log')"], log)
    assert log.read_text().strip() == "to the log"


def test_a_logged_program_that_fails_is_told(tmp_path: Path) -> None:
    assert not console.run_logged([sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "program.log")


def test_a_slow_program_gives_signs_of_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(console, "HEARTBEAT", 0.05)
    waits_for_its_line_to_be_shown = "print('Collecting torch', flush=True); import time; time.sleep(1)"

    console.run_logged([sys.executable, "-c", waits_for_its_line_to_be_shown], tmp_path / "program.log")

    assert "s  Collecting torch\n" in capsys.readouterr().out


def test_a_shown_program_runs_in_its_folder_with_its_environment(tmp_path: Path) -> None:
    code = "import os, pathlib; pathlib.Path('here').write_text(os.environ['WORD']); raise SystemExit(5)"

    assert console.run_shown([sys.executable, "-c", code], tmp_path, {**os.environ, "WORD": "hello"}) == 5
    assert (tmp_path / "here").read_text() == "hello"


@pytest.mark.parametrize(
    ("text", "line"),
    [("", ""), ("one\ntwo\n", "two"), ("one\n\n  \n", "one"), ("x" * 200, "x" * 87 + "...")],
)
def test_the_last_line_is_short_and_not_blank(tmp_path: Path, text: str, line: str) -> None:
    log = tmp_path / "log"
    log.write_text(text)

    assert console.last_line(log) == line
