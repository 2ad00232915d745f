"""Deliveries of a clip's project, read again by other libraries."""

import dataclasses
import json
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import OpenEXR
import pytest

from engine.atlas.rendering import layer_frame
from engine.colour import from_uint, linear_to_srgb, luminance
from engine.compositing import over
from engine.context import RunContext
from engine.delivery import rendering
from engine.delivery.sizes import size_text
from engine.errors import UserError
from engine.files import writing
from engine.jobs import ClipDelivery
from engine.media.clips import open_clip, probe_clip
from engine.media.png import write_png
from engine.media.writers.movie import open_movie
from engine.media.writers.slate import Slate
from engine.project import EditLayer, Footage, Project
from engine.runs import run
from tests.engine.delivery.helpers import Deliver, finish
from tests.engine.small_atlas import CLIP, DISC, FIRST, FRAMES, small_atlas

NUMBERS = range(FIRST, FIRST + FRAMES)


def read(path: Path) -> np.ndarray:
    samples = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if samples.ndim == 2:
        return from_uint(samples)
    return from_uint(cv2.cvtColor(samples, cv2.COLOR_BGRA2RGBA if samples.shape[2] == 4 else cv2.COLOR_BGR2RGB))


def sources(project: Project) -> list[np.ndarray]:
    assert project.footage is not None
    with open_clip(project.footage.path) as clip:
        return [from_uint(clip.read(index)) for index in range(FRAMES)]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_layer_becomes_a_sequence_with_its_opacity_in_its_alpha(
    deliver: Deliver, project: Project, picture: np.ndarray, tmp_path: Path
) -> None:
    result = deliver(what="layer", layer="gold")

    assert names(tmp_path / "out") == [
        *(f"clip_gold_v001.{number}.png" for number in NUMBERS),
        "clip_gold_v001.patina.json",
    ]
    assert result.files == tuple(tmp_path / "out" / f"clip_gold_v001.{number}.png" for number in NUMBERS)
    atlas = small_atlas(tmp_path / "clip")
    for index, source in enumerate(sources(project)):
        found = read(result.files[index])
        if index == FRAMES - 1:
            assert found[..., 3].max() == 0, "the layer ended before"
            continue
        wanted = layer_frame(atlas, "foreground", picture, index, source)
        assert np.abs(found[..., 3] - 0.5 * wanted[..., 3]).max() < 0.002
        visible = found[..., 3] > 0.05
        assert np.abs(found - wanted)[visible, :3].max() < 0.01


def test_a_layer_without_its_opacity_is_left_to_the_script_that_sets_it(deliver: Deliver, tmp_path: Path) -> None:
    plain = read(deliver(what="layer", layer="gold").files[0])
    script = deliver(what="layer", layer="gold", name="b", handoffs=("nuke",))
    assert np.abs(read(script.files[0])[..., 3] - 2 * plain[..., 3]).max() < 0.001
    assert [path.name for path in script.scripts] == ["b.nk"]
    assert script.scripts[0].is_file()


def test_composite_pictures_are_the_layer_over_the_source(deliver: Deliver, project: Project) -> None:
    layers, composites = deliver(what="layer", layer="gold").files, deliver().files
    for layer, composite, source in zip(layers, composites, sources(project), strict=True):
        assert np.abs(over(read(layer), source) - read(composite)).max() < 0.001


def test_a_layer_becomes_a_movie_with_alpha_and_the_composite_one_without(deliver: Deliver, project: Project) -> None:
    layer = deliver(what="layer", layer="gold", format="prores4444")
    composite = deliver(format="h264")
    assert [path.name for path in (*layer.files, *composite.files)] == ["clip_gold_v001.mov", "clip_composite_v001.mp4"]
    with av.open(str(layer.files[0])) as box:
        stream = box.streams.video[0]
        assert (stream.codec_context.name, stream.average_rate, stream.frames) == ("prores", 24, FRAMES)
        assert box.metadata["prompt"] == "größer gold"
        assert stream.codec_context.pix_fmt.startswith("yuva444p")
    with av.open(str(composite.files[0])) as box:
        frames = [frame.to_ndarray(format="rgb24") / 255 for frame in box.decode(video=0)]
    last = luminance(sources(project)[-1].astype(np.float64))
    assert len(frames) == FRAMES
    assert np.abs(luminance(frames[-1]) - last).mean() < 0.03  # no layer there


def test_exr_holds_passes(deliver: Deliver, project: Project, tmp_path: Path) -> None:
    result = deliver(what="layer", layer="gold", format="exr32", passes=True, start=7)
    assert [path.name for path in result.files] == [f"clip_gold_v001.{number:04}.exr" for number in range(7, 12)]
    source = sources(project)[0]
    channels = OpenEXR.File(str(result.files[0]), separate_channels=True).channels()
    values = {name: channels[name].pixels for name in channels}
    matte = values["matte.A"]
    assert 0 == matte.min() < matte.max() == 1
    inside, outside = matte == 1, matte == 0
    foreground = linear_to_srgb(np.dstack([values[f"fg.{each}"] for each in "RGB"]))
    assert np.abs(foreground - source)[inside].max() < 0.001
    assert np.abs(values["fg.A"] - matte).max() == 0
    plate = linear_to_srgb(np.dstack([values[f"bg.{each}"] for each in "RGB"]))
    atlas = small_atlas(tmp_path / "clip")
    away = cv2.dilate(matte, np.ones((31, 31), np.uint8)) == 0
    assert np.abs(plate - source)[away].max() < 0.001, "the footage itself, away from the object"
    ground = atlas.layer("background").texture
    seen = cv2.resize(ground[10 : 10 + 64, 0:96], CLIP, interpolation=cv2.INTER_LINEAR)
    assert np.abs(plate - seen)[inside].mean() < 0.02, "what the object hides"
    assert outside.any()


def test_mattes_textures_and_uv_maps_of_the_atlas(deliver: Deliver, tmp_path: Path, picture: np.ndarray) -> None:
    mattes = deliver(what="matte", format="png8")
    assert {path.name for path in mattes.files} == {f"clip_foreground_matte_v001.{number}.png" for number in NUMBERS}
    assert mattes.sidecar.name == "clip_foreground_matte_v001.patina.json"
    assert read(mattes.files[0]).max() == 1

    textures = deliver(what="texture", format="prores4444")
    assert [path.name for path in textures.files] == [
        "clip_background_texture_v001.png",
        "clip_foreground_texture_v001.png",
        "clip_gold_edit_v001.png",
    ]
    assert textures.sidecar.name == "clip_textures_v001.patina.json"
    assert np.abs(read(textures.files[2]) - picture).max() < 0.001

    maps = deliver(what="uv", format="exr32")
    assert len(maps.files) == 2 * FRAMES
    pixels = OpenEXR.File(str(maps.files[0])).channels()["RGBA"].pixels
    assert pixels.shape == (CLIP[1], CLIP[0], 4)
    assert (maps.files[0].name, pixels[..., 3].max()) == (f"clip_background_uv_v001.{FIRST}.exr", 1)


def test_all_seen_layers_get_files_of_their_own(deliver: Deliver, project: Project) -> None:
    rust = EditLayer("rust", "rust", "layers/gold.png", atlas_layer="foreground")
    hidden = dataclasses.replace(rust, id="no", name="no", visible=False)
    result = deliver(changed=project.add_layer(rust).add_layer(hidden), what="layers", first=FIRST, last=FIRST)
    assert [path.name for path in result.files] == ["clip_gold_v001.1001.png", "clip_rust_v001.1001.png"]
    assert result.sidecar.name == "clip_layers_v001.patina.json"


def test_scripts_for_footage_of_a_varying_rate_say_that_theirs_does_not_vary(
    job, project: Project, tmp_path: Path, picture: np.ndarray
) -> None:
    times = tuple(Fraction(time, 30) for time in (0, 1, 3, 4))
    with open_movie(tmp_path / "phone.mov", Slate((DISC, DISC), Fraction(24), times), "prores422") as movie:
        for _ in times[1:]:
            movie.write(picture[..., :3])
    info = probe_clip(tmp_path / "phone.mov")
    layer = EditLayer("gold", "gold", "layers/gold.png")
    uneven = Project(Footage(tmp_path / "phone.mov", DISC, DISC, info.frames, info.rate), (layer,))

    result, notices = finish(job(changed=uneven, what="layer", layer="gold", format="png", handoffs=("nuke",)))
    told = json.loads(result.sidecar.read_text(encoding="utf-8"))
    assert [notice for notice in notices if "rate varies" in notice] == notices
    assert told["notices"] == notices
    assert told["footage"]["times"] is not None
    assert "rate varies" in result.scripts[0].read_text(encoding="utf-8")


def test_the_sidecar_tells_what_a_colleague_needs(deliver: Deliver, project: Project) -> None:
    result = deliver(what="layer", layer="gold", format="exr", start=7, first=FIRST + 1)
    told = json.loads(result.sidecar.read_text(encoding="utf-8"))

    assert told["footage"]["rate"] == "24"
    assert told["footage"]["size"] == list(CLIP)
    delivery = told["delivery"]
    assert (delivery["source_frames"], delivery["file_numbers"]) == ([FIRST + 1, FIRST + 4], [7, 10])
    assert (delivery["alpha"], delivery["transfer"], delivery["opacity_baked"]) == ("premultiplied", "linear", True)
    (layer,) = told["layers"]
    assert (layer["opacity"], layer["last"], layer["blend"]) == (0.5, FIRST + 3, "normal")
    assert (layer["job"]["prompt"], layer["job"]["seed"]) == ("größer gold", 7)
    assert layer["files"] == ["clip_gold_v001.####.exr"]
    assert told["patina"] != "unknown"
    assert told["files"][0]["file"] == "clip_gold_v001.####.exr"
    assert "The file numbered 7 shows the source's frame 1002." in told["how_to_read"]
    assert ClipDelivery.from_json(told["job"]).start == 7


def test_a_hidden_or_empty_layer_is_delivered_and_noted(job, project: Project) -> None:
    hidden = dataclasses.replace(project.layers[0], visible=False)
    late = job(project.replace_layer(hidden), what="layer", layer="gold", first=FIRST + 4)
    result, notices = finish(late)
    assert read(result.files[0])[..., 3].max() == 0
    assert [("hidden" in notice, "empty" in notice) for notice in notices] == [(True, False), (False, True)]
    with pytest.raises(UserError, match="No layer is visible"):
        finish(job(project.replace_layer(hidden), what="layers"))


def test_frames_of_a_longer_delivery_are_told_of_and_stay(job, tmp_path: Path) -> None:
    finish(job(name="a"))
    result, notices = finish(job(name="a", last=FIRST + 1))
    assert len(result.files) == 2
    assert any("3 files of an earlier export" in notice for notice in notices)
    assert (tmp_path / "out" / f"a.{FIRST + 4}.png").is_file()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"folder": "clip"}, "holds the project's own frames"),
        ({"folder": "art.patina/deep/inside"}, "inside a project"),
        ({"what": "layer", "layer": "rust"}, "no longer in the project"),
        ({"first": 3}, "no frame 3"),
        ({"first": 1004, "last": 1002}, "before it begins"),
        ({"name": "{colour}"}, "unknown"),
        ({"name": "what?"}, "“\\?”"),
        ({"what": "texture", "name": "same"}, "would both be written to same.png"),
    ],
)
def test_what_cannot_be_delivered_is_refused_and_leaves_nothing(
    job, settings: dict[str, str], message: str, tmp_path: Path
) -> None:
    job()
    before = sorted(tmp_path.rglob("*"))
    folder = {"folder": str(tmp_path / settings["folder"])} if "folder" in settings else {}
    with pytest.raises(UserError, match=message):
        finish(job(**settings | folder))
    assert sorted(tmp_path.rglob("*")) == before


def test_two_layers_of_one_name_are_not_written_to_one_file(deliver: Deliver, project: Project) -> None:
    twin = dataclasses.replace(project.layers[0], id="twin", name="GOLD")
    with pytest.raises(UserError, match="“gold” and “GOLD” would have the same file name; rename"):
        deliver(changed=project.add_layer(twin), what="layers")


def test_a_full_disk_is_refused_before_anything_is_written(
    job, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("engine.delivery.sizes.free_room", lambda _folder: 1000)
    with pytest.raises(UserError, match=f"may need .*, but only {size_text(1000)} are free"):
        finish(job())
    assert not (tmp_path / "out").exists()


def test_a_disk_that_fills_up_leaves_nothing(job, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(path: Path, *_others: object) -> None:
        with writing(path):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(rendering, "write_picture", refuse)
    with pytest.raises(UserError, match="no room left"):
        finish(job())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("form", ["png", "prores422"])
def test_a_cancelled_delivery_leaves_nothing(job, form: str, tmp_path: Path) -> None:
    cancelled = job(format=form)
    before = names(tmp_path)
    running = run(cancelled, RunContext())
    next(running)
    next(running)
    running.close()
    assert names(tmp_path) == before


def test_a_project_of_a_still_is_no_clip(job, tmp_path: Path) -> None:
    write_png(tmp_path / "still.png", np.zeros((40, 40, 3), np.float32))
    with pytest.raises(UserError, match="is of a picture; export it as a still"):
        finish(job(Project(Footage(tmp_path / "still.png", 40, 40))))
