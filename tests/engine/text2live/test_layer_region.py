"""Where on a layer of an atlas an edit belongs."""

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.atlas.atlas import AtlasLayer
from engine.guidance.guide import Guide
from engine.jobs import LayerEdit
from engine.text2live import layer_region as layer_region_module
from engine.text2live import region as region_module
from engine.text2live.layer_region import RIM, layer_region
from engine.text2live.settings import settings_for
from tests.engine.small_atlas import DISC, RADIUS, small_atlas


@pytest.fixture
def layer(tmp_path: Path) -> AtlasLayer:
    return small_atlas(tmp_path).layer("foreground")


@pytest.fixture
def guide(monkeypatch: pytest.MonkeyPatch) -> Guide:
    """A guide that sees the “left” half of any picture, softly, and cuts it out where a matte is asked for."""

    class LeftGuide:
        def relevance(self, picture: torch.Tensor, text: str) -> torch.Tensor:
            assert text == "left"
            return torch.linspace(1, 0, picture.shape[3])[None].expand(picture.shape[2], -1)

    def cut(_guide: Guide, picture: np.ndarray, text: str, _device: str) -> np.ndarray:
        assert text == "left"
        matte = np.zeros(picture.shape[:2], np.float32)
        matte[:, : picture.shape[1] // 2] = 1
        return matte

    monkeypatch.setattr(layer_region_module, "find_matte", cut)
    monkeypatch.setattr(region_module, "find_matte", cut)
    return LeftGuide()  # type: ignore[return-value]


def _region(layer: AtlasLayer, guide: Guide, confinement: str = "matte", **texts: str) -> np.ndarray:
    job = LayerEdit(atlas="fit", prompt="zebra", options=(("confinement", confinement),), **texts)
    return layer_region(job, layer, settings_for(job), guide, "cpu")


def test_an_edit_reaches_a_little_beyond_what_was_seen(layer: AtlasLayer, guide: Guide) -> None:
    where = _region(layer, guide)

    y, x = np.mgrid[:DISC, :DISC] - (DISC - 1) / 2
    away = np.hypot(x, y)
    assert where[away < RADIUS].min() == 1
    assert where[away > RADIUS + 1.5 * RIM + 1].max() == 0


def test_a_subject_is_looked_for_on_the_layer(layer: AtlasLayer, guide: Guide) -> None:
    half = DISC // 2
    cut, soft = _region(layer, guide, subject="left"), _region(layer, guide, "relevance", subject="left")

    assert cut[half, :half].max() == 1
    assert cut[:, half:].max() == 0
    assert soft[half, 5] > soft[half, half] > soft[half, -5] > 0


def test_what_is_spared_is_left_alone(layer: AtlasLayer, guide: Guide) -> None:
    where = _region(layer, guide, spare="left")

    assert where[:, : DISC // 2].max() == 0
    assert where[DISC // 2, -6] == 1
