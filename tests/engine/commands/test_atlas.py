"""`atlas`, from its arguments to what lies in the folder."""

import json
import os
from pathlib import Path

import pytest

from engine.commands import fitting
from engine.jobs import AtlasFit, Subject
from tests.engine.commands.clip_commands import QuickFit, quick_fit, run
from tests.engine.small_atlas import FRAMES, write_clip

__all__ = ["quick_fit"]


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_clip(tmp_path / "clip")
    (tmp_path / "mask.png").touch()
    return tmp_path / "clip"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_all_arguments_are_in_the_job(clip: Path, quick_fit: QuickFit) -> None:
    masks = ["--mask", "1001=mask.png", "--mask", "1004=mask.png"]
    more = ["--quality", "best", "--range", "1001-1004", "--width", "96", "--seed", "3", "--device", "cpu"]

    assert run("atlas", "clip", "--out", "out", *masks, *more) == 0

    subject = Subject(keys=((1001, "mask.png"), (1004, "mask.png")))
    assert quick_fit.jobs == [
        AtlasFit(
            clip=str(clip),
            out=str(Path("out/atlas")),
            first=1001,
            last=1004,
            subjects=(subject,),
            quality="best",
            width=96,
            seed=3,
            device="cpu",
        )
    ]


@pytest.mark.parametrize(
    ("given", "subjects"),
    [
        ([], ()),
        (["--subject", "swan", "--subject", "boat"], (Subject(text="swan"), Subject(text="boat"))),
        (["--masks", "a", "--masks", "b"], (Subject(masks="a"), Subject(masks="b"))),
        (["--mask", "mask.png"], (Subject(keys=((1001, "mask.png"),)),)),
        (["--mask", "mask.png", "--range", "1003-"], (Subject(keys=((1003, "mask.png"),)),)),
    ],
)
def test_objects_are_named_in_several_ways(
    clip: Path, quick_fit: QuickFit, given: list[str], subjects: tuple[Subject, ...]
) -> None:
    assert run("atlas", "clip", "--out", "out", *given) == 0
    assert quick_fit.jobs[0].subjects == subjects


def test_the_atlas_its_report_and_its_frames_are_written(
    clip: Path, quick_fit: QuickFit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("atlas", "clip", "--out", "out", "--write-frames") == 0

    assert names(Path("out")) == ["atlas", "matte", "recon", "report.json"]
    assert len(names(Path("out/recon"))) == len(names(Path("out/matte"))) == FRAMES
    assert json.loads(Path("out/report.json").read_text())["psnr_db"] == 40.0
    assert "40.0 dB" in capsys.readouterr().out


def test_frames_are_written_only_when_asked_for(clip: Path, quick_fit: QuickFit) -> None:
    assert run("atlas", "clip", "--out", "out") == 0
    assert names(Path("out")) == ["atlas", "report.json"]


def test_an_interrupted_fitting_keeps_its_checkpoint_and_goes_on_there(clip: Path, quick_fit: QuickFit) -> None:
    quick_fit.interrupted = True
    assert run("atlas", "clip", "--out", "out") == 130
    kept = list(Path("out").rglob("fit.npz"))
    assert len(kept) == 1
    assert not Path("out/report.json").exists()

    quick_fit.interrupted = False
    assert run("atlas", "clip", "--out", "out") == 0
    assert names(Path("out")) == ["atlas", "report.json"]
    assert quick_fit.jobs[0] == quick_fit.jobs[1]


def test_what_the_fitting_refuses_leaves_nothing(
    clip: Path, quick_fit: QuickFit, capsys: pytest.CaptureFixture[str]
) -> None:
    quick_fit.refusal = "The masks are those of another clip; give others."
    assert run("atlas", "clip", "--out", "made/here") == 2
    assert capsys.readouterr().err.splitlines()[-1] == quick_fit.refusal
    assert not Path("made").exists()


def test_the_same_fitting_is_not_done_twice_unless_a_file_has_changed(clip: Path, quick_fit: QuickFit) -> None:
    for _ in range(2):
        assert run("atlas", "clip", "--out", "out") == 0
    assert len(quick_fit.jobs) == 1

    later = (Path("out/atlas") / fitting.REPORT_FILE).stat().st_mtime + 1

    os.utime(clip / "shot.1002.png", (later, later))
    assert run("atlas", "clip", "--out", "out") == 0
    assert len(quick_fit.jobs) == 2
    assert run("atlas", "clip", "--out", "out", "--seed", "1") == 0
    assert len(quick_fit.jobs) == 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["nowhere.mov"], "nowhere.mov"),
        (["clip", "--range", "first-last"], "no range of frames; write the first and the last number"),
        (["clip", "--range", "-"], "no range of frames"),
        (["clip", "--range", "7-9"], "has no frame 7; choose one from 1001 to 1005"),
        (["clip", "--range", "1004-1002"], "ends at frame 1002, before it begins at 1004"),
        (["clip", "--mask", "3=mask.png"], "has no frame 3"),
        (["clip", "--mask", "1001=absent.png"], "no mask absent.png"),
        (["clip", "--mask", "mask.png", "--subject", "swan"], "not allowed with"),
        (["clip", "--width", "9"], "from 64 to 4096, not 9"),
    ],
)
def test_bad_input_is_one_clear_line(
    clip: Path, quick_fit: QuickFit, given: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("atlas", *given, "--out", "out") == 2

    sentence = capsys.readouterr().err
    assert words in sentence
    assert sentence.count("\n") == 1
    assert not Path("out").exists()
    assert quick_fit.jobs == []
