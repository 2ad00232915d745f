"""Bringing layers back from the command line."""

from pathlib import Path

import numpy as np
import pytest

from engine.commands import command_line
from engine.media.png import write_png
from engine.project import EditLayer
from engine.project_folder import load_project
from tests.engine.layer_import.sources import FIRST, HEIGHT, WIDTH, ball, clip_project, still_project


def run(*arguments: object) -> int:
    def no_window(file: str | None) -> int:
        pytest.fail("a window was opened")

    return command_line.run([str(argument) for argument in arguments], no_window)


def test_a_sequence_becomes_a_layer_of_the_saved_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = clip_project(tmp_path)
    for number in (1, 2):
        write_png(tmp_path / f"gold.{number:04}.png", ball(number))
    assert run("import", project, tmp_path / "gold.%04d.png", "--name", "Gold leaf", "--start", FIRST + 1) == 0
    (layer,) = load_project(project).layers
    assert layer == EditLayer(layer.id, "Gold leaf", f"layers/{layer.id}", frames=(FIRST + 1, FIRST + 2))
    assert "Added the layer “Gold leaf”" in (out := capsys.readouterr().out)
    assert "straight colour, frames 1002 to 1003" in out


def test_what_the_file_does_not_tell_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = still_project(tmp_path)
    write_png(tmp_path / "veil.png", np.full((HEIGHT, WIDTH, 4), 0.5, np.float32))
    assert run("import", project, tmp_path / "veil.png") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("say --alpha straight or --alpha premultiplied.")
    assert load_project(project).layers == ()
    assert run("import", project, tmp_path / "veil.png", "--alpha", "straight") == 0
    assert [layer.name for layer in load_project(project).layers] == ["veil"]


@pytest.mark.parametrize("is_clip", [True, False])
def test_a_project_that_cannot_be_saved_keeps_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_clip: bool
) -> None:
    project = clip_project(tmp_path) if is_clip else still_project(tmp_path)
    write_png(tmp_path / "gold.1001.png", ball(0))
    before = sorted(project.rglob("*"))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.project_folder.save_project", interrupted)
    assert run("import", project, tmp_path / ("gold.####.png" if is_clip else "gold.1001.png")) == 130
    assert sorted(project.rglob("*")) == before
