"""What a user receives of an edited clip: layers and a composite that agree, named by the source's frames."""

import json
from collections.abc import Generator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import imagecodecs
import numpy as np
import pytest

from engine.atlas.rendering import layer_frame
from engine.colour import luminance
from engine.compositing import over
from engine.delivery import clip_edit
from engine.delivery.clip_edit import ClipEdit, layer_file, write_clip_edit
from engine.errors import UserError
from engine.events import Notice, Progress
from engine.media.clips import open_clip
from engine.media.formats import FORMATS
from engine.report import Report
from tests.engine.small_atlas import CLIP, FIRST, FRAMES, write_clip

NUMBERS = range(FIRST, FIRST + FRAMES)
LAYERS = [f"layer.{number}.png" for number in NUMBERS]


@pytest.fixture
def edit(tmp_path: Path) -> ClipEdit:
    y, x = np.mgrid[:60, :60] / 60
    picture = np.dstack([x, y, 1 - x, 0.2 + 0.7 * y]).astype(np.float32)
    report = Report(
        job={"prompt": "größer"},
        guide="starter",
        device="cpu",
        seed=1,
        steps=3,
        size=(60, 60),
        training_size=(128, 128),
        seconds={"training": 2.0},
        peak_memory_mb=100.0,
    )
    return ClipEdit(write_clip(tmp_path / "clip"), "foreground", picture, report, {"seconds": {"flow": 1.5}})


def write(edit: ClipEdit, folder: Path) -> list[Progress | Notice]:
    return list(_run(edit, folder))


def _run(edit: ClipEdit, folder: Path) -> Generator[Progress | Notice, None, None]:
    return write_clip_edit(edit, folder, folder / ".work")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".work")


def read(path: Path) -> np.ndarray:
    samples = imagecodecs.png_decode(path.read_bytes())
    assert samples.dtype == np.uint16
    return samples / 65535


def test_everything_arrives_under_the_source_s_numbers(edit: ClipEdit, tmp_path: Path) -> None:
    events = write(edit, tmp_path / "out")

    assert names(tmp_path / "out") == sorted(["composite.mov", "edit_atlas.png", *LAYERS, "report.json"])
    assert [event.step for event in events if isinstance(event, Progress)] == [1, 2, 3, 4, 5]
    assert list((tmp_path / "out" / ".work").iterdir()) == []


def test_layers_are_the_rendered_edit_and_make_the_composite(edit: ClipEdit, tmp_path: Path) -> None:
    write(edit, tmp_path / "out")

    with av.open(str(tmp_path / "out" / "composite.mov")) as box, open_clip(edit.atlas.clip.path) as clip:
        stream = box.streams.video[0]
        assert (stream.codec_context.name, stream.average_rate) == ("prores", 24)
        composites = [frame.to_ndarray(format="rgb48le") / 65535 for frame in box.decode(stream)]
        assert len(composites) == FRAMES
        for index, number in enumerate(NUMBERS):
            source = clip.read(index).astype(np.float32) / 255
            layer = read(tmp_path / "out" / layer_file(number))
            wanted = layer_frame(edit.atlas, "foreground", edit.picture, index, source)
            visible = wanted[..., 3] > 0.001
            assert layer.shape == (CLIP[1], CLIP[0], 4)
            assert visible.mean() > 0.05
            assert np.abs(layer - wanted)[visible].max() <= 1 / 65535
            assert np.abs(layer[..., 3] - wanted[..., 3]).max() <= 1 / 65535
            apart = luminance(over(layer, source)) - luminance(composites[index])
            assert np.abs(apart).mean() < 0.02


def test_the_layer_comes_in_the_format_that_was_asked_for(edit: ClipEdit, tmp_path: Path) -> None:
    list(write_clip_edit(edit, tmp_path / "out", tmp_path / "out" / ".work", FORMATS["exr"]))
    assert f"layer.{FIRST}.exr" in names(tmp_path / "out")
    list(write_clip_edit(edit, tmp_path / "out", tmp_path / "out" / ".work", FORMATS["prores4444"]))
    # The frames of the earlier format would pass for those of this edit.
    assert names(tmp_path / "out") == ["composite.mov", "edit_atlas.png", "layer.mov", "report.json"]
    with av.open(str(tmp_path / "out" / "layer.mov")) as box:
        stream = box.streams.video[0]
        assert (stream.codec_context.name, stream.average_rate, stream.frames) == ("prores", 24, FRAMES)
        assert stream.codec_context.pix_fmt.startswith("yuva444p")


def test_a_sequence_is_as_fast_as_its_atlas_says(edit: ClipEdit, tmp_path: Path) -> None:
    clip = replace(edit.atlas.clip, rate=Fraction(24000, 1001))
    write(replace(edit, atlas=replace(edit.atlas, clip=clip)), tmp_path / "out")

    with av.open(str(tmp_path / "out" / "composite.mov")) as box:
        assert box.streams.video[0].average_rate == Fraction(24000, 1001)


def test_the_report_tells_of_the_edit_the_frames_and_the_fitting(edit: ClipEdit, tmp_path: Path) -> None:
    write(edit, tmp_path / "out")

    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert report["job"] == {"prompt": "größer"}
    assert (report["frames"], report["first_frame"], report["fps"]) == (FRAMES, FIRST, 24.0)
    assert report["clip_size"] == list(CLIP)
    assert len(report["psnr_db_by_frame"]) == FRAMES
    assert report["psnr_db"] == pytest.approx(np.mean(report["psnr_db_by_frame"]), abs=0.01)
    assert min(report["psnr_db_by_frame"]) > 40  # the clip was made from the atlas
    assert report["seconds"]["atlas"] == 1.5
    assert report["seconds"]["training"] == 2.0
    assert report["seconds"]["rendering"] > 0


def test_an_earlier_edit_s_frames_go_and_other_files_stay(edit: ClipEdit, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for name in ("layer.0999.png", "layer.1001.png", "layer.mine.png", "notes.txt"):
        (tmp_path / "out" / name).write_text("old")

    write(edit, tmp_path / "out")

    expected = ["composite.mov", "edit_atlas.png", "layer.mine.png", "notes.txt", *LAYERS, "report.json"]
    assert names(tmp_path / "out") == sorted(expected)
    assert (tmp_path / "out" / "layer.1001.png").read_bytes() != b"old"


def test_a_cancelled_delivery_leaves_an_earlier_one_as_it_was(edit: ClipEdit, tmp_path: Path) -> None:
    write(edit, tmp_path / "out")
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir() if path.is_file()}

    run = _run(edit, tmp_path / "out")
    next(run)
    next(run)
    run.close()

    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert after == before
    assert list((tmp_path / "out" / ".work").iterdir()) == []


def test_a_disk_that_fills_leaves_no_half_written_names(
    edit: ClipEdit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    write_whole = clip_edit.write_picture

    def write_until_full(path: Path, *others: object) -> None:
        written.append(path)
        if len(written) == 3:
            raise UserError("There is no room left on the disk.")
        write_whole(path, *others)

    monkeypatch.setattr(clip_edit, "write_picture", write_until_full)
    with pytest.raises(UserError, match="no room"):
        write(edit, tmp_path / "out")

    assert names(tmp_path / "out") == []


def test_frames_that_cannot_be_decoded_are_told(edit: ClipEdit, tmp_path: Path) -> None:
    damaged = tmp_path / "clip" / "shot.1003.png"
    damaged.write_bytes(damaged.read_bytes()[:400])

    notices = [event.text for event in write(edit, tmp_path / "out") if isinstance(event, Notice)]

    assert notices == ["Frames that could not be decoded show their predecessors: 1003."]
    assert json.loads((tmp_path / "out" / "report.json").read_text())["notices"] == notices
