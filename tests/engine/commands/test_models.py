"""Listing the models."""

from pathlib import Path

import pytest

from engine.commands import command_line
from engine.guidance.models.guides import installed_models


def no_window(file: str | None) -> int:
    pytest.fail("a window was opened")


def test_the_list_tells_licence_size_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.run(["models", "list"], no_window) == 0

    answer = capsys.readouterr().out
    assert "starter: " in answer
    assert "licence Apache-2.0, 18.8 MB, " in answer
    assert Path(answer.rstrip().rsplit(", ", 1)[1]).is_file()


def test_what_is_listed_is_what_the_guide_loads() -> None:
    from engine.guidance.efficientnet import weights_file
    from engine.guidance.starter import StarterGuide

    starter = next(model for model in installed_models() if model.guide == StarterGuide.name)
    assert (starter.licence, starter.place) == (StarterGuide.licence, weights_file())


def test_an_unknown_action_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.run(["models", "pull", "x"], no_window) == 2
    assert "invalid choice: 'pull'" in capsys.readouterr().err
