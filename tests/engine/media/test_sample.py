"""The sample photograph and the sample clip."""

import importlib.util
import subprocess
import sys

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from engine.errors import UserError
from engine.media.sample import sample_clip, sample_clip_mask, sample_photograph, sample_picture
from engine.media.stills import read_still
from resources.sample.scene import SampleTruth


def test_the_sample_is_a_photograph() -> None:
    still = read_still(sample_picture())

    assert still.rgb.shape == (300, 451, 3)
    assert still.rgb.std() > 0.1


def test_finding_it_imports_no_scikit_image() -> None:
    code = (
        "import sys; from engine.media.sample import sample_picture; sample_picture(); print('skimage' in sys.modules)"
    )

    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_without_scikit_image_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(UserError, match=r"patina\[sample\]"):
        sample_picture()


def test_a_photograph_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match="not installed"):
        sample_photograph("no such picture.png")


def test_the_bundled_clip_is_the_scene() -> None:
    truth = SampleTruth()
    with av.open(sample_clip()) as movie:
        stream = movie.streams.video[0]
        assert (stream.width, stream.height, stream.average_rate) == (truth.width, truth.height, 24)
        frames = [_rgb(frame) for frame in movie.decode(stream)]

    assert len(frames) == truth.frames
    for index in range(0, truth.frames, 5):
        assert cv2.PSNR(frames[index], truth.frame(index)) > 38
    assert sample_clip().stat().st_size < 1_000_000


def test_its_mask_is_the_first_frames_matte() -> None:
    mask = cv2.imread(str(sample_clip_mask()), cv2.IMREAD_UNCHANGED)

    on, matte = mask == 255, SampleTruth().matte(0) > 0.5
    assert set(np.unique(mask)) == {0, 255}
    assert (on & matte).sum() / (on | matte).sum() > 0.999


def _rgb(frame: av.VideoFrame) -> np.ndarray:
    colours = {"src_colorspace": Colorspace.ITU709, "dst_color_range": ColorRange.JPEG}
    return frame.reformat(format="rgb24", **colours).to_ndarray()
