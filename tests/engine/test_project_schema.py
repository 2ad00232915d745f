import copy
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.blending import BlendMode
from engine.clip_subjects import ClipSubject
from engine.errors import UserError
from engine.jobs import ImageEdit
from engine.project import EditLayer, Footage, Project
from engine.project_schema import migrated, project_from_json, project_to_json

FOLDER = Path("/work/of/art.patina")
ids = st.text("0123456789abcdef", min_size=1, max_size=4)
paths = st.lists(st.text("abc é#", min_size=1), min_size=1, max_size=4).map(lambda parts: Path("/", *parts))
counts = st.integers(1, 10_000)
footages = st.builds(
    Footage,
    paths,
    counts,
    counts,
    counts,
    st.none() | st.fractions(min_value=Fraction(1, 1000)),
    st.integers(0, 9999),
    st.sampled_from(["", "01:00:00:00"]),
)
jobs = st.builds(ImageEdit, picture=st.just("/a.png"), prompt=st.text(min_size=1).filter(str.strip))
layers = st.builds(
    EditLayer,
    id=ids,
    name=st.text(),
    picture=ids.map(lambda each: f"layers/{each}.png"),
    visible=st.booleans(),
    opacity=st.floats(0, 1),
    blend=st.sampled_from(BlendMode),
    locked=st.booleans(),
    solo=st.booleans(),
    matte=st.just("") | ids.map(lambda each: f"mattes/{each}.png"),
    job=st.none() | jobs,
    atlas_layer=st.text(max_size=3),
    atlas=st.just("") | ids.map(lambda each: f"atlases/{each}"),
    first=st.none() | st.integers(-9, 0),
    last=st.none() | st.integers(0, 9),
    opacity_keys=st.dictionaries(st.integers(), st.floats(0, 1), max_size=3).map(lambda keys: tuple(keys.items())),
)
frame_layers = st.builds(
    EditLayer,
    id=ids,
    name=st.text(),
    picture=ids.map(lambda each: f"layers/{each}"),
    frames=st.tuples(st.integers(0, 9), st.integers(9, 20)),
)
subjects = st.builds(
    ClipSubject,
    id=ids,
    name=st.text(),
    text=st.text(),
    masks=st.text(max_size=3),
    keys=st.dictionaries(st.integers(0, 9999), ids.map(lambda each: f"mattes/{each}.png"), max_size=3).map(
        lambda keys: tuple(keys.items())
    ),
)
projects = st.builds(
    Project,
    st.none() | footages,
    st.lists(layers | frame_layers, max_size=3, unique_by=lambda each: each.id).map(tuple),
    st.just("") | ids.map(lambda each: f"atlases/{each}"),
    st.none() | st.integers(-9, 0),
    st.none() | st.integers(0, 9),
    st.lists(subjects, max_size=2, unique_by=lambda each: each.id).map(tuple),
)


def values() -> dict[str, Any]:
    layer = EditLayer("a", "gold", "layers/a.png", job=ImageEdit(picture="/a.png", prompt="gold"))
    return project_to_json(Project(Footage(Path("/a.png"), 40, 30), (layer,)), FOLDER)


@settings(deadline=None)
@given(projects)
def test_projects_go_to_json_and_back_unchanged(project: Project) -> None:
    text = json.dumps(project_to_json(project, FOLDER), allow_nan=False)
    assert project_from_json(json.loads(text), FOLDER) == project


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None)
@given(st.sampled_from(["", "footage", "layers"]), st.data())
def test_damaged_values_are_refused_or_read_never_a_crash(part: str, data: st.DataObject) -> None:
    given_ = values()
    inner = {"": given_, "footage": given_["footage"], "layers": given_["layers"][0]}[part]
    name = data.draw(st.sampled_from(sorted(inner)))
    if data.draw(st.booleans()):
        del inner[name]
    else:
        inner[name] = data.draw(junk)
    try:
        project = project_from_json(given_, FOLDER)
    except UserError:
        return
    assert project_from_json(project_to_json(project, FOLDER), FOLDER) == project


@settings(deadline=None)
@given(junk)
def test_what_is_no_project_is_refused(given_: object) -> None:
    with pytest.raises(UserError):
        project_from_json(given_, FOLDER)


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("layers", "picture", "../../.profile"),
        ("layers", "picture", "layers/../../a.png"),
        ("layers", "matte", "/etc/a.png"),
        ("layers", "opacity", 2),
        ("layers", "opacity", float("nan")),
        ("layers", "visible", 1),
        ("layers", "blend", "sparkle"),
        ("layers", "job", {"kind": "image_edit"}),
        ("footage", "width", 0),
        ("footage", "width", True),
        ("footage", "rate", "1/0"),
        ("footage", "rate", 25),
        ("layers", "atlas", "atlases/../.."),
        ("layers", "opacity_keys", [[1, 0.5], [1, 0.7]]),
        ("layers", "opacity_keys", [[1, 7]]),
        ("layers", "opacity_keys", [[1.5, 0.5]]),
        ("layers", "first", "1"),
        ("layers", "frames", [1, 9]),  # of a layer whose picture is a file
        ("layers", "frames", "19"),
    ],
)
def test_values_out_of_range_are_refused(part: str, name: str, value: object) -> None:
    given_ = values()
    (given_["layers"][0] if part == "layers" else given_["footage"])[name] = value
    with pytest.raises(UserError):
        project_from_json(given_, FOLDER)


@pytest.mark.parametrize(
    "subject",
    [
        {"id": "a", "name": "swan", "text": "", "masks": "", "keys": [[1, "../a.png"]]},
        {"id": "a", "name": "swan", "text": "", "masks": "", "keys": [["1", "mattes/a.png"]]},
        {"id": "a", "name": "swan", "text": 1, "masks": "", "keys": []},
        {"id": "a"},
        "swan",
    ],
)
def test_a_damaged_object_of_a_clip_is_refused(subject: object) -> None:
    with pytest.raises(UserError, match="damaged"):
        project_from_json({**values(), "subjects": [subject]}, FOLDER)


def test_a_newer_schema_is_refused() -> None:
    with pytest.raises(UserError, match=r"newer Patina \(schema 99.*update Patina"):
        project_from_json({**values(), "schema": 99, "layers": "in a new way"}, FOLDER)


def test_a_project_of_stills_from_before_clips_opens() -> None:
    """Of the first release, as it wrote it."""
    old = {
        "schema": 1,
        "footage": {
            "path": "../a.png",
            "absolute_path": "/a.png",
            "width": 40,
            "height": 30,
            "frames": 1,
            "rate": None,
            "first_frame": 1,
        },
        "layers": [
            {
                "id": "a",
                "name": "gold",
                "picture": "layers/a.png",
                "visible": True,
                "opacity": 0.25,
                "blend": "multiply",
                "locked": False,
                "solo": True,
                "matte": "",
                "job": {"kind": "image_edit", "picture": "/a.png", "prompt": "gold"},
            }
        ],
    }
    job = ImageEdit(picture="/a.png", prompt="gold")
    layer = EditLayer("a", "gold", "layers/a.png", opacity=0.25, blend=BlendMode.MULTIPLY, solo=True, job=job)
    assert project_from_json(old, FOLDER) == Project(Footage(Path("/a.png"), 40, 30), (layer,))
    assert project_from_json({**old, "footage": None, "layers": []}, FOLDER) == Project()


def test_a_project_from_before_layers_with_a_picture_for_each_frame_opens() -> None:
    given_ = values()
    del given_["layers"][0]["frames"]
    project = project_from_json({**given_, "schema": 2}, FOLDER)
    assert project.layers[0].frames is None
    assert project == project_from_json(values(), FOLDER)


@pytest.mark.parametrize(
    ("picture", "frames", "atlas_layer"),
    [("layers/..", [1, 9], ""), ("layers/a", [9, 1], ""), ("layers/a", [1], ""), ("layers/a", [1, 9], "background")],
)
def test_damaged_frames_of_a_layer_are_refused(picture: str, frames: list[int], atlas_layer: str) -> None:
    given_ = values()
    given_["layers"][0] |= {"picture": picture, "frames": frames, "atlas_layer": atlas_layer}
    with pytest.raises(UserError, match="damaged"):
        project_from_json(given_, FOLDER)


@settings(deadline=None)
@given(junk, junk)
def test_a_damaged_project_from_before_clips_is_refused_or_read_never_a_crash(footage: object, layers_: object) -> None:
    try:
        project = project_from_json({"schema": 1, "footage": footage, "layers": layers_}, FOLDER)
    except UserError:
        return
    assert project.layers == ()


def test_older_schemas_pass_through_every_migration_since() -> None:
    def name_to_title(given_: dict[str, Any]) -> dict[str, Any]:
        return {**given_, "title": given_["name"]}

    def title_in_capitals(given_: dict[str, Any]) -> dict[str, Any]:
        return {**given_, "title": given_["title"].upper()}

    steps = [name_to_title, title_in_capitals]
    assert migrated({"schema": 1, "name": "horse"}, steps)["title"] == "HORSE"
    assert migrated({"schema": 2, "title": "horse"}, steps)["title"] == "HORSE"
    assert migrated({"schema": 3, "title": "horse"}, steps)["title"] == "horse"
    with pytest.raises(UserError, match="newer"):
        migrated({"schema": 4}, steps)


def saved(footage: Path, folder: Path) -> dict[str, Any]:
    return copy.deepcopy(project_to_json(Project(Footage(footage, 40, 30)), folder))


def test_footage_is_found_where_the_project_was_moved_with_it(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "deep" / "new"
    for place in (old, new):
        (place / "a.patina").mkdir(parents=True)
        (place / "horse.png").touch()
    project = project_from_json(saved(old / "horse.png", old / "a.patina"), new / "a.patina")
    assert project.footage is not None
    assert project.footage.path == new / "horse.png", "not the copy that was left behind"


def test_footage_is_found_where_the_project_was_moved_alone(tmp_path: Path) -> None:
    footage, old, new = tmp_path / "horse.png", tmp_path / "a.patina", tmp_path / "deep" / "down" / "a.patina"
    footage.touch()
    new.mkdir(parents=True)
    project = project_from_json(saved(footage, old), new)
    assert project.footage is not None
    assert project.footage.path == footage


def test_a_link_to_the_projects_folder_does_not_mislead(tmp_path: Path) -> None:
    home, disk = tmp_path / "home", tmp_path / "disk" / "deep"
    home.mkdir()
    (disk / "a.patina").mkdir(parents=True)
    (home / "link").symlink_to(disk)
    (home / "horse.png").touch()
    stored = saved(home / "horse.png", home / "link" / "a.patina")
    stored["footage"]["absolute_path"] = "/nowhere.png"
    project = project_from_json(stored, disk / "a.patina")
    assert project.footage is not None
    assert project.footage.path == home / "horse.png"
