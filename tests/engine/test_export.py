import dataclasses
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile

from engine.blending import BlendMode
from engine.colour import from_uint
from engine.compositing import Placed, composite, over
from engine.context import RunContext
from engine.errors import UserError
from engine.events import Progress
from engine.export import run_export
from engine.jobs import StillExport
from engine.media.png import write_png
from engine.project import EditLayer, Footage, Project
from engine.project_folder import save_project

HEIGHT, WIDTH = 30, 40
OPACITY = 0.5


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
    (tmp_path / "session" / "layers").mkdir(parents=True)
    write_png(tmp_path / "session" / "layers" / "gold.png", gold)
    write_png(tmp_path / "session" / "layers" / "rust.png", rust)
    layers = (
        EditLayer("gold", "gold", "layers/gold.png", opacity=OPACITY),
        EditLayer("rust", "rust", "layers/rust.png", blend=BlendMode.MULTIPLY),
    )
    return Project(Footage(tmp_path / "horse.png", WIDTH, HEIGHT), layers)


Export = Callable[..., Path]


@pytest.fixture
def export(project: Project, tmp_path: Path) -> Export:
    def export_still(out: str = "out.png", changed: Project = project, **settings: object) -> Path:
        folder = tmp_path / "art.patina"
        save_project(changed, folder, tmp_path / "session")
        return finish(StillExport(project=str(folder), out=str(tmp_path / out), **settings))

    return export_still


def finish(job: StillExport) -> Path:
    run = run_export(job, RunContext())
    while True:
        try:
            next(run)
        except StopIteration as stop:
            return stop.value


def read(path: Path) -> np.ndarray:
    """Read a PNG with OpenCV alone."""
    samples = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    orders = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}
    return from_uint(samples if samples.ndim == 2 else cv2.cvtColor(samples, orders[samples.shape[2]]))


def close(found: np.ndarray, expected: np.ndarray, bits: int = 16) -> bool:
    return found.shape == expected.shape and bool(np.abs(found - expected).max() <= 1.5 / (2**bits - 1))


@pytest.mark.parametrize("bits", [8, 16])
def test_the_composite_shows_all_visible_layers(
    export: Export, source: np.ndarray, gold: np.ndarray, rust: np.ndarray, bits: int
) -> None:
    path = export(bits=bits)
    assert cv2.imread(str(path), cv2.IMREAD_UNCHANGED).dtype.itemsize * 8 == bits
    expected = composite(source, [Placed(gold, OPACITY), Placed(rust, 1.0, BlendMode.MULTIPLY)])
    assert close(read(path), expected, bits)


def test_hidden_layers_are_left_out(export: Export, project: Project, source: np.ndarray, gold: np.ndarray) -> None:
    hidden = project.replace_layer(dataclasses.replace(project.layer("rust"), visible=False))
    assert close(read(export(changed=hidden)), over(gold, source, OPACITY))
    empty = Project(project.footage)
    assert close(read(export(changed=empty)), source)


def test_an_exported_layer_makes_the_composite_again_elsewhere(
    export: Export, project: Project, source: np.ndarray, gold: np.ndarray
) -> None:
    layer = read(export(what="layer", layer="gold"))
    assert layer.shape == (HEIGHT, WIDTH, 4)
    again = source * (1 - layer[..., 3:]) + layer[..., :3] * layer[..., 3:]
    assert close(again, over(gold, source, OPACITY))
    assert np.abs(layer[:, :10, :3]).max() > 0.01, "hidden pixels have their neighbours' colour"
    assert close(layer[:, 10:, :3], gold[:, 10:, :3])


def test_a_hidden_layer_can_be_exported_alone(export: Export, project: Project) -> None:
    hidden = project.replace_layer(dataclasses.replace(project.layer("gold"), visible=False))
    assert read(export(changed=hidden, what="layer", layer="gold"))[..., 3].max() > 0.1


def test_alpha_and_green_screen_show_the_layer_alone(export: Export, gold: np.ndarray) -> None:
    assert close(read(export(what="alpha", layer="gold")), gold[..., 3] * OPACITY)
    green = np.broadcast_to(np.float32([0, 177 / 255, 64 / 255]), (HEIGHT, WIDTH, 3))
    assert close(read(export(what="greenscreen", layer="gold")), over(gold, green, OPACITY))


def test_premultiplied_colour_is_what_straight_colour_weighs(export: Export, gold: np.ndarray) -> None:
    layer = read(export(what="layer", layer="gold", alpha="premultiplied"))
    alpha = gold[..., 3:] * OPACITY
    assert close(layer, np.dstack([gold[..., :3] * alpha, alpha]))


@pytest.mark.parametrize(("alpha", "kind"), [("straight", "UNASSALPHA"), ("premultiplied", "ASSOCALPHA")])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_tiff_says_how_its_alpha_is_meant(export: Export, gold: np.ndarray, alpha: str, kind: str, bits: int) -> None:
    path = export("out.tif", what="layer", layer="gold", format="tiff", alpha=alpha, bits=bits)
    with tifffile.TiffFile(path) as tiff:
        page = tiff.pages.first
        assert [each.name for each in page.extrasamples] == [kind]
        assert page.bitspersample == bits
        found = from_uint(page.asarray())
    assert close(found[..., 3], gold[..., 3] * OPACITY, bits)


@pytest.mark.parametrize("what", ["composite", "alpha", "greenscreen"])
def test_a_tiff_without_alpha_has_no_extra_channel(export: Export, what: str) -> None:
    path = export("out.tif", what=what, layer="gold", format="tiff", alpha="premultiplied")
    with tifffile.TiffFile(path) as tiff:
        assert tiff.pages.first.extrasamples == ()
        assert tiff.pages.first.shape == ((HEIGHT, WIDTH) if what == "alpha" else (HEIGHT, WIDTH, 3))


def test_progress_counts_to_its_end(export: Export, project: Project, tmp_path: Path) -> None:
    export()
    events = list(run_export(StillExport(str(tmp_path / "art.patina"), str(tmp_path / "out.png")), RunContext()))
    assert all(isinstance(event, Progress) for event in events)
    assert [(event.step, event.steps) for event in events] == [(1, 3), (2, 3), (3, 3)]


def test_a_cancelled_export_writes_nothing(export: Export, tmp_path: Path) -> None:
    out = export()
    out.unlink()
    run = run_export(StillExport(str(tmp_path / "art.patina"), str(out)), RunContext())
    next(run)
    run.close()
    assert not out.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["art.patina", "horse.png", "session"]


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("horse.png", "the project's own picture"),
        ("session/../horse.png", "the project's own picture"),
        ("art.patina/out.png", "inside a project"),
        ("art.patina/layers/gold.png", "inside a project"),
        ("nowhere/out.png", "folder .*nowhere does not exist"),
    ],
)
def test_what_must_stay_as_it_is_is_never_written_over(export: Export, tmp_path: Path, out: str, message: str) -> None:
    export()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.png")}
    with pytest.raises(UserError, match=message):
        export(out)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.png")} == before


def test_an_unknown_layer_is_refused(export: Export) -> None:
    with pytest.raises(UserError, match="no longer in the project"):
        export(what="layer", layer="fire")


def test_a_project_without_footage_is_refused(export: Export) -> None:
    with pytest.raises(UserError, match="no picture yet"):
        export(changed=Project())


def test_a_layer_of_another_size_is_refused(export: Export, project: Project, tmp_path: Path) -> None:
    write_png(tmp_path / "session" / "layers" / "small.png", np.ones((20, 20, 4), np.float32))
    with pytest.raises(UserError, match="“small” is 20 × 20 pixels, but the picture 40 × 30"):
        export(changed=project.add_layer(EditLayer("small", "small", "layers/small.png")))


def test_a_damaged_layer_is_refused(export: Export, project: Project, tmp_path: Path) -> None:
    whole = (tmp_path / "session" / "layers" / "gold.png").read_bytes()
    (tmp_path / "session" / "layers" / "gold.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match="damaged or cut short"):
        export()
