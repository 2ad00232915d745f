from collections import namedtuple
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from desktop.export import plan as export_plan
from desktop.export.choices import ExportChoices, ExportSettings
from desktop.export.plan import ExportSource, plan
from engine.delivery import sizes
from engine.delivery.outputs import plan_delivery
from engine.jobs import ClipDelivery, StillDelivery
from engine.project import EditLayer, Footage, Project

HOME = Path("/projects/horse.patina")
STILL = Project(
    Footage(Path("/pictures/old horse.jpg"), 1800, 1200),
    (EditLayer("a", "golden: 50/50", "layers/a.png"), EditLayer("b", "zebra", "layers/b.png")),
)
CLIP = replace(
    STILL, footage=Footage(Path("/clips/shot.%04d.png"), 100, 50, 24, Fraction(24), 1001), work_in=1003, work_out=1010
)
OF_STILL, OF_CLIP = ExportSource(STILL, HOME), ExportSource(CLIP, HOME)


@pytest.fixture
def choices(tmp_path: Path) -> ExportChoices:
    return ExportChoices(ExportSettings(), "b", tmp_path)


def with_settings(choices: ExportChoices, **settings: object) -> ExportChoices:
    return replace(choices, settings=replace(choices.settings, **settings))


def test_a_still_makes_a_job_with_the_name_as_it_is_now(choices: ExportChoices, tmp_path: Path) -> None:
    planned = plan(choices, OF_STILL)
    assert (planned.problem, planned.notes) == ("", ())
    assert planned.job == StillDelivery(
        str(HOME), str(tmp_path), what="layer", layer="b", name="old_horse_zebra_v001.png"
    )
    assert planned.file_words() == "old_horse_zebra_v001.png"


def test_the_job_writes_what_was_planned_whenever_its_turn_comes(choices: ExportChoices) -> None:
    for settings in ({"what": "layers"}, {"format": "exr"}, {"what": "composite", "format": "h264"}):
        planned = plan(with_settings(choices, name="{clip}_{date}_{layer}_v{version}", **settings), OF_CLIP)
        assert planned.job is not None
        assert plan_delivery(planned.job, CLIP, date(2031, 1, 1)).files() == planned.written.files()


def test_the_version_is_the_next_one_unless_another_is_chosen(choices: ExportChoices, tmp_path: Path) -> None:
    (tmp_path / "old_horse_zebra_v002.png").touch()
    assert plan(choices, OF_STILL).version == 3
    chosen = plan(replace(choices, version=2), OF_STILL)
    assert chosen.replaced == (tmp_path / "old_horse_zebra_v002.png",)
    assert chosen.notes[0] == "old_horse_zebra_v002.png exists; you are asked before it is replaced."
    assert chosen.job is not None


def test_what_the_queue_will_write_is_taken(choices: ExportChoices, tmp_path: Path) -> None:
    taken = frozenset(tmp_path / f"old_horse_zebra_v{version:03}.png" for version in (1, 2))
    source = replace(OF_STILL, taken=taken)
    assert plan(choices, source).version == 3
    refused = plan(replace(choices, version=2), source)
    assert refused.job is None
    assert "in the queue writes old_horse_zebra_v002.png" in refused.problem


def test_only_what_matters_to_the_content_is_in_the_job(choices: ExportChoices) -> None:
    own = with_settings(choices, what="composite", alpha="premultiplied", passes=True, handoffs=("nuke",), format="png")
    job = plan(replace(own, layer=""), OF_STILL).job
    assert job is not None
    assert (job.layer, job.alpha, job.passes, job.handoffs) == ("", "", False, ())


@pytest.mark.parametrize(
    ("settings", "numbers", "expected"),
    [
        ({}, None, (1003, 1010)),
        ({"whole": True}, None, (1001, 1024)),
        ({"whole": True}, (1005, 1006), (1005, 1006)),
    ],
)
def test_the_frames_of_a_clip(
    choices: ExportChoices,
    settings: dict[str, object],
    numbers: tuple[int, int] | None,
    expected: tuple[int, int],
) -> None:
    job = plan(replace(with_settings(choices, **settings), numbers=numbers), OF_CLIP).job
    assert isinstance(job, ClipDelivery)
    assert (job.first, job.last, job.start) == (*expected, None)


def test_files_are_numbered_from_the_start_that_is_chosen(choices: ExportChoices) -> None:
    numbered = with_settings(choices, start=1)
    assert plan(numbered, OF_CLIP).file_words() == "shot_zebra_v001.0001.png … shot_zebra_v001.0008.png"
    job = plan(with_settings(numbered, format="prores4444"), OF_CLIP).job
    assert isinstance(job, ClipDelivery)
    assert job.start is None


@pytest.mark.parametrize(
    ("format_", "words"), [("png", "8 files · at most 320 kB"), ("prores4444", "1 file · about 100 kB")]
)
def test_the_size_is_that_of_all_frames(choices: ExportChoices, format_: str, words: str) -> None:
    assert plan(with_settings(choices, format=format_), OF_CLIP).size_words().startswith(words)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"name": "{what}"}, "{what}"),
        ({"name": "a/b"}, "“/”"),
        ({"format": "h264"}, "cannot hold alpha"),
        ({"what": "uv"}, "OpenEXR float"),
        ({"what": "uv", "format": "exr32"}, "no atlas"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    choices: ExportChoices, settings: dict[str, object], words: str
) -> None:
    planned = plan(with_settings(choices, **settings), OF_CLIP)
    assert planned.job is None
    assert words in planned.problem


@pytest.mark.parametrize(
    ("folder", "words"), [("gone/far", "gone does not exist"), ("file", "is a file"), ("", "whole path")]
)
def test_what_is_no_folder_is_explained(choices: ExportChoices, tmp_path: Path, folder: str, words: str) -> None:
    (tmp_path / "file").touch()
    planned = plan(replace(choices, folder=tmp_path / folder if folder else Path()), OF_STILL)
    assert planned.job is None
    assert words in planned.problem


def test_a_new_folder_is_made(choices: ExportChoices, tmp_path: Path) -> None:
    planned = plan(replace(choices, folder=tmp_path / "dailies"), OF_STILL)
    assert planned.job is not None
    assert planned.notes == ("The folder dailies is made.",)


def test_a_folder_without_permission_is_explained(choices: ExportChoices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_plan.os, "access", lambda _path, _mode: False)  # root may write anywhere
    assert "cannot be written to" in plan(choices, OF_STILL).problem


def test_a_full_disk_is_explained(choices: ExportChoices, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(sizes.shutil, "disk_usage", lambda _path: usage(1_000_000))
    planned = plan(choices, OF_STILL)
    assert planned.job is None
    assert "17.3 MB, but only 1.0 MB are free" in planned.problem


def test_hidden_layers_are_noted(choices: ExportChoices) -> None:
    hidden = replace(STILL, layers=(STILL.layers[0], replace(STILL.layers[1], visible=False)))
    source = replace(OF_STILL, project=hidden)
    assert plan(choices, source).notes == ("The layer “zebra” is hidden; it is exported all the same.",)
    choices = replace(choices, layer="")
    assert plan(with_settings(choices, what="layers"), source).notes[0] == "1 hidden layer is left out."
    none = replace(source, project=replace(hidden, layers=(replace(hidden.layers[0], visible=False),)))
    assert "No layer is visible" in plan(with_settings(choices, what="layers"), none).problem
