"""The clip as an atlas explains it, on disk."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.atlas.rendering import reconstructed
from engine.delivery.atlas_frames import write_atlas_frames
from tests.engine.small_atlas import FITTED, FRAMES, small_atlas

NAMES = [f"{number:05d}.png" for number in range(1001, 1001 + FRAMES)]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_frames_and_mattes_are_named_by_their_numbers(tmp_path: Path) -> None:
    atlas = small_atlas(tmp_path)

    events = list(write_atlas_frames(atlas, tmp_path, tmp_path / ".work"))

    assert len(events) == FRAMES
    assert names(tmp_path / "recon") == names(tmp_path / "matte") == NAMES
    for index, name in enumerate(NAMES):
        frame = cv2.imread(str(tmp_path / "recon" / name), cv2.IMREAD_UNCHANGED)
        matte = cv2.imread(str(tmp_path / "matte" / name), cv2.IMREAD_UNCHANGED)
        assert frame.shape == (FITTED[1], FITTED[0], 3)
        assert frame.dtype == matte.dtype == np.uint8
        assert np.abs(frame[..., ::-1] / 255 - reconstructed(atlas, index)).max() < 0.003
        assert np.array_equal(matte, atlas.mattes[index, 0])


def test_earlier_frames_are_replaced_as_a_whole(tmp_path: Path) -> None:
    for folder in ("recon", "matte"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "00001.png").write_text("old")

    run = write_atlas_frames(small_atlas(tmp_path), tmp_path, tmp_path / ".work")
    next(run)
    run.close()
    assert names(tmp_path / "recon") == ["00001.png"]

    list(write_atlas_frames(small_atlas(tmp_path), tmp_path, tmp_path / ".work"))
    assert names(tmp_path / "recon") == names(tmp_path / "matte") == NAMES
    assert names(tmp_path / ".work") == []


@pytest.mark.parametrize("name", ["recon", "matte"])
def test_a_file_in_the_way_is_put_aside(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("a file, not a folder")

    list(write_atlas_frames(small_atlas(tmp_path), tmp_path, tmp_path / ".work"))

    assert names(tmp_path / name) == NAMES
