from collections import namedtuple
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.export import plan as export_plan
from desktop.export.plan import ExportChoices, plan, safe_part, size_text
from engine.jobs import ClipExport, StillExport
from engine.project import EditLayer, Footage, Project

PROJECT = Project(
    Footage(Path("/pictures/old horse.jpg"), 1800, 1200),
    (EditLayer("a", "golden: 50/50", "layers/a.png"), EditLayer("b", "zebra", "layers/b.png")),
)


@pytest.fixture
def choices(tmp_path: Path) -> ExportChoices:
    return ExportChoices("layer", "b", "png", 16, "straight", tmp_path, "{picture}_{layer}_v{version}")


def test_tokens_become_names(choices: ExportChoices, tmp_path: Path) -> None:
    assert plan(choices, PROJECT).path == tmp_path / "old_horse_zebra_v001.png"
    assert plan(replace(choices, layer="a", format="tiff"), PROJECT).path.name == "old_horse_golden__50_50_v001.tif"
    assert plan(replace(choices, what="composite"), PROJECT).path.name == "old_horse_composite_v001.png"
    assert plan(replace(choices, what="alpha"), PROJECT).path.name == "old_horse_zebra_alpha_v001.png"


def test_the_version_is_the_first_that_is_free(choices: ExportChoices, tmp_path: Path) -> None:
    for version in ("001", "002"):
        (tmp_path / f"old_horse_zebra_v{version}.png").touch()
    planned = plan(choices, PROJECT)
    assert planned.path.name == "old_horse_zebra_v003.png"
    assert not planned.replaces
    assert plan(replace(choices, format="tiff"), PROJECT).path.name == "old_horse_zebra_v001.tif"


def test_a_file_that_would_be_replaced_is_noticed(choices: ExportChoices, tmp_path: Path) -> None:
    (tmp_path / "horse.png").touch()
    planned = plan(replace(choices, name="horse"), PROJECT)
    assert planned.replaces
    assert planned.problem == ""


@pytest.mark.parametrize(
    ("changes", "bytes_a_pixel"),
    [({}, 8), ({"bits": 8}, 4), ({"what": "composite"}, 6), ({"what": "alpha"}, 2), ({"what": "greenscreen"}, 6)],
)
def test_the_size_is_that_without_compression(
    choices: ExportChoices, changes: dict[str, object], bytes_a_pixel: int
) -> None:
    assert plan(replace(choices, **changes), PROJECT).size == 1800 * 1200 * bytes_a_pixel


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "name is empty"), ("  ", "name is empty"), ("{clip}", "{clip}"), ("a/b", "“/”"), ("what?", "“?”")],
)
def test_a_bad_name_is_explained(choices: ExportChoices, name: str, words: str) -> None:
    assert words in plan(replace(choices, name=name), PROJECT).problem


def test_a_missing_folder_is_explained(choices: ExportChoices, tmp_path: Path) -> None:
    planned = plan(replace(choices, folder=tmp_path / "gone"), PROJECT)
    assert "does not exist" in planned.problem
    assert planned.free is None


def test_a_folder_of_that_name_is_not_replaced(choices: ExportChoices, tmp_path: Path) -> None:
    (tmp_path / "horse.png").mkdir()
    planned = plan(replace(choices, name="horse"), PROJECT)
    assert "horse.png is a folder" in planned.problem
    assert not planned.replaces


def test_a_folder_without_permission_is_explained(choices: ExportChoices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_plan.os, "access", lambda _path, _mode: False)  # root may write anywhere
    assert "cannot be written to" in plan(choices, PROJECT).problem


def test_a_full_disk_is_explained(choices: ExportChoices, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(export_plan.shutil, "disk_usage", lambda _path: usage(1_000_000))
    assert "17.3 MB, but only 1.0 MB are free" in plan(choices, PROJECT).problem


def test_the_job_holds_what_matters_to_it(choices: ExportChoices, tmp_path: Path) -> None:
    chosen = replace(choices, alpha="premultiplied", bits=8)
    assert plan(chosen, PROJECT).job(chosen, Path("/p/a.patina")) == StillExport(
        "/p/a.patina",
        str(tmp_path / "old_horse_zebra_v001.png"),
        what="layer",
        layer="b",
        bits=8,
        alpha="premultiplied",
    )
    composite = replace(chosen, what="composite")
    job = plan(composite, PROJECT).job(composite, Path("/p/a.patina"))
    assert (job.layer, job.alpha) == ("", "straight")


@given(st.text())
def test_any_layer_s_name_makes_a_safe_part(text: str) -> None:
    part = safe_part(text)
    assert part
    assert part == Path(part).name
    assert not set(part) & set('<>:"/\\|?*\0\n')
    assert not part.startswith(".")


@pytest.mark.parametrize(
    ("size", "text"), [(17, "17 bytes"), (2_500, "2.5 kB"), (17_280_000, "17.3 MB"), (640 * 10**9, "640 GB")]
)
def test_sizes_in_words(size: int, text: str) -> None:
    assert size_text(size) == text


CLIP = replace(
    PROJECT, footage=Footage(Path("/clips/shot.%04d.png"), 100, 50, 24, Fraction(24), 1001), work_in=1003, work_out=1010
)


def test_a_clip_is_planned_frame_by_frame(choices: ExportChoices, tmp_path: Path) -> None:
    planned = plan(choices, CLIP)
    assert planned.path == tmp_path / "shot_zebra_v001.png"
    assert planned.file_words() == "shot_zebra_v001.1003.png … shot_zebra_v001.1010.png"
    assert planned.size == 8 * 100 * 50 * 8
    assert planned.job(choices, tmp_path / "a.patina") == ClipExport(
        str(tmp_path / "a.patina"), str(planned.path), what="layer", layer="b"
    )
    (tmp_path / "shot_zebra_v001.1007.png").touch()
    assert plan(choices, CLIP).path.name == "shot_zebra_v002.png"
    assert plan(replace(choices, name="shot_zebra_v001"), CLIP).replaces


@pytest.mark.parametrize(("format_", "suffix"), [("prores", ".mov"), ("h264", ".mp4")])
def test_movies_are_of_what_has_no_alpha(choices: ExportChoices, tmp_path: Path, format_: str, suffix: str) -> None:
    composite = replace(choices, format=format_, what="composite")
    planned = plan(composite, CLIP)
    assert (planned.file_words(), planned.problem) == (f"shot_composite_v001{suffix}", "")
    assert planned.job(composite, tmp_path).format == format_
    assert "no alpha" in plan(replace(choices, format=format_), CLIP).problem


def test_nothing_is_written_among_a_clips_own_frames(choices: ExportChoices, tmp_path: Path) -> None:
    own = replace(CLIP, footage=replace(CLIP.footage, path=tmp_path))
    assert "own frames" in plan(choices, own).problem
    own = replace(CLIP, footage=replace(CLIP.footage, path=tmp_path / "shot.%04d.png"))
    assert "own frames" in plan(choices, own).problem
    own = replace(CLIP, footage=replace(CLIP.footage, path=tmp_path / "shot.mov"))
    (tmp_path / "shot.mov").touch()
    assert plan(choices, own).problem == ""
