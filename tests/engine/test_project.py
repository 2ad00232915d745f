import dataclasses
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.blending import BlendMode
from engine.project import EditLayer, Footage, Project, new_id

ids = st.text("0123456789abcdef", min_size=4, max_size=4)
switches = st.booleans()
layers = st.builds(
    EditLayer,
    id=ids,
    name=st.text(max_size=5),
    picture=ids.map(lambda each: f"layers/{each}.png"),
    visible=switches,
    opacity=st.floats(0, 1),
    blend=st.sampled_from(BlendMode),
    locked=switches,
    solo=switches,
    matte=st.just("") | ids.map(lambda each: f"mattes/{each}.png"),
)
projects = st.lists(layers, min_size=1, max_size=5, unique_by=lambda layer: layer.id).map(
    lambda drawn: Project(layers=tuple(drawn))
)


def layer(layer_id: str, **given: Any) -> EditLayer:
    return EditLayer(layer_id, f"layer {layer_id}", f"layers/{layer_id}.png", **given)


def names(project: Project) -> str:
    return "".join(each.id for each in project.layers)


def of(letters: str) -> Project:
    return Project(layers=tuple(layer(letter) for letter in letters))


@settings(deadline=None)
@given(projects, layers)
def test_adding_and_removing_undo_each_other(project: Project, new: EditLayer) -> None:
    new = dataclasses.replace(new, id="new")
    added = project.add_layer(new)
    assert added.layers[-1] is new
    assert added.layer("new") is new
    assert added.remove_layer("new") == project


@settings(deadline=None)
@given(projects, st.data())
def test_replacing_changes_one_layer_in_its_place(project: Project, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(project.layers) - 1))
    new = dataclasses.replace(data.draw(layers), id=project.layers[index].id)
    changed = project.replace_layer(new)
    assert changed.layers[index] == new
    assert changed.layers[:index] + changed.layers[index + 1 :] == project.layers[:index] + project.layers[index + 1 :]
    assert changed.replace_layer(project.layers[index]) == project


@settings(deadline=None)
@given(projects, st.data())
def test_moving_keeps_the_order_of_the_others(project: Project, data: st.DataObject) -> None:
    place = data.draw(st.integers(-3, 8))
    moved = data.draw(st.sampled_from(project.layers))
    after = project.move_layer(moved.id, place)
    assert after.layers.index(moved) == min(max(place, 0), len(project.layers) - 1)
    assert after.remove_layer(moved.id) == project.remove_layer(moved.id)
    assert after.move_layer(moved.id, project.layers.index(moved)) == project


@settings(deadline=None)
@given(projects, st.data())
def test_a_duplicate_lies_above_and_shares_the_files(project: Project, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(project.layers) - 1))
    original = project.layers[index]
    after = project.duplicate_layer(original.id)
    copy = after.layers[index + 1]
    assert after.remove_layer(copy.id) == project
    assert dataclasses.replace(copy, id=original.id, name=original.name) == original
    assert copy.name == f"{original.name} copy"
    assert after.files() == project.files()


@pytest.mark.parametrize("place", range(3))
def test_layers_are_counted_from_the_bottom(place: int) -> None:
    assert names(of("abc").move_layer("a", place)) == ["abc", "bac", "bca"][place]


@pytest.mark.parametrize(
    "change",
    [
        lambda project: project.layer("x"),
        lambda project: project.remove_layer("x"),
        lambda project: project.replace_layer(layer("x")),
        lambda project: project.move_layer("x", 0),
        lambda project: project.duplicate_layer("x"),
    ],
)
def test_an_unknown_layer_is_an_error(change: Any) -> None:
    with pytest.raises(KeyError):
        change(of("ab"))


def test_two_layers_never_share_an_id() -> None:
    with pytest.raises(ValueError, match="same id"):
        of("ab").add_layer(layer("a"))


@pytest.mark.parametrize(
    ("switched", "seen"),
    [
        ({}, "abc"),
        ({"b": {"visible": False}}, "ac"),
        ({"b": {"solo": True}}, "b"),
        ({"a": {"solo": True}, "c": {"solo": True}}, "ac"),
        ({"b": {"solo": True, "visible": False}}, ""),
        ({"b": {"locked": True}}, "abc"),
    ],
)
def test_solo_layers_hide_the_others(switched: dict[str, Any], seen: str) -> None:
    project = Project(layers=tuple(layer(each, **switched.get(each, {})) for each in "abc"))
    assert "".join(each.id for each in project.seen_layers()) == seen


def test_files_are_named_once() -> None:
    project = of("ab").add_layer(layer("c", matte="mattes/c.png")).duplicate_layer("c").duplicate_layer("a")
    assert project.files() == ("layers/a.png", "layers/b.png", "layers/c.png", "mattes/c.png")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a.png",
        "layers/../a.png",
        "../layers/a.png",
        "/layers/a.png",
        "layers/a.png\n",
        "layers\\a.png",
        "layers/.png",
    ],
)
def test_no_file_lies_outside_the_projects_folders(name: str) -> None:
    with pytest.raises(ValueError, match="no file of a project"):
        EditLayer("a", "a", name)


@pytest.mark.parametrize("opacity", [-0.1, 1.1, float("nan"), float("inf")])
def test_opacity_lies_between_0_and_1(opacity: float) -> None:
    with pytest.raises(ValueError, match="opacity"):
        layer("a", opacity=opacity)


@pytest.mark.parametrize("change", [{"width": 0}, {"height": -1}, {"frames": 0}, {"rate": Fraction(0)}])
def test_footage_has_a_size_and_frames(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no footage"):
        dataclasses.replace(Footage(Path("/a.png"), 4, 3), **change)


def test_new_ids_name_files() -> None:
    made = {new_id() for _ in range(100)}
    assert len(made) == 100
    for each in made:
        EditLayer(each, "", f"layers/{each}.png")


SWAN = Footage(Path("/swan.mov"), 4, 3, 50, Fraction(25), 1001)


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [(None, None, "1001 1025 1050"), (1025, None, "1025 1050"), (None, 1024, "1001"), (1025, 1025, "1025")],
)
def test_a_layer_shows_within_its_range(first: int | None, last: int | None, shown: str) -> None:
    trimmed = layer("a", first=first, last=last)
    assert " ".join(str(each) for each in (1001, 1025, 1050) if trimmed.shows_at(each)) == shown
    project = Project(SWAN, (trimmed, layer("b")))
    for number in (1001, 1050):
        assert (trimmed in project.layers_at(number)) == (str(number) in shown)
        assert project.layers[1] in project.layers_at(number)


def test_keyframes_take_the_place_of_the_opacity() -> None:
    assert layer("a", opacity=0.3).opacity_at(5) == 0.3
    keyed = layer("a", opacity=0.3, opacity_keys=((1010, 1.0), (1000, 0.0)))
    assert [keyed.opacity_at(number) for number in (990, 1005, 1020)] == [0, 0.5, 1]


@pytest.mark.parametrize(
    ("given_", "area"),
    [
        ((None, None), range(1001, 1051)),
        ((1010, None), range(1010, 1051)),
        ((None, 1020), range(1001, 1021)),
        ((1010, 1010), range(1010, 1011)),
        ((1, 5000), range(1001, 1051)),
        ((1, 5), range(1001, 1002)),
    ],
)
def test_the_work_area_lies_in_the_footage(given_: tuple[int | None, int | None], area: range) -> None:
    assert Project(SWAN, work_in=given_[0], work_out=given_[1]).work_area == area


@pytest.mark.parametrize("make", [lambda: Project(work_in=2, work_out=1), lambda: layer("a", first=2, last=1)])
def test_no_range_is_empty(make: Any) -> None:
    with pytest.raises(ValueError, match="empty"):
        make()


def test_a_new_atlas_leaves_older_layers_where_they_are() -> None:
    project = Project(SWAN, (layer("a", atlas_layer="background"), layer("b")), atlas="atlases/1")
    assert [project.atlas_of(each) for each in project.layers] == ["atlases/1", ""]
    project = project.with_atlas("atlases/2").add_layer(layer("c", atlas_layer="foreground"))
    assert [project.atlas_of(each) for each in project.layers] == ["atlases/1", "", "atlases/2"]
    assert project.atlases() == ("atlases/2", "atlases/1")
    assert project.with_atlas("").atlases() == ("atlases/1", "atlases/2")


@pytest.mark.parametrize("name", ["atlases", "atlases/", "atlases/..", "layers/a", "/atlases/a", "atlases/a/b"])
def test_no_atlas_lies_outside_the_projects_folder(name: str) -> None:
    for make in (lambda: Project(atlas=name), lambda: layer("a", atlas=name)):
        with pytest.raises(ValueError, match="no atlas"):
            make()
