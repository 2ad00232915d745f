"""One clip for several threads."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from desktop.playback.shared_clip import ClipClosedError, SharedClip
from engine.errors import UserError
from tests.desktop.clips import FIRST, FRAMES, HEIGHT, WIDTH, shade, write_clip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "red")


def test_threads_read_the_right_frames(folder: Path) -> None:
    clip = SharedClip(folder)
    numbers = [*range(FIRST, FIRST + FRAMES)] * 4
    with ThreadPoolExecutor(4) as threads:
        frames = list(threads.map(clip.frame, numbers))
    for number, frame in zip(numbers, frames, strict=True):
        assert frame.shape == (HEIGHT, WIDTH, 3)
        assert frame[0, 0, 0] == round(255 * shade(number))
    clip.close()


def test_frames_are_kept_and_shrunk(folder: Path) -> None:
    clip = SharedClip(folder)
    whole, small = clip.frame(1003), clip.proxy(1003, (48, 32))
    assert small.shape == (32, 48, 3)
    assert small[0, 0, 0] == round(255 * shade(1003))
    for file in folder.iterdir():
        file.unlink()
    assert clip.frame(1003) is whole
    assert clip.proxy(1003, (48, 32)) is small
    assert not whole.flags.writeable
    clip.close()


def test_a_closed_clip_gives_no_new_frames(folder: Path) -> None:
    clip = SharedClip(folder)
    clip.close()
    with pytest.raises(ClipClosedError):
        clip.frame(1001)


def test_a_damaged_frame_is_named(folder: Path) -> None:
    (folder / "red.1004.png").write_bytes(b"cut")
    clip = SharedClip(folder)
    before = clip.frame(1003)
    assert np.array_equal(clip.frame(1004), before)
    assert clip.damaged() == (1004,)
    clip.close()


def test_what_is_no_clip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        SharedClip(tmp_path / "missing.mov")
