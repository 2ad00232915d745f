from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from engine.delivery.outputs import next_version, plan_delivery
from engine.delivery.sizes import estimated_size, free_room, size_text
from engine.errors import UserError
from engine.jobs import ClipDelivery
from engine.project import Project
from tests.engine.small_atlas import CLIP, FIRST, FRAMES

Job = Callable[..., ClipDelivery]
PIXELS = CLIP[0] * CLIP[1]


def test_names_are_planned_before_anything_is_rendered(job: Job, project: Project, tmp_path: Path) -> None:
    plan = plan_delivery(job(what="layer", layer="gold", name="{clip}_{date}", start=1), project, date(2026, 3, 9))
    assert plan.files()[0] == tmp_path / "out" / "clip_2026-03-09.0001.png"
    assert (plan.numbers, len(plan.files())) == (range(FIRST, FIRST + FRAMES), FRAMES)
    assert plan.sidecar == tmp_path / "out" / "clip_2026-03-09.patina.json"
    assert plan_delivery(job(format="h264", name="a.mov"), project).files() == (tmp_path / "out" / "a.mov",)
    assert plan_delivery(job(format="h264", name="a.mp4"), project).files() == (tmp_path / "out" / "a.mp4",)


def test_what_is_there_already_is_told(job: Job, project: Project, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for name in ("a.1002.png", "a.0900.png", "a.1002.exr", "ab.0900.png"):
        (tmp_path / "out" / name).touch()
    plan = plan_delivery(job(name="a"), project)
    assert [path.name for path in plan.existing()] == ["a.1002.png"]
    assert [path.name for path in plan.left_over()] == ["a.0900.png"]


def test_the_next_version_is_free_for_every_layer(job: Job, project: Project, tmp_path: Path) -> None:
    two = project.add_layer(replace(project.layers[0], id="rust", name="rust"))
    asked = job(changed=two, what="layers")
    assert next_version(asked, two) == 1
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "clip_rust_v003.1001.png").touch()
    (tmp_path / "out" / "clip_rust_v007.mov").touch()
    assert next_version(asked, two) == 4


def test_a_project_needs_an_atlas_for_its_parts(job: Job, project: Project) -> None:
    bare = replace(project, atlas="", layers=())
    for settings, words in (
        ({"what": "matte"}, "mattes belong"),
        ({"what": "texture"}, "textures belong"),
        ({"what": "uv", "format": "exr32"}, "UV maps belong"),
    ):
        with pytest.raises(UserError, match=f"no atlas, to which {words}; fit one"):
            plan_delivery(job(changed=bare, **settings), bare)


def test_sizes_are_those_of_the_format(job: Job, project: Project) -> None:
    def size(**settings: object) -> int:
        asked = job(**settings)
        return estimated_size(plan_delivery(asked, project), asked, project)

    layer = {"what": "layer", "layer": "gold"}
    assert size(**layer) == PIXELS * 8 * FRAMES
    assert size(**layer, format="png8", last=FIRST) == PIXELS * 4
    assert size() == PIXELS * 6 * FRAMES
    assert size(what="alpha", layer="gold") == PIXELS * 2 * FRAMES
    assert size(**layer, format="exr", passes=True, last=FIRST) == PIXELS * (8 + 18)
    assert size(format="h264") == round(PIXELS * 0.3 * FRAMES)
    assert size(what="texture", format="prores4444") < 200_000, "three small pictures, whatever the frames are"


def test_room_is_found_where_the_folder_is_still_to_be_made(tmp_path: Path) -> None:
    assert free_room(tmp_path / "a" / "b") == pytest.approx(free_room(tmp_path), rel=0.2)


@pytest.mark.parametrize(
    ("size", "text"), [(17, "17 bytes"), (2_500, "2.5 kB"), (17_280_000, "17.3 MB"), (640 * 10**9, "640 GB")]
)
def test_sizes_in_words(size: int, text: str) -> None:
    assert size_text(size) == text
