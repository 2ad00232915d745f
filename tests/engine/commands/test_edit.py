"""What `edit` makes of its arguments, up to the training."""

from pathlib import Path

import pytest

from engine.commands import command_line
from engine.commands import edit as edit_command
from engine.jobs import ImageEdit

NEEDED = ["edit", "absent.png", "--prompt", "golden", "--out", "out"]


def run(*arguments: str) -> int:
    def no_window(file: str | None) -> int:
        pytest.fail("a window was opened")

    return command_line.run(arguments, no_window)


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[ImageEdit]:
    """The jobs that would be carried out."""
    jobs: list[ImageEdit] = []
    monkeypatch.setattr(edit_command, "edit_picture", lambda job, folder, form: jobs.append(job))
    return jobs


def test_all_arguments_are_in_the_job(jobs: list[ImageEdit]) -> None:
    texts = ["--layer", "gold", "--source", "a cat", "--avoid", "silver; tin", "--subject", "cat", "--spare", "eyes"]
    region = ["--mask", "m.png", "--target", "background"]
    training = ["--guide", "openclip:ViT-B-32", "--quality", "paper", "--steps", "9", "--size", "300", "--seed", "4"]
    options = ["--set", "structure=3", "--set", "optimizer=adam", "--device", "cpu"]

    assert run(*NEEDED, *texts, *region, *training, *options) == 0

    assert jobs == [
        ImageEdit(
            picture="absent.png",
            prompt="golden",
            layer="gold",
            source="a cat",
            avoid="silver; tin",
            subject="cat",
            spare="eyes",
            mask="m.png",
            target="background",
            guide="openclip:ViT-B-32",
            quality="paper",
            steps=9,
            size=300,
            seed=4,
            device="cpu",
            options=(("optimizer", "adam"), ("structure", 3.0)),
        )
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("structure", "'structure' is no option; write NAME=VALUE"),
        ("=3", "'=3' is no option"),
        ("structures=3", "There is no option 'structures'; choose from "),
        ("structure=much", "The option structure must be a number, not 'much'."),
        ("structure=-1", "The option structure must be from 0 to 1000, not -1."),
        ("optimizer=sgd", "The option optimizer must be one of adam, madgrad, not 'sgd'."),
    ],
)
def test_options_are_refused_before_anything_is_read(
    given: str, words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(*NEEDED, "--set", given) == 2

    sentence = capsys.readouterr().err  # the picture does not exist, which would be said, too
    assert words in sentence
    assert sentence.count("\n") == 1


def test_the_options_are_listed_as_the_quality_and_the_guide_have_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("edit", "--list-options") == 0
    standard = capsys.readouterr().out.splitlines()
    assert run("edit", "--list-options", "--quality", "paper", "--guide", "openclip:ViT-B-32") == 0
    paper = capsys.readouterr().out.splitlines()

    assert "  structure=20  (0 to 1000)" in standard
    assert "  structure=2  (0 to 1000)" in paper
    assert "  optimizer=adam  (adam or madgrad)" in standard
    assert "  optimizer=madgrad  (adam or madgrad)" in paper


def test_what_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("edit", "absent.png", "--out", "out") == 2
    assert "required: --prompt; see `" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("h264", "H.264 cannot hold alpha, which a layer needs"),
        ("prores", "ProRes 4444 is for clips, and absent.png is none"),
        ("gif", "The format 'gif' is unknown"),
    ],
)
def test_a_layer_comes_in_formats_that_hold_it(
    jobs: list[ImageEdit], capsys: pytest.CaptureFixture[str], name: str, words: str
) -> None:
    assert run(*NEEDED, "--format", name) == 2
    assert words in capsys.readouterr().err
    assert run(*NEEDED, "--format", "exr-half") == 0
    assert len(jobs) == 1
