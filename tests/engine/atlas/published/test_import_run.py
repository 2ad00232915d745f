"""The command that takes over a published atlas, from a checkpoint to what lies in the folder."""

import json
from pathlib import Path

import pytest
import torch

from engine.atlas.atlas_folder import load_atlas
from tests.engine.atlas.published.test_nla import Trained
from tests.engine.commands.clip_commands import run
from tests.engine.small_atlas import FRAMES, write_clip


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("engine.atlas.published.nla.PUBLISHED_SIDE", 48)
    write_clip(tmp_path / "clip")
    return tmp_path / "clip"


def test_a_checkpoint_becomes_an_atlas_of_its_clip(clip: Path) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        Trained().save(Path("published.pth"))
        assert run("atlas", "clip", "--checkpoint", "published.pth", "--out", "out", "--write-frames") == 0
    finally:
        torch.set_num_threads(threads)
    atlas = load_atlas(Path("out/atlas"))
    assert [layer.name for layer in atlas.layers] == ["background", "foreground"]
    assert atlas.clip.path == clip
    assert len(list(Path("out/recon").iterdir())) == FRAMES
    report = json.loads(Path("out/report.json").read_text())
    assert report["job"]["kind"] == "atlas_import"
    assert len(report["psnr_db_by_frame"]) == FRAMES


def test_another_file_is_refused_in_one_line(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("published.pth").write_bytes(b"no networks")
    assert run("atlas", "clip", "--checkpoint", "published.pth", "--out", "out") == 2
    assert "published.pth" in capsys.readouterr().err
    assert not Path("out/atlas").exists()
