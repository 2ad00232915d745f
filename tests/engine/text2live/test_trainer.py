import time
from collections.abc import Generator as Run
from dataclasses import replace
from unittest import mock

import numpy as np
import pytest
import torch

from engine.events import Notice, Preview, Progress
from engine.filters import resize
from engine.guidance.guide import PictureCode
from engine.guidance.starter import StarterGuide
from engine.media.sample import sample_picture
from engine.media.stills import read_still
from engine.text2live import trainer as trainer_module
from engine.text2live.examples import Example, PictureExamples
from engine.text2live.settings import STARTER_QUALITIES, Settings
from engine.text2live.texts import Texts
from engine.text2live.trainer import LayerTrainer, Trained

DRAFT = STARTER_QUALITIES["draft"]
SETTINGS = replace(DRAFT, steps=6, size=128, composite_views=2, views=replace(DRAFT.views, sides=(48, 64)))


@pytest.fixture(scope="module")
def guide() -> StarterGuide:
    return StarterGuide()


@pytest.fixture(scope="module")
def whole() -> Example:
    draws = torch.Generator().manual_seed(0)
    region = torch.zeros(1, 1, 128, 128)
    region[..., 32:96, 32:96] = 1
    return Example(torch.rand(1, 3, 128, 128, generator=draws), region)


def _trainer(
    guide: StarterGuide, whole: Example, settings: Settings = SETTINGS, seed: int = 1, texts: Texts | None = None
) -> LayerTrainer:
    code = guide.read("zebra")
    return LayerTrainer(guide, texts or Texts(code, code), PictureExamples(whole, settings), settings, seed)


def _finish(run: Run[object, None, Trained]) -> tuple[list[object], Trained]:
    events = []
    while True:
        try:
            events.append(next(run))
        except StopIteration as stop:
            return events, stop.value


def test_a_run_tells_of_every_step_and_ends_with_a_layer(guide, whole):
    events, trained = _finish(_trainer(guide, whole).train(None, preview_every=1e-9))

    steps = [event for event in events if isinstance(event, Progress)]
    assert [event.step for event in steps] == [1, 2, 3, 4, 5, 6]
    assert all(event.steps == 6 for event in steps)
    assert steps[-1].remaining == 0
    assert set(steps[0].losses) >= {"composition", "screen", "structure", "sparsity", "bootstrap", "total"}
    assert sum(value for name, value in steps[0].losses.items() if name != "total") == pytest.approx(
        steps[0].losses["total"], rel=1e-4
    )
    shown = [event for event in events if isinstance(event, Preview)]
    assert shown[0].layer.shape == (128, 128, 4)
    assert shown[0].layer.dtype == np.float32
    assert trained.painted.shape == (1, 4, 128, 128)


def test_nothing_is_painted_outside_the_region(guide, whole):
    trainer = _trainer(guide, whole)
    _finish(trainer.train(None, 0))

    alpha = trainer.layer()[:, 3:]
    assert alpha[whole.region == 0].abs().max() == 0
    assert alpha[whole.region == 1].mean() > 0.05


def test_seeded_runs_repeat_exactly(guide, whole):
    first = _finish(_trainer(guide, whole).train(None, 0))[1].painted
    again = _finish(_trainer(guide, whole).train(None, 0))[1].painted
    other = _finish(_trainer(guide, whole, seed=2).train(None, 0))[1].painted

    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_an_interrupted_run_goes_on_to_the_same_result(guide, whole, tmp_path, monkeypatch):
    monkeypatch.setattr(trainer_module, "CHECKPOINT_EVERY", 0.0)
    uninterrupted = _finish(_trainer(guide, whole).train(None, 0))[1].painted

    run = _trainer(guide, whole).train(tmp_path, 0)
    for _ in range(4):  # the state after step 3 is kept when step 4 begins
        next(run)
    run.close()
    events, resumed = _finish(_trainer(guide, whole).train(tmp_path, 0))

    assert [event.step for event in events] == [4, 5, 6]
    assert torch.equal(resumed.painted, uninterrupted)


def test_a_damaged_checkpoint_means_a_new_start(guide, whole, tmp_path):
    uninterrupted = _finish(_trainer(guide, whole).train(tmp_path, 0))[1].painted
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:1000])

    events, trained = _finish(_trainer(guide, whole).train(tmp_path, 0))

    assert len(events) == 6
    assert torch.equal(trained.painted, uninterrupted)


def test_a_checkpoint_of_another_picture_is_not_used(guide, whole, tmp_path):
    _finish(_trainer(guide, whole).train(tmp_path, 0))
    changed = replace(whole, source=1 - whole.source)

    events, _ = _finish(_trainer(guide, changed).train(tmp_path, 0))

    assert len(events) == 6


def test_training_brings_the_layer_nearer_to_its_texts(guide):
    cat = np.clip(resize(read_still(sample_picture()).rgb, 192, 128), 0, 1)
    source = torch.from_numpy(np.ascontiguousarray(cat.transpose(2, 0, 1)))[None]
    whole = Example(source, torch.ones_like(source[:, :1]))
    settings = replace(SETTINGS, steps=30, views=replace(DRAFT.views, sides=(96, 112)))
    code = guide.read("leopard")
    events, _ = _finish(_trainer(guide, whole, settings, texts=Texts(code, code)).train(None, 0))

    early = np.mean([event.losses["composition"] for event in events[:5]])
    late = np.mean([event.losses["composition"] for event in events[-5:]])
    assert late < 0.7 * early


class _SmallMemory(StarterGuide):
    """Runs out of memory where it is shown more than two views, as torch does it."""

    def see(self, pictures: torch.Tensor) -> PictureCode:
        if len(pictures) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return super().see(pictures)


def test_where_memory_runs_out_the_training_goes_on_with_fewer_views_at_once(whole):
    settings = replace(SETTINGS, composite_views=6, steps=2)
    events, trained = _finish(_trainer(_SmallMemory(), whole, settings).train(None, 0))

    notices = [event.text for event in events if isinstance(event, Notice)]
    assert [text.split(" with ")[1].split()[0] for text in notices] == ["3", "2"]
    assert trained.steps == 2
    assert trained.painted.isfinite().all()


def test_memory_that_holds_not_one_view_is_the_users_to_mend(whole):
    class NoMemory(StarterGuide):
        def see(self, pictures: torch.Tensor) -> PictureCode:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    with pytest.raises(torch.OutOfMemoryError):
        _finish(_trainer(NoMemory(), whole).train(None, 0))


def test_a_bug_is_not_taken_for_lack_of_memory(whole):
    class Broken(StarterGuide):
        def see(self, pictures: torch.Tensor) -> PictureCode:
            raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        _finish(_trainer(Broken(), whole).train(None, 0))


def test_a_training_that_no_longer_improves_ends_and_says_so(guide, whole, tmp_path):
    settings = replace(SETTINGS, steps=40, learning_rate=1e-6, schedule="exponential", patience=3)
    events, trained = _finish(_trainer(guide, whole, settings).train(tmp_path, 0))

    assert trained.steps < 40
    assert f"after {trained.steps} of 40 steps" in events[-1].text
    again, resumed = _finish(_trainer(guide, whole, settings).train(tmp_path, 0))
    assert not [event for event in again if isinstance(event, Progress)]
    assert torch.equal(resumed.painted, trained.painted)


def test_pauses_do_not_count(guide, whole):
    run = _trainer(guide, whole).train(None, 0)
    next(run)
    woken = time.monotonic() + 3600
    with mock.patch.object(trainer_module.time, "monotonic", return_value=woken):
        event = next(run)  # an hour later, by a clock that then stands

    assert event.seconds < 600


@pytest.mark.parametrize(
    "changes",
    [{"optimizer": "madgrad", "schedule": "exponential"}, {"confinement": "relevance"}, {"precision": "bfloat16"}],
)
def test_other_ways_to_train_paint_too(guide, whole, changes):
    _, trained = _finish(_trainer(guide, whole, replace(SETTINGS, **changes)).train(None, 0))

    assert trained.painted.isfinite().all()
    assert trained.painted[:, 3].std() > 0.001


def test_an_edit_turns_away_from_its_source_and_from_what_is_avoided(guide, whole):
    zebra, cat = guide.read("zebra"), guide.read("tabby cat; tiger")
    trainer = LayerTrainer(
        guide, Texts(zebra, zebra, source=cat, avoid=cat), PictureExamples(whole, SETTINGS), SETTINGS, seed=1
    )
    events, _ = _finish(trainer.train(None, 0))

    assert 0 < events[0].losses["directional"] < 2 * SETTINGS.weights.directional
    assert 0 <= events[0].losses["avoid"] <= SETTINGS.weights.avoid


def test_the_source_is_encoded_once_a_batch_of_the_pool(whole):
    counted = []

    class Counting(StarterGuide):
        def see(self, pictures: torch.Tensor) -> PictureCode:
            counted.append(pictures.requires_grad)
            return super().see(pictures)

    guide = Counting()
    zebra, cat = guide.read("zebra"), guide.read("tabby cat")
    settings = replace(SETTINGS, steps=12, view_pool=3, example_share=0.0)
    _finish(
        LayerTrainer(guide, Texts(zebra, zebra, source=cat), PictureExamples(whole, settings), settings, seed=1).train(
            None, 0
        )
    )

    assert counted.count(True) == 24  # composite and screen
    assert counted.count(False) <= 3
