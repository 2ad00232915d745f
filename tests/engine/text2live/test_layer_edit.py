"""An edit of an atlas's layer, from a prompt to a picture over its texture and to the clip's frames."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.atlas.atlas_folder import load_atlas, save_atlas
from engine.atlas.rendering import layer_frame, matte_at
from engine.compositing import over
from engine.context import RunContext
from engine.errors import UserError
from engine.events import Preview, Progress
from engine.jobs import LayerEdit
from engine.media.clips import open_clip
from engine.results import LayerEditResult
from engine.runs import run
from engine.text2live import trainer as trainer_module
from engine.text2live.settings import settings_for
from tests.engine.guidance.models.tiny_model import tiny_state, write_model_folder
from tests.engine.small_atlas import DISC, FRAMES, write_clip

SMALL = {"steps": 3, "size": 128}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_atlas(write_clip(tmp_path / "clip", light=True), tmp_path / "atlas")
    return tmp_path / "atlas"


def _edit(folder: Path, prompt: str, **more: object) -> LayerEdit:
    return LayerEdit(atlas=str(folder), prompt=prompt, **{**SMALL, **more})


def _finish(run: Generator[object, None, LayerEditResult]) -> tuple[list[object], LayerEditResult]:
    events = []
    while True:
        try:
            events.append(next(run))
        except StopIteration as stop:
            return events, stop.value


def test_an_edit_goes_from_a_prompt_to_a_picture_over_the_texture(folder: Path) -> None:
    events, result = _finish(run(_edit(folder, "zebra"), RunContext(preview_every=1e-9)))

    assert result.picture.shape == (DISC, DISC, 4)
    assert result.report.size == (DISC, DISC)
    assert result.report.steps == 3
    assert set(result.report.seconds) == {"reading", "guide", "region", "frames", "training", "full size"}
    frames = [event.step for event in events if isinstance(event, Progress) and event.phase == "frames"]
    assert frames == list(range(1, FRAMES + 1))
    previews = [event.layer for event in events if isinstance(event, Preview)]
    assert previews
    assert previews[0].shape == (128, 128, 4)


def test_nothing_is_painted_where_the_layer_was_never_seen(folder: Path) -> None:
    _, result = _finish(run(_edit(folder, "zebra"), RunContext(preview_every=0)))

    corner = result.picture[:4, :4, 3]
    middle = result.picture[DISC // 2 - 5 : DISC // 2 + 5, DISC // 2 - 5 : DISC // 2 + 5, 3]
    assert corner.max() == 0
    assert middle.mean() > 0.05


def test_the_same_seed_repeats_the_edit_and_an_interrupted_one_goes_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer_module, "CHECKPOINT_EVERY", 0.0)
    _, whole = _finish(run(_edit(folder, "zebra"), RunContext(preview_every=0)))
    kept = RunContext(preview_every=0, checkpoint=tmp_path)
    interrupted = run(_edit(folder, "zebra"), kept)
    while not (isinstance(event := next(interrupted), Progress) and event.phase == "training" and event.step == 2):
        pass
    next(interrupted)
    interrupted.close()

    events, resumed = _finish(run(_edit(folder, "zebra"), kept))

    assert [event.step for event in events if isinstance(event, Progress) and event.phase == "training"] == [3]
    assert np.array_equal(resumed.picture, whole.picture)


def test_a_material_turns_the_layer_s_colour_in_every_frame(folder: Path) -> None:
    hasty = (("learning_rate", 0.03), ("structure", 0.0))
    _, result = _finish(run(_edit(folder, "golden", steps=25, options=hasty), RunContext(preview_every=0)))

    atlas = load_atlas(folder)
    with open_clip(atlas.clip.path) as clip:
        for index in range(FRAMES):
            source = clip.read(index).astype(np.float32) / 255
            inside = matte_at(atlas, "foreground", index, source) > 0.9
            edited = over(layer_frame(atlas, "foreground", result.picture, index, source), source)
            assert _yellowness(edited[inside]) > _yellowness(source[inside]) + 0.2


def _yellowness(pixels: np.ndarray) -> float:
    """Return how far the (N, 3) pixels lie from blue, for their light."""
    red, green, blue = pixels.mean(0)
    return float((red + green - 2 * blue) / (red + green + blue))


def test_the_background_can_be_edited(folder: Path) -> None:
    _, result = _finish(run(_edit(folder, "zebra", atlas_layer="background", steps=2), RunContext(preview_every=0)))

    assert result.picture.shape[2] == 4
    assert result.picture[..., 3].mean() > 0.05


def test_an_open_guide_edits_layers_too(folder: Path, tmp_path: Path) -> None:
    model = write_model_folder(tmp_path / "model", tiny_state())
    job = _edit(folder, "a ball of wool", source="a disc", avoid="a cat", guide=f"openclip:{model}", quality="draft")

    events, result = _finish(run(job, RunContext(preview_every=0)))

    losses = [event.losses for event in events if isinstance(event, Progress) and event.phase == "training"]
    assert set(losses[0]) >= {"composition", "directional", "avoid", "screen", "structure"}
    assert np.isfinite(result.picture).all()
    assert result.picture[..., 3].max() > 0.05


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"atlas_layer": "middle"}, "no layer called middle; its layers are: background, foreground"),
        ({"prompt": "xyzzyish"}, "xyzzyish"),
        ({"options": (("structures", 3.0),)}, "no option 'structures'"),
        ({"atlas": "nowhere"}, "nowhere is no atlas"),
    ],
)
def test_what_cannot_be_done_is_said_before_the_training(folder: Path, changes: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        _finish(run(replace(_edit(folder, "zebra"), **changes), RunContext()))


def test_a_layer_that_the_clip_never_shows_is_refused(folder: Path) -> None:
    atlas = write_clip(folder.parent / "clip")
    save_atlas(replace(atlas, mattes=np.zeros_like(atlas.mattes)), folder)

    with pytest.raises(UserError, match="never shows the layer foreground"):
        _finish(run(_edit(folder, "zebra"), RunContext()))


def test_clips_differ_from_stills_as_the_paper_s_settings_do(folder: Path) -> None:
    clip = settings_for(_edit(folder, "zebra", quality="paper", guide="openclip:ViT-B-32", steps=None, size=512))

    assert (clip.steps, clip.decay, clip.composite_views) == (3000, 0.999, 6)
    assert clip.weights.structure == 3
    assert clip.weights.bootstrap == 0


def test_a_material_covers_its_layer_from_the_start(folder: Path) -> None:
    job = _edit(folder, "golden")

    assert settings_for(job, names_material=True).weights.bootstrap > 0
    assert settings_for(replace(job, options=(("bootstrap", 0.0),)), names_material=True).weights.bootstrap == 0
