from collections.abc import Generator as Run
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.events import Preview, Progress
from engine.filters import resize
from engine.guidance.starter import StarterGuide
from engine.media.sample import sample_picture
from engine.media.stills import read_still
from engine.text2live import trainer as trainer_module
from engine.text2live.examples import Example
from engine.text2live.settings import Settings, settings_for
from engine.text2live.trainer import ImageTrainer, Texts, Trained, learning_rate

SETTINGS = replace(settings_for("draft", steps=6, size=128, side=64), composite_views=2)


@pytest.fixture(scope="module")
def guide() -> StarterGuide:
    return StarterGuide()


@pytest.fixture(scope="module")
def whole() -> Example:
    draws = torch.Generator().manual_seed(0)
    region = torch.zeros(1, 1, 128, 128)
    region[..., 32:96, 32:96] = 1
    return Example(torch.rand(1, 3, 128, 128, generator=draws), region)


def _trainer(guide: StarterGuide, whole: Example, settings: Settings = SETTINGS, seed: int = 1) -> ImageTrainer:
    code = guide.read("zebra")
    return ImageTrainer(guide, Texts(code, code), whole, settings, seed)


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
    settings = replace(settings_for("draft", steps=30, size=128, side=112), composite_views=2)
    code = guide.read("leopard")
    events, _ = _finish(ImageTrainer(guide, Texts(code, code), whole, settings, seed=1).train(None, 0))

    early = np.mean([event.losses["composition"] for event in events[:5]])
    late = np.mean([event.losses["composition"] for event in events[-5:]])
    assert late < 0.7 * early


def test_the_learning_rate_warms_up_and_fades():
    settings = settings_for("standard", steps=100, size=None, side=224)
    rates = [learning_rate(step, settings) for step in range(100)]

    assert rates[0] < rates[4] < max(rates)
    assert max(rates) <= settings.learning_rate * 1.01
    assert rates[-1] < 0.01 * settings.learning_rate
