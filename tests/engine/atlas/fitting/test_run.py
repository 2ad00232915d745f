"""Whole fits of the sample scene, of which everything is known, made small."""

import json
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engine.atlas.atlas import Atlas
from engine.atlas.atlas_folder import load_atlas
from engine.atlas.fitting.run import run_atlas_fit
from engine.atlas.metrics import measure_atlas
from engine.atlas.rendering import positions
from engine.context import RunContext
from engine.errors import UserError
from engine.events import Notice, Preview, Progress, RunEvent
from engine.jobs import AtlasFit, Subject
from engine.results import AtlasResult
from resources.sample.scene import SampleTruth

FRAMES, WIDTH = 8, 192


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Generator[None]:
    """Keep torch from waiting for a busy machine's other processors."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@dataclass(frozen=True)
class Footage:
    truth: SampleTruth
    clip: Path
    masks: Path


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    """The scene as numbered stills from 11 on, with a mask a frame."""
    folder, truth = tmp_path_factory.mktemp("footage"), SampleTruth(FRAMES * 4, WIDTH)
    for name in ("clip", "masks"):
        (folder / name).mkdir()
    for index in range(FRAMES):
        name = f"{index + 11:04d}.png"
        cv2.imwrite(str(folder / "clip" / name), truth.frame(index * 3)[..., ::-1])
        cv2.imwrite(str(folder / "masks" / name), np.rint(truth.matte(index * 3) * 255).astype(np.uint8))
    return Footage(truth, folder / "clip", folder / "masks")


def done(run: Generator[RunEvent, None, AtlasResult]) -> tuple[AtlasResult, list[RunEvent]]:
    events = []
    while True:
        try:
            events.append(next(run))
        except StopIteration as stop:
            return stop.value, events


@dataclass(frozen=True)
class Fitted:
    atlas: Atlas
    result: AtlasResult
    events: list[RunEvent]


def asked(footage: Footage, out: Path, **settings: object) -> AtlasFit:
    masks = (Subject(masks=str(footage.masks)),)
    return AtlasFit(**{"clip": str(footage.clip), "out": str(out), "subjects": masks, "quality": "draft", **settings})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def fitted(footage: Footage, tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    out = tmp_path_factory.mktemp("fitted") / "atlas"
    result, events = done(run_atlas_fit(asked(footage, out), RunContext(preview_every=0.01)))
    return Fitted(load_atlas(out), result, events)


def test_the_atlas_explains_the_frames(footage: Footage, fitted: Fitted) -> None:
    frames = [footage.truth.frame(index * 3) for index in range(FRAMES)]
    masks = [footage.truth.matte(index * 3) for index in range(FRAMES)]
    figures = measure_atlas(fitted.atlas, frames, masks)
    assert np.mean(figures.psnr_db) > 30
    assert figures.iou is not None
    assert figures.iou > 0.97
    assert figures.warp_ratio < 1.05
    assert [layer.folded_share for layer in figures.layers] == [0, 0]


@pytest.mark.parametrize("name", ["background", "foreground"])
def test_a_point_of_the_scene_keeps_its_place_on_the_atlas(footage: Footage, fitted: Fitted, name: str) -> None:
    truth, atlas = footage.truth, fitted.atlas
    on_cat = name == "foreground"
    mapping = truth.cat_mapping if on_cat else truth.table_mapping
    ours, theirs = [], []
    for index in range(FRAMES):
        seen = (truth.matte(index * 3) > 0.9) if on_cat else (truth.matte(index * 3) < 0.1)
        ours.append(positions(atlas.layer(name), index, atlas.size, atlas.size)[seen])
        theirs.append(mapping(index * 3)[seen])
    places, photograph = np.concatenate(ours), np.concatenate(theirs)
    # The atlas may lie in any way over the photograph: a smooth one, here of the second order, all over the clip.
    x, y = (photograph / photograph.max(0)).T
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], 1)
    away = places - terms @ np.linalg.lstsq(terms, places, rcond=None)[0]
    assert np.median(np.linalg.norm(away, axis=1)) < 1.0


def test_the_report_tells_what_the_files_hold(fitted: Fitted) -> None:
    report = json.loads(fitted.result.report.to_json())
    assert report["frames"] == FRAMES == len(report["psnr_db_by_frame"])
    assert report["psnr_db"] == pytest.approx(np.mean(report["psnr_db_by_frame"]), abs=0.01)
    assert set(report["seconds"]) >= {"reading", "flow", "mattes", "motion", "growing", "refining", "writing"}
    assert fitted.atlas.clip.numbers == range(11, 11 + FRAMES)


def test_progress_never_goes_back_and_previews_are_pictures(fitted: Fitted) -> None:
    refining = [event for event in fitted.events if isinstance(event, Progress) and event.phase == "refining"]
    assert [event.step for event in refining] == list(range(1, refining[-1].steps + 1))
    previews = [event for event in fitted.events if isinstance(event, Preview)]
    assert previews[-1].layer.shape == (WIDTH * 9 // 16, WIDTH, 4)


def test_a_fit_that_was_interrupted_goes_on_to_the_same_atlas(
    footage: Footage, fitted: Fitted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.atlas.fitting.checkpoint.SAVE_EVERY", 0.0)
    job, context = asked(footage, tmp_path / "atlas"), RunContext(checkpoint=tmp_path, preview_every=0)
    run = run_atlas_fit(job, context)
    for event in run:
        if isinstance(event, Progress) and event.phase == "refining" and event.step == event.steps // 2:
            break
    run.close()
    assert not (tmp_path / "atlas").exists()

    _, events = done(run_atlas_fit(job, context))

    phases = {event.phase for event in events if isinstance(event, Progress)}
    assert "growing" not in phases
    assert "flow" not in phases
    again = load_atlas(tmp_path / "atlas")
    assert np.array_equal(again.mattes, fitted.atlas.mattes)
    for one, other in zip(again.layers, fitted.atlas.layers, strict=True):
        assert np.allclose(one.mapping, other.mapping, atol=1e-4)
        assert np.allclose(one.texture, other.texture, atol=1e-4)


def test_a_changed_clip_does_not_go_on_from_an_old_checkpoint(footage: Footage, tmp_path: Path) -> None:
    job, context = asked(footage, tmp_path / "atlas", width=96), RunContext(checkpoint=tmp_path, preview_every=0)
    done(run_atlas_fit(job, context))
    shorter = asked(footage, tmp_path / "atlas", width=96, last=15)
    _, events = done(run_atlas_fit(shorter, context))
    assert any(isinstance(event, Progress) and event.phase == "growing" for event in events)
    assert load_atlas(tmp_path / "atlas").clip.numbers == range(11, 16)


def test_a_clip_without_subjects_is_all_background(footage: Footage, tmp_path: Path) -> None:
    done(run_atlas_fit(asked(footage, tmp_path / "atlas", subjects=(), width=96), RunContext(preview_every=0)))
    atlas = load_atlas(tmp_path / "atlas")
    assert [layer.name for layer in atlas.layers] == ["background"]
    assert (atlas.matte("background", 0) == 1).all()


def test_one_frame_is_refused(footage: Footage, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="one frame only"):
        done(run_atlas_fit(asked(footage, tmp_path / "atlas", first=12, last=12), RunContext()))


def test_a_cut_is_found_and_ranges_are_named(footage: Footage, tmp_path: Path) -> None:
    clip = tmp_path / "cut"
    clip.mkdir()
    noise = np.random.default_rng(0).integers(0, 255, (13, 24, 3), np.uint8)
    for index in range(8):
        other = cv2.resize(noise, (WIDTH, WIDTH * 9 // 16), interpolation=cv2.INTER_NEAREST)
        cv2.imwrite(str(clip / f"{index + 1:04d}.png"), footage.truth.frame(index) if index < 4 else other)
    with pytest.raises(UserError, match=r"cuts to another scene at frame 5; .* 1 to 4 or 5 to 8"):
        done(run_atlas_fit(AtlasFit(clip=str(clip), out=str(tmp_path / "atlas")), RunContext()))


def test_a_damaged_checkpoint_costs_time_only(footage: Footage, tmp_path: Path) -> None:
    for name in ("fit.npz", "masks.npz"):
        (tmp_path / name).write_bytes(b"PK\x03\x04 cut short")
    context = RunContext(checkpoint=tmp_path, preview_every=0)
    result, events = done(run_atlas_fit(asked(footage, tmp_path / "atlas", width=96), context))
    assert result.report.psnr_db > 25
    assert not [event for event in events if isinstance(event, Notice)]
