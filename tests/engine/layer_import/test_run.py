"""Layers come back from other programs: as they were, or refused with a sentence that says what to do."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
import pytest

from engine.colour import Bits, srgb_to_linear
from engine.compositing import over, premultiply
from engine.context import RunContext
from engine.errors import UserError
from engine.events import Notice, Progress
from engine.jobs import LayerImport
from engine.layer_import.run import run_layer_import
from engine.media.png import write_png
from engine.media.stills import read_still
from engine.media.tiff import write_tiff
from engine.project import EditLayer
from engine.results import ImportResult
from tests.engine.layer_import.sources import (
    FIRST,
    FRAMES,
    HEIGHT,
    RATE,
    WIDTH,
    backdrop,
    ball,
    clip_project,
    still_project,
    write_rgba_movie,
)

BALLS = [ball(place) for place in range(FRAMES)]
MOVIES = {
    "prores.mov": ("prores_ks", "yuva444p10le", {"profile": "4444", "alpha_bits": "16"}, 52),
    "ffv1.mkv": ("ffv1", "gbrap16le", {}, 90),
    "cineform.mov": ("cfhd", "gbrap12le", {}, 52),
    "animation.mov": ("qtrle", "argb", {}, 48),
    "vp9.webm": ("libvpx-vp9", "yuva420p", {"crf": "10", "b": "0", "cpu-used": "8"}, 38),
}


def job(project: Path, source: Path, **given: Any) -> LayerImport:
    return LayerImport(str(project), str(source), "new", **given)


def imported(asked: LayerImport) -> tuple[ImportResult, list[Notice | Progress]]:
    run, events = run_layer_import(asked, RunContext()), []
    while True:
        try:
            events.append(next(run))
        except StopIteration as end:
            return end.value, events


def pixels(project: Path, layer: EditLayer, number: int = FIRST) -> np.ndarray:
    still = read_still(project / layer.picture_at(number))
    assert still.bits == 16
    assert still.alpha is not None
    return np.dstack([still.rgb, still.alpha])


def psnr_of_composite(found: np.ndarray, truth: np.ndarray) -> float:
    error = np.square(over(found, backdrop()) - over(truth, backdrop())).mean()
    return float(-10 * np.log10(max(error, 1e-20)))


def written(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize("is_straight", [True, False], ids=["straight", "premultiplied"])
@pytest.mark.parametrize("name", MOVIES)
def test_a_movie_comes_back_frame_for_frame(tmp_path: Path, name: str, is_straight: bool) -> None:
    codec, stored, options, least_db = MOVIES[name]
    frames = BALLS if is_straight else [premultiply(each) for each in BALLS]
    source = write_rgba_movie(tmp_path / name, codec, stored, frames, options)
    project = clip_project(tmp_path)
    result, events = imported(job(project, source))
    assert result.layer == EditLayer("new", source.stem, "layers/new", frames=(FIRST, FIRST + FRAMES - 1))
    assert result.alpha == ("straight" if is_straight else "premultiplied")
    for number, truth in zip(range(FIRST, FIRST + FRAMES), BALLS, strict=True):
        assert psnr_of_composite(pixels(project, result.layer, number), truth) >= least_db
    steps = [event.step for event in events if isinstance(event, Progress)]
    assert steps == list(range(FRAMES + 1))


def test_the_files_tags_count_where_the_frames_have_none(tmp_path: Path) -> None:
    codec, stored, options, least_db = MOVIES["prores.mov"]
    source = write_rgba_movie(tmp_path / "a.mov", codec, stored, BALLS, options, has_tagged_frames=False)
    project = clip_project(tmp_path)
    result, _ = imported(job(project, source))
    assert psnr_of_composite(pixels(project, result.layer), BALLS[0]) >= least_db


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("alpha", ["straight", "premultiplied"])
def test_a_png_sequence_comes_back_with_its_own_numbers(tmp_path: Path, bits: Bits, alpha: str) -> None:
    for number, rgba in zip((FIRST + 1, FIRST + 2), BALLS, strict=False):
        write_png(tmp_path / f"gold.{number}.png", rgba if alpha == "straight" else premultiply(rgba), bits)
    project = clip_project(tmp_path)
    result, _ = imported(job(project, tmp_path / "gold.####.png"))
    assert (result.layer.name, result.layer.frames, result.alpha) == ("gold", (FIRST + 1, FIRST + 2), alpha)
    for number, truth in zip((FIRST + 1, FIRST + 2), BALLS, strict=False):
        found = pixels(project, result.layer, number)
        assert psnr_of_composite(found, truth) >= (50 if bits == 8 else 90)
        assert found[0, 0, :3] != pytest.approx(0, abs=0.05), "colour is bled under the hidden pixels"


@pytest.mark.parametrize("is_premultiplied", [True, False])
def test_a_tiffs_own_word_on_its_alpha_counts(tmp_path: Path, is_premultiplied: bool) -> None:
    veil = np.full((HEIGHT, WIDTH, 4), 0.5, np.float32)  # of which the pixels could not tell
    source = tmp_path / "veil.tif"
    write_tiff(source, premultiply(veil) if is_premultiplied else veil, premultiplied=is_premultiplied)
    project = still_project(tmp_path)
    result, _ = imported(job(project, source))
    assert pixels(project, result.layer) == pytest.approx(0.5, abs=1e-4)
    other = job(project, source, alpha="straight" if is_premultiplied else "premultiplied")
    result, _ = imported(replace(other, layer="other"))
    expected = 0.25 if is_premultiplied else 1.0
    assert pixels(project, result.layer)[..., :3] == pytest.approx(expected, abs=1e-4), "unless the user knows better"


def test_linear_light_becomes_display_values(tmp_path: Path) -> None:
    linear = np.dstack([srgb_to_linear(BALLS[0][..., :3]), BALLS[0][..., 3]])
    write_png(tmp_path / "ball.png", premultiply(linear))
    project = still_project(tmp_path)
    result, _ = imported(job(project, tmp_path / "ball.png", transfer="linear"))
    assert psnr_of_composite(pixels(project, result.layer), BALLS[0]) >= 60


def test_an_openexr_of_straight_colour_is_read_as_the_user_says(tmp_path: Path) -> None:
    light = np.dstack([srgb_to_linear(BALLS[0][..., :3]), BALLS[0][..., 3]]).astype(np.float16)
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, {"RGBA": light}).write(str(tmp_path / "ball.exr"))
    project = still_project(tmp_path)
    with pytest.raises(UserError, match="say --alpha straight or"):  # the format's convention is premultiplied
        imported(job(project, tmp_path / "ball.exr"))
    result, _ = imported(job(project, tmp_path / "ball.exr", alpha="straight"))
    assert psnr_of_composite(pixels(project, result.layer), BALLS[0]) >= 60
    display = np.dstack([BALLS[0][..., :3], BALLS[0][..., 3]]).astype(np.float16)
    OpenEXR.File(header, {"RGBA": premultiply(display)}).write(str(tmp_path / "display.exr"))
    result, _ = imported(replace(job(project, tmp_path / "display.exr", transfer="display"), layer="display"))
    assert psnr_of_composite(pixels(project, result.layer), BALLS[0]) >= 60


def test_a_picture_over_a_clip_shows_in_all_frames(tmp_path: Path) -> None:
    write_png(tmp_path / "title.png", BALLS[0])
    result, _ = imported(job(clip_project(tmp_path), tmp_path / "title.png", name="Title"))
    assert result.layer == EditLayer("new", "Title", "layers/new.png")


def test_a_veil_waits_for_the_users_word(tmp_path: Path) -> None:
    veil = np.full((HEIGHT, WIDTH, 4), 0.5, np.float32)
    write_png(tmp_path / "veil.png", veil)
    project = still_project(tmp_path)
    with pytest.raises(UserError, match=r"veil\.png does not show .* say --alpha straight or --alpha premultiplied"):
        imported(job(project, tmp_path / "veil.png"))
    result, _ = imported(job(project, tmp_path / "veil.png", alpha="premultiplied"))
    assert pixels(project, result.layer)[..., :3] == pytest.approx(1, abs=1e-3)


def test_a_late_object_is_still_found_out(tmp_path: Path) -> None:
    empty = np.zeros((HEIGHT, WIDTH, 4), np.float32)
    frames = [premultiply(BALLS[0]) if place == 10 else empty for place in range(16)]
    for number, rgba in enumerate(frames, FIRST):
        write_png(tmp_path / f"flash.{number}.png", rgba)
    project = clip_project(tmp_path, frames=16)
    result, _ = imported(job(project, tmp_path / "flash.%04d.png"))
    assert result.alpha == "premultiplied"
    assert psnr_of_composite(pixels(project, result.layer, FIRST + 10), BALLS[0]) >= 90


@pytest.mark.parametrize(
    ("timecode", "clip_timecode", "given", "first"),
    [
        ("01:00:00:02", "01:00:00:00", {}, FIRST + 2),
        ("01:00:00:02", "01:00:00:00", {"start": FIRST + 1}, FIRST + 1),
        ("", "", {"start": FIRST}, FIRST),
    ],
)
def test_a_movie_begins_where_its_timecode_or_the_user_says(
    tmp_path: Path, timecode: str, clip_timecode: str, given: dict[str, int], first: int
) -> None:
    source = write_rgba_movie(tmp_path / "ball.mov", "qtrle", "argb", BALLS[:2], timecode=timecode)
    result, _ = imported(job(clip_project(tmp_path, timecode=clip_timecode), source, **given))
    assert result.layer.frames == (first, first + 1)


def test_a_movie_of_another_rate_is_told(tmp_path: Path) -> None:
    source = write_rgba_movie(tmp_path / "ball.mov", "qtrle", "argb", BALLS, rate=Fraction(25))
    _, events = imported(job(clip_project(tmp_path), source))
    (notice,) = [event for event in events if isinstance(event, Notice)]
    assert "another rate" in notice.text
    assert RATE != 25


def movie(folder: Path, frames: int, timecode: str = "") -> Path:
    return write_rgba_movie(folder / "ball.mov", "qtrle", "argb", [BALLS[0]] * frames, timecode=timecode)


def sequence(folder: Path, *numbers: int) -> Path:
    for number in numbers:
        write_png(folder / f"ball.{number}.png", BALLS[0])
    return folder / "ball.%04d.png"


def picture(folder: Path, rgba: np.ndarray, name: str = "ball.png") -> Path:
    write_png(folder / name, rgba)
    return folder / name


def cut_short(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-200])
    return path


REFUSALS: dict[str, tuple[Callable[[Path], Path], dict[str, Any], str]] = {
    "size": (lambda at: picture(at, ball(0, (60, 40))), {}, "is 60 × 40 pixels and the footage 64 × 48; render it"),
    "no alpha": (lambda at: picture(at, backdrop()), {}, "has no alpha; save it with alpha"),
    "missing": (lambda at: at / "nothing.png", {}, "There is no file"),
    "damaged": (lambda at: cut_short(picture(at, BALLS[0])), {}, "is damaged or cut short"),
    "gap": (lambda at: sequence(at, 1001, 1003), {}, "lacks frame 1002; add the missing frames"),
    "elsewhere": (
        lambda at: sequence(at, 2001, 2002),
        {},
        "does not say at which .* say --start with that frame's number",
    ),
    "half": (lambda at: sequence(at, 1004, 1005), {}, "say --start"),
    "too long": (lambda at: movie(at, FRAMES + 1), {}, "has 5 frames and the project's clip 4; leave out those"),
    "start": (lambda at: movie(at, 2), {"start": FIRST + 3}, "from frame 1004 to 1005, but the clip has the frames"),
    "no timecode": (lambda at: movie(at, 2), {}, "say --start"),
    "other timecode": (lambda at: movie(at, 2, "10:00:00:00"), {}, "say --start"),
    "opaque movie": (
        lambda at: write_rgba_movie(at / "a.mov", "prores_ks", "yuv422p10le", BALLS),
        {},
        "a.mov has no alpha; render it with alpha, for instance as ProRes 4444",
    ),
    "no atlas": (lambda at: picture(at, BALLS[0]), {"atlas_layer": "background"}, "has no atlas .* fit one"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_does_not_fit_is_refused_in_a_sentence_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    make, given, sentence = REFUSALS[name]
    project = clip_project(tmp_path, timecode="01:00:00:00")
    before, source = written(project), make(tmp_path)
    with pytest.raises(UserError, match=sentence):
        imported(job(project, source, **given))
    assert written(project) == before


def test_a_clip_cannot_lie_over_a_picture(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a clip and the project's footage a picture"):
        imported(job(still_project(tmp_path), movie(tmp_path, 2)))


def test_an_import_whose_end_nobody_heard_can_be_done_again(tmp_path: Path) -> None:
    project, source = clip_project(tmp_path), sequence(tmp_path, *range(FIRST, FIRST + FRAMES))
    first, _ = imported(job(project, source))
    before = written(project)
    assert imported(job(project, source))[0] == first
    assert written(project) == before


@pytest.mark.parametrize("steps", [1, 2, 3, FRAMES])
def test_a_cancelled_import_leaves_nothing(tmp_path: Path, steps: int) -> None:
    project = clip_project(tmp_path)
    before = written(project)
    run = run_layer_import(job(project, sequence(tmp_path, *range(FIRST, FIRST + FRAMES))), RunContext())
    for _ in range(steps):
        next(run)
    run.close()
    assert written(project) == before


def test_a_damaged_frame_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    source = sequence(tmp_path, *range(FIRST, FIRST + FRAMES))
    project = clip_project(tmp_path)
    before = written(project)
    cut_short(tmp_path / "ball.1003.png")
    with pytest.raises(UserError, match=r"ball\.1003\.png is damaged"):
        imported(job(project, source))
    assert written(project) == before


def test_the_job_refuses_what_no_import_can_do(tmp_path: Path) -> None:
    good = job(tmp_path, tmp_path / "a.png")
    assert LayerImport.from_json(good.to_json()) == good
    for wrong in ({"alpha": "none"}, {"transfer": "log"}, {"start": -1}, {"source": " "}, {"layer": "../a"}):
        with pytest.raises(UserError):
            replace(good, **wrong)
