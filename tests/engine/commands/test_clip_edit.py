"""`edit` for clips, from its arguments to the delivered frames."""

import json
from collections.abc import Generator
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.commands import demo as demo_command
from engine.commands.clip_edit import ClipTask
from engine.context import RunContext
from engine.events import Progress
from engine.jobs import LayerEdit
from engine.media.png import write_png
from engine.media.sample import sample_clip, sample_clip_mask
from engine.report import Report
from engine.results import LayerEditResult
from engine.text2live import layer_edit
from tests.engine.commands.clip_commands import QuickFit, quick_fit, run
from tests.engine.small_atlas import CLIP, FIRST, FRAMES, write_clip

__all__ = ["quick_fit"]

QUICK = ["--steps", "1", "--size", "64", "--device", "cpu"]
LAYERS = [f"layer.{number}.png" for number in range(FIRST, FIRST + FRAMES)]
RESULTS = sorted(["atlas", "composite.mov", "edit_atlas.png", *LAYERS, "report.json"])


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_clip(tmp_path / "clip")
    (tmp_path / "mask.png").touch()
    return tmp_path / "clip"


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[LayerEdit]:
    """The edits that are trained in this test, which takes no time: everything is painted red."""
    jobs: list[LayerEdit] = []

    def train(job: LayerEdit, context: RunContext) -> Generator[Progress, None, LayerEditResult]:
        jobs.append(job)
        yield Progress("training", 1, 1, 0.1)
        picture = np.zeros((20, 20, 4), np.float32)
        picture[..., [0, 3]] = 1
        report = Report(job.to_json(), "starter", "cpu", 0, 1, (20, 20), (64, 64), {"training": 0.1}, 100.0)
        return LayerEditResult(picture, report)

    monkeypatch.setattr(layer_edit, "run_layer_edit", train)
    return jobs


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_clip_is_fitted_edited_and_rendered(clip: Path, quick_fit: QuickFit) -> None:
    assert run("edit", "clip", "--prompt", "zebra", "--mask", "mask.png", "--out", "out", *QUICK) == 0

    assert names(Path("out")) == RESULTS
    report = json.loads(Path("out/report.json").read_text())
    assert report["job"]["prompt"] == "zebra"
    assert report["steps"] == 1
    assert report["atlas"]["psnr_db"] == 40.0
    assert report["psnr_db"] > 40
    assert set(report["seconds"]) >= {"atlas", "training", "rendering"}
    layer = cv2.imread("out/layer.1003.png", cv2.IMREAD_UNCHANGED)
    assert (layer.dtype, layer.shape) == (np.uint16, (CLIP[1], CLIP[0], 4))
    assert layer[..., 3].max() > 0


def test_an_atlas_serves_several_edits(clip: Path, quick_fit: QuickFit, trained: list[LayerEdit]) -> None:
    assert run("atlas", "clip", "--mask", "mask.png", "--out", "fit") == 0
    for prompt, folder in (("zebra", "one"), ("golden", "two")):
        assert run("edit", "clip", "--prompt", prompt, "--atlas", "fit", "--out", folder, *QUICK) == 0
        assert names(Path(folder)) == [name for name in RESULTS if name != "atlas"]

    assert len(quick_fit.jobs) == 1


def test_another_edit_in_the_same_folder_fits_no_second_time(
    clip: Path, quick_fit: QuickFit, trained: list[LayerEdit]
) -> None:
    for prompt in ("zebra", "golden"):
        assert run("edit", "clip", "--prompt", prompt, "--subject", "cat", "--out", "out", *QUICK) == 0

    assert len(quick_fit.jobs) == 1
    assert quick_fit.jobs[0].subjects[0].text == "cat"


def test_without_an_object_the_whole_clip_can_be_edited(
    clip: Path, quick_fit: QuickFit, trained: list[LayerEdit]
) -> None:
    assert run("edit", "clip", "--prompt", "zebra", "--target", "background", "--out", "out", *QUICK) == 0

    assert quick_fit.jobs[0].subjects == ()
    assert trained[0].atlas_layer == "background"


def test_a_painting_takes_the_place_of_words(clip: Path, quick_fit: QuickFit) -> None:
    painting = np.zeros((CLIP[1], CLIP[0], 4), np.float32)
    painting[50:60, 70:80] = (1, 0, 0, 1)
    write_png(Path("painting.png"), painting)

    paint = ["--paint", "painting.png", "--paint-frame", "1003"]
    assert run("edit", "clip", *paint, "--mask", "mask.png", "--out", "out") == 0

    assert names(Path("out")) == RESULTS
    blue, green, red, alpha = cv2.split(cv2.imread("out/layer.1003.png", cv2.IMREAD_UNCHANGED))
    assert alpha[55, 75] == red[55, 75] == 65535
    assert max(blue[55, 75], green[55, 75]) == 0
    assert 50 < (alpha > 32767).sum() < 150
    assert json.loads(Path("out/report.json").read_text())["job"]["kind"] == "painting"


def test_an_interrupted_edit_keeps_what_it_can_go_on_with(
    clip: Path, quick_fit: QuickFit, trained: list[LayerEdit]
) -> None:
    quick_fit.interrupted = True
    assert run("edit", "clip", "--prompt", "zebra", "--mask", "mask.png", "--out", "out", *QUICK) == 130
    assert list(Path("out/.work").rglob("fit.npz"))

    quick_fit.interrupted = False
    assert run("edit", "clip", "--prompt", "zebra", "--mask", "mask.png", "--out", "out", *QUICK) == 0
    assert names(Path("out")) == RESULTS


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "was not named; give --subject TEXT, --mask FRAME=PNG"),
        (["--prompt", "xyzzyish", "--subject", "cat"], "xyzzyish"),
        (["--subject", "cat", "--set", "structures=3"], "no option 'structures'"),
        (["--atlas", "nowhere"], "nowhere is no atlas"),
        (["--atlas", "nowhere", "--range", "1001-1003"], "--range is for fitting an atlas, and --atlas names one"),
        (["--mask", "9=mask.png"], "has no frame 9"),
        (["--subject", "cat", "--range", "1-2"], "has no frame 1;"),
    ],
)
def test_what_can_be_refused_is_refused_before_the_fitting(
    clip: Path, quick_fit: QuickFit, given: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    prompt = [] if "--prompt" in given else ["--prompt", "zebra"]
    assert run("edit", "clip", *prompt, *given, "--out", "out") == 2

    sentence = capsys.readouterr().err
    assert words in sentence
    assert sentence.count("\n") == 1
    assert not Path("out").exists()
    assert quick_fit.jobs == []


def test_an_atlas_of_another_clip_is_refused(
    clip: Path, quick_fit: QuickFit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("atlas", "clip", "--out", "fit") == 0
    clip.rename("moved")

    assert run("edit", "moved", "--prompt", "zebra", "--atlas", "fit", "--out", "out") == 2
    assert "was fitted to" in capsys.readouterr().err


def test_the_clip_demo_edits_the_sample_by_the_mask_of_its_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks: list[ClipTask] = []
    monkeypatch.setattr(demo_command, "edit_clip", lambda task, folder: tasks.append(task))

    assert run("demo", "--clip", "--out", "out") == 0

    (task,) = tasks
    assert task.fit is not None
    assert task.fit.clip == str(sample_clip())
    assert task.fit.subjects[0].keys == ((1, str(sample_clip_mask())),)
    assert task.edit.atlas == task.fit.out
