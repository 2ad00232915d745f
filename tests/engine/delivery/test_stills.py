"""Deliveries of a still's project, read again by other libraries."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import OpenEXR
import pytest
import tifffile

from engine.blending import BlendMode
from engine.colour import from_uint, linear_to_srgb
from engine.compositing import Placed, composite, over
from engine.errors import UserError
from engine.jobs import StillDelivery
from engine.media.png import write_png
from engine.project import EditLayer, Footage, Project
from engine.project_folder import save_project
from tests.engine.delivery.helpers import finish

HEIGHT, WIDTH = 30, 40
OPACITY = 0.5

Deliver = Callable[..., Path]


def smooth(seed: int, channels: int) -> np.ndarray:
    small = np.random.default_rng(seed).random((3, 4, channels), np.float32)
    return cv2.resize(small, (WIDTH, HEIGHT)).astype(np.float32)


@pytest.fixture
def source() -> np.ndarray:
    return smooth(0, 3)


@pytest.fixture
def gold() -> np.ndarray:
    """A layer with hidden pixels, whose colour is black, as a careless program writes it."""
    rgba = smooth(1, 4)
    rgba[:, :10] = 0
    return rgba


@pytest.fixture
def rust() -> np.ndarray:
    return smooth(2, 4)


@pytest.fixture
def project(tmp_path: Path, source: np.ndarray, gold: np.ndarray, rust: np.ndarray) -> Project:
    write_png(tmp_path / "horse.png", source)
    for folder in ("layers", "mattes"):
        (tmp_path / "session" / folder).mkdir(parents=True)
    write_png(tmp_path / "session" / "layers" / "gold.png", gold)
    write_png(tmp_path / "session" / "layers" / "rust.png", rust)
    write_png(tmp_path / "session" / "mattes" / "gold.png", gold[..., 3])
    layers = (
        EditLayer("gold", "gold", "layers/gold.png", opacity=OPACITY, matte="mattes/gold.png"),
        EditLayer("rust", "rust", "layers/rust.png", blend=BlendMode.MULTIPLY),
    )
    return Project(Footage(tmp_path / "horse.png", WIDTH, HEIGHT), layers)


@pytest.fixture
def job(project: Project, tmp_path: Path) -> Callable[..., StillDelivery]:
    def job_for(changed: Project = project, **settings: Any) -> StillDelivery:
        save_project(changed, tmp_path / "art.patina", tmp_path / "session")
        return StillDelivery(**{"project": str(tmp_path / "art.patina"), "folder": str(tmp_path / "out")} | settings)

    return job_for


@pytest.fixture
def deliver(job: Callable[..., StillDelivery]) -> Deliver:
    """Deliver one file, and return it."""

    def deliver_now(**settings: Any) -> Path:
        (file,) = finish(job(**settings))[0].files
        return file

    return deliver_now


def read(path: Path) -> np.ndarray:
    samples = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    orders = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}
    return from_uint(samples if samples.ndim == 2 else cv2.cvtColor(samples, orders[samples.shape[2]]))


def close(found: np.ndarray, expected: np.ndarray, bits: int = 16) -> bool:
    return found.shape == expected.shape and bool(np.abs(found - expected).max() <= 1.5 / (2**bits - 1))


@pytest.mark.parametrize(("form", "bits"), [("png", 16), ("png8", 8)])
def test_the_composite_shows_all_visible_layers(
    deliver: Deliver, source: np.ndarray, gold: np.ndarray, rust: np.ndarray, form: str, bits: int
) -> None:
    path = deliver(format=form)
    assert cv2.imread(str(path), cv2.IMREAD_UNCHANGED).dtype.itemsize * 8 == bits
    expected = composite(source, [Placed(gold, OPACITY), Placed(rust, 1.0, BlendMode.MULTIPLY)])
    assert close(read(path), expected, bits)


def test_hidden_layers_are_left_out(deliver: Deliver, project: Project, source: np.ndarray, gold: np.ndarray) -> None:
    hidden = project.replace_layer(dataclasses.replace(project.layer("rust"), visible=False))
    assert close(read(deliver(changed=hidden)), over(gold, source, OPACITY))
    assert close(read(deliver(changed=Project(project.footage))), source)


def test_a_delivered_layer_makes_the_composite_again_elsewhere(
    deliver: Deliver, source: np.ndarray, gold: np.ndarray
) -> None:
    layer = read(deliver(what="layer", layer="gold"))
    again = source * (1 - layer[..., 3:]) + layer[..., :3] * layer[..., 3:]
    assert close(again, over(gold, source, OPACITY))
    assert np.abs(layer[:, :10, :3]).max() > 0.01, "hidden pixels have their neighbours' colour"
    unbaked = read(deliver(what="layer", layer="gold", bake_opacity=False))
    assert close(unbaked[..., 3], gold[..., 3])


def test_alpha_green_screen_and_matte_show_the_layer_alone(deliver: Deliver, gold: np.ndarray) -> None:
    assert close(read(deliver(what="alpha", layer="gold")), gold[..., 3] * OPACITY)
    green = np.broadcast_to(np.float32([0, 177 / 255, 64 / 255]), (HEIGHT, WIDTH, 3))
    assert close(read(deliver(what="greenscreen", layer="gold")), over(gold, green, OPACITY))
    assert close(read(deliver(what="matte")), gold[..., 3])


def test_a_tiff_says_how_its_alpha_is_meant(deliver: Deliver, gold: np.ndarray) -> None:
    for alpha, kind in (("straight", "UNASSALPHA"), ("premultiplied", "ASSOCALPHA")):
        with tifffile.TiffFile(deliver(what="layer", layer="gold", format="tiff", alpha=alpha)) as tiff:
            page = tiff.pages.first
            assert [each.name for each in page.extrasamples] == [kind]
            found = from_uint(page.asarray())
        assert close(found[..., 3], gold[..., 3] * OPACITY)


def test_passes_of_a_still_part_it_by_the_matte(deliver: Deliver, source: np.ndarray, gold: np.ndarray) -> None:
    path = deliver(what="layer", layer="gold", format="exr32", passes=True)
    channels = OpenEXR.File(str(path), separate_channels=True).channels()
    both = [linear_to_srgb(np.dstack([channels[f"{name}.{each}"].pixels for each in "RGB"])) for name in ("fg", "bg")]
    assert np.abs(channels["fg.A"].pixels + channels["bg.A"].pixels - 1).max() < 1e-6
    assert np.abs(channels["matte.A"].pixels - gold[..., 3]).max() < 1e-4
    opaque = channels["fg.A"].pixels == 0
    assert np.abs(both[1] - source)[opaque].max() < 1e-3


def test_a_layer_without_a_matte_has_no_passes(job: Callable[..., StillDelivery]) -> None:
    result, notices = finish(job(what="layer", layer="rust", format="exr", passes=True))
    assert notices == ["“rust” has no matte, so its files hold no passes."]
    assert set(OpenEXR.File(str(result.files[0]), separate_channels=True).channels()) == set("RGBA")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"name": "horse.png", "folder": "."}, "horse.png is the project's own footage"),
        ({"folder": "art.patina"}, "inside a project"),
        ({"what": "layer", "layer": "fire"}, "no longer in the project"),
        ({"what": "matte", "layer": "rust"}, "No layer has a matte"),
        ({"folder": "horse.png"}, "is a file, not a folder|is not a folder"),
    ],
)
def test_what_must_stay_as_it_is_is_never_written_over(
    job: Callable[..., StillDelivery], tmp_path: Path, settings: dict[str, str], message: str
) -> None:
    asked = job(**settings | {"folder": str(tmp_path / settings.get("folder", "out"))})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.png")}
    with pytest.raises(UserError, match=message):
        finish(asked)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.png")} == before


def test_a_project_without_footage_is_refused(job: Callable[..., StillDelivery]) -> None:
    with pytest.raises(UserError, match="has no footage yet"):
        finish(job(changed=Project()))


def test_a_damaged_layer_is_refused(job: Callable[..., StillDelivery], tmp_path: Path) -> None:
    asked = job()
    file = tmp_path / "art.patina" / "layers" / "gold.png"
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(UserError, match="damaged or cut short"):
        finish(asked)
    assert not (tmp_path / "out").exists()
