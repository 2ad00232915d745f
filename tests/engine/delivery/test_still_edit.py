"""What a user receives recomposites to what was shown, and arrives whole or not at all."""

import errno
import json
import os
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import OpenEXR
import pytest

from engine.compositing import over
from engine.delivery.still_edit import delivered_layer, write_edit
from engine.errors import UserError
from engine.media.formats import FORMATS
from engine.report import Report
from engine.results import EditResult

PICTURES = ["alpha.png", "composite.png", "edit_on_greenscreen.png", "layer.png"]
HEIGHT, WIDTH = 60, 80


def report(steps: int = 3) -> Report:
    return Report(
        job={"kind": "image_edit", "prompt": "größer"},
        guide="starter",
        device="cpu",
        seed=1,
        steps=steps,
        size=(WIDTH, HEIGHT),
        training_size=(WIDTH, HEIGHT),
        seconds={"training": 1.0},
        peak_memory_mb=100.0,
    )


def edit(seed: int = 1, matte: bool = False) -> EditResult:
    """Return an edit with a soft disc as its alpha, noise as its colour, and black where it is hidden."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    alpha = np.clip(1.5 - np.hypot(rows - 30, columns - 40) / 15, 0, 1)
    alpha[0, 0] = 1e-7  # hidden only once it is rounded to 16 bits
    layer = np.random.default_rng(seed).random((HEIGHT, WIDTH, 4), dtype=np.float32)
    layer[..., 3] = alpha
    layer[alpha == 0, :3] = 0
    return EditResult(layer, alpha.astype(np.float32) if matte else None, report(steps=seed))


def source() -> np.ndarray:
    return np.random.default_rng(9).random((HEIGHT, WIDTH, 3), dtype=np.float32)


def read(path: Path) -> np.ndarray:
    """Return a PNG's samples in 0..1, by another library than the one that wrote it."""
    samples = imagecodecs.png_decode(path.read_bytes())
    assert samples.dtype == np.uint16
    return samples / 65535


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def decibels(one: np.ndarray, other: np.ndarray) -> float:
    return float(10 * np.log10(1 / np.mean((one - other) ** 2)))


def test_all_files_arrive_in_a_folder_made_for_them(tmp_path: Path) -> None:
    write_edit(edit(), source(), tmp_path / "new" / "edit")
    assert names(tmp_path / "new" / "edit") == [*PICTURES, "report.json"]
    assert json.loads((tmp_path / "new" / "edit" / "report.json").read_text("utf-8"))["job"]["prompt"] == "größer"


def test_the_layer_comes_in_the_format_that_was_asked_for(tmp_path: Path) -> None:
    write_edit(edit(), source(), tmp_path, FORMATS["exr32"])
    layer = OpenEXR.File(str(tmp_path / "layer.exr")).channels()["RGBA"].pixels
    assert np.abs(layer[..., 3] - edit().layer[..., 3]).max() < 1 / 65535
    write_edit(edit(), source(), tmp_path)
    assert names(tmp_path) == [*PICTURES, "report.json"]  # one layer, not two of different edits


def test_the_layer_recomposites_with_the_source_to_the_composite(tmp_path: Path) -> None:
    write_edit(edit(), source(), tmp_path)
    layer, composite = read(tmp_path / "layer.png"), read(tmp_path / "composite.png")
    recomposited = layer[..., 3:] * layer[..., :3] + (1 - layer[..., 3:]) * source()
    same = np.rint(recomposited * 65535) == np.rint(composite * 65535)
    assert same.mean() > 0.99  # the composite is of the layer as its file holds it, to the last bit
    assert decibels(recomposited, composite) > 95
    assert decibels(over(edit().layer, source()), composite) > 90


def test_another_program_sees_the_same_layer(tmp_path: Path) -> None:
    write_edit(edit(), source(), tmp_path)
    seen = cv2.imread(str(tmp_path / "layer.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(seen[..., [2, 1, 0, 3]] / 65535, read(tmp_path / "layer.png"))


def test_visible_colour_is_kept_and_no_hidden_colour_is_black(tmp_path: Path) -> None:
    write_edit(edit(), source(), tmp_path)
    layer, wanted = read(tmp_path / "layer.png"), edit().layer
    visible = layer[..., 3] > 0
    np.testing.assert_allclose(layer[visible], wanted[visible], atol=1 / 65535)
    colours = {tuple(colour) for colour in layer[visible, :3]}
    assert {tuple(colour) for colour in layer[~visible, :3]} <= colours
    assert layer[0, 0, 3] == 0
    assert tuple(layer[0, 0, :3]) in colours


def test_alpha_matte_and_green_screen_agree_with_the_layer(tmp_path: Path) -> None:
    write_edit(edit(matte=True), source(), tmp_path)
    layer = read(tmp_path / "layer.png")
    alpha = layer[..., 3:]
    assert names(tmp_path) == sorted([*PICTURES, "matte.png", "report.json"])
    np.testing.assert_array_equal(read(tmp_path / "alpha.png"), layer[..., 3])
    np.testing.assert_array_equal(read(tmp_path / "matte.png"), layer[..., 3])
    green = np.array([0, 177, 64]) / 255
    screened = alpha * layer[..., :3] + (1 - alpha) * green
    np.testing.assert_allclose(read(tmp_path / "edit_on_greenscreen.png"), screened, atol=1 / 65535)


def test_the_delivered_layer_is_what_its_file_holds(tmp_path: Path) -> None:
    write_edit(edit(), source(), tmp_path)
    np.testing.assert_allclose(delivered_layer(edit().layer), read(tmp_path / "layer.png"), atol=1e-7)


def test_the_layer_given_is_not_changed(tmp_path: Path) -> None:
    result = edit()
    before = result.layer.copy()
    write_edit(result, source(), tmp_path)
    np.testing.assert_array_equal(result.layer, before)


def test_an_older_edit_s_matte_goes_where_the_new_one_has_none(tmp_path: Path) -> None:
    write_edit(edit(1, matte=True), source(), tmp_path)
    (tmp_path / "notes.txt").write_text("the user's own")
    write_edit(edit(2), source(), tmp_path)
    assert names(tmp_path) == sorted([*PICTURES, "notes.txt", "report.json"])


@pytest.mark.parametrize(("matte", "failing"), [*((True, n) for n in range(6)), *((False, n) for n in range(5))])
def test_a_disk_that_fills_part_way_keeps_an_older_edit_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, matte: bool, failing: int
) -> None:
    write_edit(edit(1, matte=True), source(), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    written: list[Path] = []
    whole = Path.open

    def open_on_a_full_disk(path: Path, mode: str = "r", *more: object, **named: object) -> object:
        file = whole(path, mode, *more, **named)
        if mode.startswith("w"):
            written.append(path)
            if len(written) == failing + 1:
                file.write("half" if "b" not in mode else b"half")
                file.close()
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return file

    monkeypatch.setattr(Path, "open", open_on_a_full_disk)
    with pytest.raises(UserError, match="no room left on the disk"):
        write_edit(edit(2, matte=matte), source(), tmp_path)
    monkeypatch.undo()
    assert len(written) == failing + 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_report_takes_its_name_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    renamed: list[str] = []
    whole = Path.replace

    def noted(path: Path, target: Path) -> Path:
        renamed.append(target.name)
        return whole(path, target)

    monkeypatch.setattr(Path, "replace", noted)
    write_edit(edit(matte=True), source(), tmp_path)
    renamed = [name for name in renamed if not name.startswith(".")]
    assert len(renamed) == 6
    assert renamed[-1] == "report.json"


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"kept")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UserError, match="not a folder"):
            write_edit(edit(), source(), folder)
    assert (tmp_path / "file").read_bytes() == b"kept"
    assert names(tmp_path) == ["file"]
