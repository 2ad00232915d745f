"""Exports of a saved project of a clip, read again by other libraries."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engine.atlas.atlas_folder import save_atlas
from engine.atlas.rendering import layer_frame
from engine.colour import from_uint, luminance
from engine.compositing import over
from engine.context import RunContext
from engine.errors import UserError
from engine.events import Progress
from engine.jobs import ClipExport
from engine.media.clips import open_clip, probe_clip
from engine.media.png import write_png
from engine.project import EditLayer, Footage, Project
from engine.project_folder import save_project
from engine.runs import run
from tests.engine.small_atlas import CLIP, DISC, FIRST, FRAMES, write_clip

Export = Callable[..., Path]


@pytest.fixture
def picture() -> np.ndarray:
    y, x = np.mgrid[:DISC, :DISC] / DISC
    return np.dstack([x, y, 1 - x, 0.2 + 0.7 * y]).astype(np.float32)


@pytest.fixture
def project(tmp_path: Path, picture: np.ndarray) -> Project:
    """A clip with an edit on its atlas, of half opacity, that ends one frame before the clip."""
    atlas = write_clip(tmp_path / "clip")
    save_atlas(atlas, tmp_path / "session" / "atlases" / "fit")
    (tmp_path / "session" / "layers").mkdir()
    write_png(tmp_path / "session" / "layers" / "gold.png", picture)
    info = probe_clip(tmp_path / "clip")
    footage = Footage(tmp_path / "clip", *CLIP, FRAMES, info.rate, FIRST)
    layer = EditLayer("gold", "gold", "layers/gold.png", opacity=0.5, atlas_layer="foreground", last=FIRST + 3)
    return Project(footage, (layer,), atlas="atlases/fit")


@pytest.fixture
def export(project: Project, tmp_path: Path) -> Export:
    def export_clip(out: str, changed: Project = project, **settings: object) -> Path:
        save_project(changed, tmp_path / "art.patina", tmp_path / "session")
        job = ClipExport(project=str(tmp_path / "art.patina"), out=str(tmp_path / out), **settings)
        finishing = run(job, RunContext())
        while True:
            try:
                assert isinstance(next(finishing), Progress)
            except StopIteration as stop:
                return stop.value

    return export_clip


def read(path: Path) -> np.ndarray:
    samples = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    return from_uint(cv2.cvtColor(samples, cv2.COLOR_BGRA2RGBA if samples.shape[2] == 4 else cv2.COLOR_BGR2RGB))


def sources(project: Project) -> list[np.ndarray]:
    assert project.footage is not None
    with open_clip(project.footage.path) as clip:
        return [from_uint(clip.read(index)) for index in range(FRAMES)]


def test_a_layer_becomes_a_sequence_with_its_opacity_in_its_alpha(
    export: Export, project: Project, picture: np.ndarray, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    assert export("out/gold.png", what="layer", layer="gold") == tmp_path / "out"

    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == [f"gold.{number}.png" for number in range(FIRST, FIRST + FRAMES)]
    atlas = write_clip(tmp_path / "again")
    for index, source in enumerate(sources(project)):
        found = read(tmp_path / "out" / files[index])
        assert found.shape == (CLIP[1], CLIP[0], 4)
        if index == FRAMES - 1:
            assert found[..., 3].max() == 0, "the layer ended before"
            continue
        wanted = layer_frame(atlas, "foreground", picture, index, source)
        assert np.abs(found[..., 3] - 0.5 * wanted[..., 3]).max() < 0.002
        visible = found[..., 3] > 0.05
        assert np.abs(found - wanted)[visible, :3].max() < 0.01


def test_the_composite_becomes_a_movie_at_the_source_s_rate(export: Export, project: Project, tmp_path: Path) -> None:
    for out, codec, name in (("a.mov", "prores", "prores"), ("a.mp4", "h264", "h264")):
        path = export(out, format=codec)
        assert path == tmp_path / out
        with av.open(str(path)) as box:
            stream = box.streams.video[0]
            assert (stream.codec_context.name, stream.average_rate) == (name, 24)
            frames = [frame.to_ndarray(format="rgb24") / 255 for frame in box.decode(stream)]
        assert len(frames) == FRAMES
        last = luminance(sources(project)[-1].astype(np.float64))
        assert np.abs(luminance(frames[-1]) - last).mean() < 0.03  # no layer there


def test_composite_pictures_are_the_layer_over_the_source(export: Export, project: Project, tmp_path: Path) -> None:
    export("layer.png", what="layer", layer="gold")
    export("composite.png")
    for index, source in enumerate(sources(project)):
        number = FIRST + index
        layer, found = read(tmp_path / f"layer.{number}.png"), read(tmp_path / f"composite.{number}.png")
        assert np.abs(over(layer, source) - found).max() < 0.001


def test_a_range_and_a_start_number(export: Export, project: Project, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    export("out/a.png", first=FIRST + 1, last=FIRST + 2, start=7)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.0007.png", "a.0008.png"]

    (tmp_path / "area").mkdir()
    export("area/a.png", changed=dataclasses.replace(project, work_in=FIRST + 3))
    assert sorted(path.name for path in (tmp_path / "area").iterdir()) == ["a.1004.png", "a.1005.png"]


def test_a_cancelled_export_leaves_nothing(export: Export, tmp_path: Path) -> None:
    export("a.png")
    for path in tmp_path.glob("a.*.png"):
        path.unlink()
    before = sorted(path.name for path in tmp_path.iterdir())
    for out, form in (("a.png", "png"), ("a.mov", "prores")):
        running = run(
            ClipExport(project=str(tmp_path / "art.patina"), out=str(tmp_path / out), format=form), RunContext()
        )
        next(running)
        next(running)
        running.close()

    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("out", "settings", "message"),
    [
        ("clip/shot.png", {}, "lies among the project's own frames"),
        ("art.patina/a.png", {}, "inside a project"),
        ("nowhere/a.png", {}, "folder .*nowhere does not exist"),
        ("a.png", {"what": "layer", "layer": "rust"}, "no longer in the project"),
        ("a.png", {"first": 3}, "no frame 3"),
        ("a.png", {"first": 1004, "last": 1002}, "before it begins"),
    ],
)
def test_what_cannot_be_exported_is_refused(
    export: Export, out: str, settings: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=message):
        export(out, **settings)
    assert not list(tmp_path.glob("a.*"))


def test_a_still_has_no_frames_to_export(export: Export, project: Project, tmp_path: Path) -> None:
    write_png(tmp_path / "still.png", np.zeros((40, 40, 3), np.float32))
    with pytest.raises(UserError, match="has no clip"):
        export("a.png", changed=Project(Footage(tmp_path / "still.png", 40, 40)))
