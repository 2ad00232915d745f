"""Exporting a saved project from the command line."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.commands import command_line
from engine.media.png import write_png
from engine.project import EditLayer, Footage, Project
from engine.project_folder import save_project

HEIGHT, WIDTH = 40, 60


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A saved project: a gray photograph, and two layers, red and green, of half opacity."""
    photo = tmp_path / "photo.png"
    write_png(photo, np.full((HEIGHT, WIDTH, 3), 0.5, np.float32))
    source = tmp_path / "source"
    (source / "layers").mkdir(parents=True)
    layers = []
    for channel, name in enumerate(["Red", "Green"]):
        rgba = np.zeros((HEIGHT, WIDTH, 4), np.float32)
        rgba[..., channel] = 1
        rgba[..., 3] = 0.5
        write_png(source / "layers" / f"{name}.png", rgba)
        layers.append(EditLayer(name, name, f"layers/{name}.png"))
    folder = tmp_path / "two.patina"
    save_project(Project(Footage(photo, WIDTH, HEIGHT), tuple(layers)), folder, source)
    return folder


def run(*arguments: object) -> int:
    def no_window(file: str | None) -> int:
        pytest.fail("a window was opened")

    return command_line.run([str(argument) for argument in arguments], no_window)


def test_the_composite_is_what_is_exported_unless_a_layer_is_named(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "composite.png"

    assert run("export", project, "--out", out, "--format", "png") == 0

    blue, green, red = cv2.imread(str(out), cv2.IMREAD_UNCHANGED)[0, 0] / 65535
    assert (red, green, blue) == pytest.approx((0.375, 0.625, 0.125), abs=1e-3)


def test_a_layer_is_exported_by_its_name(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "green.png"

    assert run("export", project, "--out", out, "--layer", "Green", "--format", "png") == 0

    assert cv2.imread(str(out), cv2.IMREAD_UNCHANGED)[0, 0].tolist() == [0, 65535, 0, 32768]
    assert str(out) in capsys.readouterr().out


def test_premultiplied_alpha_is_delivered_where_it_is_asked_for(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "green.tif"

    assert run("export", project, "--out", out, "--layer", "Green", "--format", "tiff", "--alpha", "premultiplied") == 0

    assert cv2.imread(str(out), cv2.IMREAD_UNCHANGED)[0, 0, :3].tolist() == pytest.approx([0, 32768, 0], abs=1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--layer", "Blue"], "no layer called Blue; its layers are: Red, Green"),
        (["--layer", "Red", "--composite"], "--layer names one layer, and composite is of more"),
        (["--composite", "--all-layers"], "not allowed with argument"),
        (["--format", "gif"], "'gif' is unknown; choose one of prores, png"),
        (["--format", "mov"], "must end in .mov"),
        (["--format", "h264", "--out", "folder"], "H.264 is for clips"),
        (["--format", "h264", "--out", "folder", "--layer", "Red"], "H.264 cannot hold alpha"),
        (["--out", "picture.gif"], "'picture.gif' must end in .png"),
        (["--out", "two.patina/picture.png"], "lies inside a project"),
        (["--out", "photo.png"], "is the project's own footage"),
        (["--all-layers"], "would both be written to picture.png; add {layer}"),
        (["--name", "{layer}"], "leave --name out"),
        (["--range", "1-2"], "are for projects of clips"),
        (["--what", "texture"], "which are for clips"),
    ],
)
def test_what_cannot_be_exported_is_one_clear_line(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.rglob("*"))

    assert run("export", project, "--out", "picture.png", "--format", "png", *arguments) == 2

    complaint = capsys.readouterr().err
    assert words in complaint
    assert complaint.count("\n") == 1
    assert set(tmp_path.rglob("*")) == before


def test_a_folder_gets_files_named_by_a_pattern(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    for _ in range(2):
        assert run("export", project, "--out", out, "--all-layers", "--format", "tiff16") == 0
    assert (
        run("export", project, "--out", out, "--layer", "Red", "--format", "exr-float", "--name", "{layer}.v{version}")
        == 0
    )

    assert {path.name for path in out.iterdir()} == {
        *(f"photo_{name}_v{version}.tif" for name in ("Red", "Green") for version in ("001", "002")),
        *(f"photo_layers_v{version}.patina.json" for version in ("001", "002")),
        "Red.v001.exr",
        "Red.v001.patina.json",
    }


def test_a_preset_brings_format_and_scripts(project: Path, tmp_path: Path) -> None:
    assert run("export", project, "--out", tmp_path / "ae", "--preset", "after-effects") == 0
    assert {path.name for path in (tmp_path / "ae").iterdir()} == {
        "photo_Red_v001.png",
        "photo_Green_v001.png",
        "photo_layers_v001.jsx",
        "photo_layers_v001.patina.json",
    }
    assert run("export", project, "--out", tmp_path / "b.exr", "--preset", "nuke", "--layer", "Red") == 0
    assert (tmp_path / "b.nk").is_file()


def test_two_layers_of_one_name_are_not_guessed_between(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project / "project.json"
    file.write_text(file.read_text().replace('"name": "Green"', '"name": "Red"'))

    assert run("export", project, "--out", tmp_path / "red.png", "--layer", "Red", "--format", "png") == 2
    assert "2 layers are called Red" in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["cut short", "newer", "absent"])
def test_a_damaged_project_is_one_clear_line(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    file = project / "project.json"
    whole = file.read_text()
    if damage == "cut short":
        file.write_text(whole[: len(whole) // 2])
    elif damage == "newer":
        values = json.loads(whole)
        version = next(name for name in values if isinstance(values[name], int))
        file.write_text(json.dumps({**values, version: 999}))
    else:
        file.unlink()

    assert run("export", project, "--out", tmp_path / "red.png", "--format", "png") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "red.png").exists()
