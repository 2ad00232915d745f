"""Delivered, and brought back: the composite is what it was."""

from collections.abc import Generator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from engine.atlas.atlas_folder import save_atlas
from engine.atlas.painting import blank_picture
from engine.blending import BlendMode
from engine.clip_frames import layers_at
from engine.compositing import bleed, composite
from engine.context import RunContext
from engine.delivery.run import run_delivery
from engine.errors import UserError
from engine.jobs import ClipDelivery, Delivery, LayerImport, StillDelivery
from engine.layer_import.run import run_layer_import
from engine.media.formats import FormatName
from engine.media.png import write_png
from engine.media.stills import read_still
from engine.media.writers.slate import AlphaMode
from engine.project import EditLayer, Footage, Project
from engine.project_folder import load_project, save_project
from engine.results import DeliveryResult, ImportResult
from tests.engine.layer_import.sources import (
    FIRST,
    FRAMES,
    backdrop,
    ball,
    clip_project,
    still_project,
)
from tests.engine.small_atlas import write_clip

T = TypeVar("T")
NUMBERS = range(FIRST, FIRST + FRAMES)
# Least PSNR of the composite, in dB: 60 for 16 bits and float, 48 for 10 bits, and what 8 bits and compression leave.
DELIVERIES: list[tuple[FormatName, AlphaMode, float]] = [
    ("png", "straight", 60),
    ("png8", "premultiplied", 60),
    ("tiff", "premultiplied", 60),
    ("exr", "straight", 60),
    ("exr32", "premultiplied", 60),
    ("prores4444", "straight", 60),
    ("prores4444", "premultiplied", 60),
    ("ffv1", "straight", 60),
    ("cineform", "straight", 60),
    ("animation", "premultiplied", 60),
    ("vp9", "straight", 48),
    ("vp9", "premultiplied", 48),
]


def with_ball(folder: Path, **given: Any) -> EditLayer:
    """Give a saved project of a clip a layer with a picture for each frame."""
    layer = EditLayer("ball", "Ball", "layers/ball", frames=(NUMBERS[0], NUMBERS[-1]), **given)
    (folder / layer.picture).mkdir()
    for place, name in enumerate(layer.pictures):
        write_png(folder / name, ball(place))
    save_project(load_project(folder).add_layer(layer), folder, folder)
    return layer


def delivered(job: Delivery) -> DeliveryResult:
    return finished(run_delivery(job, RunContext()))


def imported(folder: Path, source: Path, **given: Any) -> ImportResult:
    return finished(run_layer_import(LayerImport(str(folder), str(source), "back", **given), RunContext()))


def finished(run: Generator[object, None, T]) -> T:
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value


def as_source(result: DeliveryResult) -> Path:
    """Return the movie, or the pattern of the pictures."""
    first = result.files[0]
    return first if len(result.files) == 1 else first.with_name(f"Ball.%04d{first.suffix}")


def pixels(folder: Path, layer: EditLayer, number: int = 0) -> np.ndarray:
    return pixels_of(folder, layer.picture_at(number))


def pixels_of(folder: Path, name: str) -> np.ndarray:
    still = read_still(folder / name)
    return np.dstack([still.rgb, still.alpha])


def composite_of(folder: Path, layer: EditLayer, number: int) -> np.ndarray:
    project = replace(load_project(folder), layers=(layer,))
    return composite(backdrop(), layers_at(project, number, backdrop(), partial(pixels_of, folder), no_atlas))


def no_atlas(_name: str) -> None:
    raise AssertionError("the layer lies on none")


@pytest.mark.parametrize(("form", "alpha", "least"), DELIVERIES)
def test_a_delivered_layer_comes_back_as_it_was(
    tmp_path: Path, form: FormatName, alpha: AlphaMode, least: float
) -> None:
    project = clip_project(tmp_path, timecode="01:00:00:00")
    layer = with_ball(project, blend=BlendMode.SCREEN, opacity=0.5)
    job = ClipDelivery(str(project), str(tmp_path / "out"), "layer", "ball", form, "{layer}", alpha=alpha, first=1002)
    result = imported(project, as_source(delivered(job)))
    assert result.alpha == alpha
    assert (result.layer.name, result.layer.frames) == ("Ball", (1002, NUMBERS[-1]))
    assert (result.layer.blend, result.layer.opacity) == (BlendMode.SCREEN, 1), "its opacity is in its alpha"
    for number in NUMBERS[1:]:
        error = composite_of(project, result.layer, number) - composite_of(project, layer, number)
        assert -10 * np.log10(np.square(error).mean() + 1e-20) >= least


def test_renumbered_files_go_back_to_their_frames(tmp_path: Path) -> None:
    project = clip_project(tmp_path)
    layer = with_ball(project, opacity_keys=((1001, 0.0), (1004, 1.0)))
    job = ClipDelivery(
        str(project), str(tmp_path / "out"), "layer", "ball", "png", "{layer}", start=1, bake_opacity=False
    )
    files = delivered(job).files
    files[0].unlink()  # only a part of them comes back
    result = imported(project, tmp_path / "out" / "Ball.####.png")
    assert result.layer.frames == (1002, 1004)
    assert result.layer.opacity_keys == layer.opacity_keys, "it was left out of the alpha"
    assert np.array_equal(pixels(project, result.layer, 1003), pixels(project, layer, 1003))


def test_pixels_that_prove_the_sidecar_wrong_count_more(tmp_path: Path) -> None:
    project = still_project(tmp_path)
    write_png(project / "layers" / "ball.png", ball(0))
    save_project(load_project(project).add_layer(EditLayer("ball", "Ball", "layers/ball.png")), project, project)
    job = StillDelivery(str(project), str(tmp_path / "out"), "layer", "ball", "png", "{layer}", alpha="premultiplied")
    (file,) = delivered(job).files
    assert imported(project, file).alpha == "premultiplied"
    write_png(file, ball(1))
    assert imported(project, file).alpha == "straight"


@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"files": [{"file": "Ball.####.png"}]}'])
def test_a_damaged_sidecar_is_passed_over(tmp_path: Path, damage: str) -> None:
    project = clip_project(tmp_path)
    with_ball(project)
    job = ClipDelivery(str(project), str(tmp_path / "out"), "layer", "ball", "png", "{layer}")
    result = delivered(job)
    result.sidecar.write_text(damage)
    assert imported(project, as_source(result)).layer.frames == (NUMBERS[0], NUMBERS[-1])


@pytest.fixture
def on_atlas(tmp_path: Path) -> Path:
    """Return a saved project of a clip with an atlas, and a painting on its background."""
    clip, folder = tmp_path / "shot", tmp_path / "art.patina"
    atlas = write_clip(clip)
    save_atlas(atlas, folder / "atlases" / "a")
    (folder / "layers").mkdir()
    rgba = blank_picture(atlas, "background")
    rgba[10:30, 20:50] = (1, 0.5, 0, 0.75)
    write_png(folder / "layers" / "dab.png", bleed(rgba))
    footage = Footage(clip, *atlas.clip.size, len(atlas.clip.numbers), Fraction(24), atlas.clip.numbers[0])
    layer = EditLayer("dab", "Dab", "layers/dab.png", atlas_layer="background")
    save_project(Project(footage, (layer,), atlas="atlases/a"), folder, folder)
    return folder


@pytest.mark.parametrize("has_sidecar", [True, False])
def test_a_picture_of_the_atlas_comes_back_onto_it(tmp_path: Path, on_atlas: Path, has_sidecar: bool) -> None:
    result = delivered(ClipDelivery(str(on_atlas), str(tmp_path / "out"), "texture", format="png", name="{layer}"))
    if not has_sidecar:
        result.sidecar.unlink()
    layer = imported(on_atlas, tmp_path / "out" / "Dab_edit.png").layer
    assert (layer.atlas_layer, layer.frames, layer.job) == ("background", None, None)
    assert layer.name == ("Dab" if has_sidecar else "Dab_edit")
    assert np.array_equal(pixels(on_atlas, layer), pixels(on_atlas, load_project(on_atlas).layer("dab")))


def test_a_picture_that_fits_two_layers_of_the_atlas_needs_a_name(tmp_path: Path, on_atlas: Path) -> None:
    project = load_project(on_atlas)
    both = replace(project.layer("dab"), id="other", atlas_layer="foreground")
    save_project(project.add_layer(both), on_atlas, on_atlas)
    source = on_atlas / "layers" / "dab.png"
    with pytest.raises(UserError, match="“background” or “foreground” of the atlas; say --atlas-layer"):
        imported(on_atlas, source)
    assert imported(on_atlas, source, atlas_layer="foreground").layer.atlas_layer == "foreground"
    with pytest.raises(UserError, match=r"has no layer “sky” .* its layers are: background, foreground"):
        imported(on_atlas, source, atlas_layer="sky")


def test_a_clip_is_no_picture_of_the_atlas(tmp_path: Path, on_atlas: Path) -> None:
    write_png(tmp_path / "dab.1001.png", ball(0))
    with pytest.raises(UserError, match="is a clip, and a layer of the atlas takes one picture"):
        imported(on_atlas, tmp_path / "dab.%04d.png", atlas_layer="background")
