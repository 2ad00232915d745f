"""An open guide edits a drawn scene: the prompted colour comes into the named shape, and nowhere else."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.context import RunContext
from engine.guidance.models.store import ModelStore
from engine.jobs import ImageEdit, Job, ModelImport
from engine.media.png import write_png
from engine.runs import run
from tests.engine.guidance.openclip.scenes import COLOURS, draw_scenes

# The first test that asks for the tiny CLIP trains it, which takes minutes on a busy machine.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(autouse=True)
def _own_places(tmp_path, monkeypatch):
    monkeypatch.setenv("PATINA_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


def _finish(job: Job) -> object:
    steps = run(job, RunContext(preview_every=0))
    try:
        while True:
            next(steps)
    except StopIteration as stop:
        return stop.value


def _as_folder(model: Path, place: Path) -> str:
    return str(shutil.copytree(model, place / "a model"))


def _imported(model: Path, place: Path) -> str:
    _finish(ModelImport(str(model), "tiny"))
    assert [each.name for each in ModelStore().installed()] == ["tiny"]
    return "tiny"


def _in_the_hubs_cache(model: Path, place: Path) -> str:
    repository = place / "hub" / "models--patina--tiny"
    shutil.copytree(model, repository / "snapshots" / "1234abcd")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("1234abcd")
    return "patina/tiny"


def _chroma(colour: np.ndarray) -> np.ndarray:
    difference = colour - colour.mean()
    return difference / np.linalg.norm(difference)


@pytest.mark.parametrize(
    ("place", "seed", "colour"),
    [(_as_folder, 1, "blue"), (_imported, 2, "yellow"), (_in_the_hubs_cache, 3, "red")],
)
def test_the_prompted_colour_comes_into_the_named_shape_and_nowhere_else(tiny_clip, tmp_path, place, seed, colour):
    draws = torch.Generator().manual_seed(seed)
    scene = draw_scenes(1, 192, draws, shapes=3, sizes=(0.2, 0.3), distinct=True)
    source = scene.pictures[0].permute(1, 2, 0).contiguous().numpy()
    shape, subject = scene.masks[0, 0].numpy() > 0.5, scene.name(0, 0)
    write_png(tmp_path / "scene.png", source)
    job = ImageEdit(
        picture=str(tmp_path / "scene.png"),
        prompt=f"{colour} {subject.split()[1]}",
        source=subject,
        avoid=subject,
        subject=subject,
        guide=f"openclip:{place(tiny_clip, tmp_path)}",
        quality="draft",
        size=128,
        steps=80,
    )

    result = _finish(job)

    alpha = result.layer[..., 3:]
    composite = alpha * result.layer[..., :3] + (1 - alpha) * source
    wanted = _chroma(np.array(COLOURS[colour]))
    assert wanted @ _chroma(source[shape].mean(0)) < 0
    assert wanted @ _chroma(composite[shape].mean(0)) > 0.8
    assert np.abs(composite - source)[~shape].mean() < 0.005
    found = result.matte > 0.5
    assert (found & shape).sum() / (found | shape).sum() > 0.9
