from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.models.optical_flow import raft_small

from engine.atlas.motion.raft import WEIGHTS, RaftFlow
from engine.errors import UserError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATINA_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    found = tmp_path / "hub" / "checkpoints"
    found.mkdir(parents=True)
    return found


def test_weights_that_are_missing_are_named(folder: Path):
    with pytest.raises(UserError, match=r"raft_small.*\.pth"):
        RaftFlow("small")


def test_damaged_weights_are_refused(folder: Path):
    (folder / Path(WEIGHTS["small"].url).name).write_bytes(b"no weights")
    with pytest.raises(UserError, match="holds no weights"):
        RaftFlow("small")


def test_network_gives_a_flow_of_the_frames_size(folder: Path):
    torch.manual_seed(0)
    torch.save(raft_small(weights=None).state_dict(), folder / Path(WEIGHTS["small"].url).name)
    frames = np.random.default_rng(0).integers(0, 256, (2, 90, 133, 3), dtype=np.uint8)
    found = RaftFlow("small").between(*frames)
    assert found.shape == (90, 133, 2)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
