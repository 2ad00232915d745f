import contextlib
import dataclasses
import errno
import json
import os
import shutil
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.atlas.atlas import Atlas, AtlasClip, AtlasLayer
from engine.atlas.atlas_folder import load_atlas, save_atlas
from engine.blending import BlendMode
from engine.clip_subjects import ClipSubject
from engine.errors import UserError
from engine.jobs import ImageEdit
from engine.media.png import write_png
from engine.project import EditLayer, Footage, Project
from engine.project_folder import FootageError, load_project, read_project_file, save_project

WIDTH, HEIGHT = 40, 30


def make_layer(folder: Path, layer_id: str, **given: object) -> EditLayer:
    """Write a layer with its matte into a project's folder."""
    pixels = np.random.default_rng(len(layer_id)).random((HEIGHT, WIDTH, 4), np.float32)
    for name in ("layers", "mattes"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    write_png(folder / f"layers/{layer_id}.png", pixels)
    write_png(folder / f"mattes/{layer_id}.png", pixels[..., 3])
    return EditLayer(layer_id, f"layer {layer_id}", f"layers/{layer_id}.png", matte=f"mattes/{layer_id}.png", **given)


@pytest.fixture
def horse(tmp_path: Path) -> Footage:
    path = tmp_path / "horse.png"
    write_png(path, np.full((HEIGHT, WIDTH, 3), 0.5, np.float32))
    return Footage(path, WIDTH, HEIGHT)


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return tmp_path / "session"


@pytest.fixture
def project(session: Path, horse: Footage) -> Project:
    job = ImageEdit(picture=str(horse.path), prompt="gold", seed=7)
    gold = make_layer(session, "gold", opacity=0.25, blend=BlendMode.MULTIPLY, solo=True, job=job)
    return Project(horse, (gold, make_layer(session, "rust", visible=False, locked=True)))


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_saved_project_opens_unchanged_with_its_own_files(project: Project, session: Path, tmp_path: Path) -> None:
    folder = tmp_path / "art.patina"
    save_project(project, folder, session)
    assert load_project(folder) == project
    assert set(content(folder)) == {"project.json", *project.files()}
    for name in project.files():
        assert (folder / name).read_bytes() == (session / name).read_bytes()
        assert not (folder / name).samefile(session / name), "a change to one must not reach the other"


def test_an_empty_project_can_be_saved(tmp_path: Path, session: Path) -> None:
    save_project(Project(), tmp_path / "art.patina", session)
    assert load_project(tmp_path / "art.patina") == Project()


def test_saving_again_brings_new_layers_and_keeps_old_files(project: Project, session: Path, tmp_path: Path) -> None:
    folder = tmp_path / "art.patina"
    save_project(project, folder, session)
    times = {name: (folder / name).stat().st_mtime_ns for name in project.files()}
    changed = project.remove_layer("gold").add_layer(make_layer(session, "fire"))
    save_project(changed, folder, session)

    assert load_project(folder) == changed
    assert {name: (folder / name).stat().st_mtime_ns for name in project.files()} == times
    save_project(project, folder, folder)  # undone, and no session left that holds the files
    assert load_project(folder) == project


def test_saving_to_a_new_folder_leaves_out_what_no_layer_needs(project: Project, session: Path, tmp_path: Path) -> None:
    smaller = project.remove_layer("gold")
    save_project(smaller, tmp_path / "art.patina", session)
    assert set(content(tmp_path / "art.patina")) == {"project.json", "layers/rust.png", "mattes/rust.png"}


def full_disk_from(call: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk be full from the given file on, once part of it is written."""
    original = os.fsync
    calls = iter(range(1000))

    def fsync(file: int) -> None:
        if next(calls) >= call:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        original(file)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("call", range(3))
def test_a_disk_that_fills_up_leaves_the_old_project_whole(
    project: Project, session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    folder = tmp_path / "art.patina"
    save_project(project, folder, session)
    before = content(folder)
    changed = project.remove_layer("gold").add_layer(make_layer(session, "fire"))
    with monkeypatch.context() as full:
        full_disk_from(call, full)
        with pytest.raises(UserError, match="no room"):
            save_project(changed, folder, session)

    assert load_project(folder) == project
    assert before.items() <= content(folder).items()
    assert not [name for name in content(folder) if Path(name).name.startswith(".")], "no part of a file is left"
    save_project(changed, folder, session)
    assert load_project(folder) == changed


@pytest.mark.parametrize("call", range(5))
def test_a_disk_that_fills_up_leaves_no_half_made_folder(
    project: Project, session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    before = content(tmp_path)
    with monkeypatch.context() as full:
        full_disk_from(call, full)
        with pytest.raises(UserError, match="no room"):
            save_project(project, tmp_path / "art.patina", session)
    assert content(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["horse.png", "session"]


@contextlib.contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the system itself refuse, in the middle of a file, to make it larger than ``size`` bytes."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_file_that_the_system_cuts_short_leaves_the_old_project_whole(
    project: Project, session: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "art.patina"
    save_project(project, folder, session)
    before = content(folder)
    changed = project.add_layer(make_layer(session, "fire"))
    with largest_file(1000), pytest.raises(UserError):
        save_project(changed, folder, session)
    assert content(folder) == before
    assert load_project(folder) == project


def test_a_layer_file_that_is_nowhere_stops_the_save_before_anything_is_written(
    project: Project, session: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "art.patina"
    save_project(project, folder, session)
    before = content(folder)
    broken = project.add_layer(EditLayer("ice", "ice", "layers/ice.png"))
    with pytest.raises(UserError, match=r"layers/ice\.png of the layer “ice” is missing"):
        save_project(broken, folder, session)
    assert content(folder) == before


@pytest.mark.parametrize("place", ["file", "file/art.patina"])
def test_a_file_in_the_way_is_refused(project: Project, session: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError):
        save_project(project, tmp_path / place, session)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("length", [0, 1, 100, -1, -3])
def test_a_project_cut_short_is_refused(project: Project, session: Path, tmp_path: Path, length: int) -> None:
    save_project(project, tmp_path / "art.patina", session)
    file = tmp_path / "art.patina" / "project.json"
    file.write_bytes(file.read_bytes().rstrip()[:length])
    with pytest.raises(UserError, match="damaged or cut short; open a backup"):
        load_project(tmp_path / "art.patina")


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"[" * 100_000, b"null", b"{}", b'{"schema": "new"}'])
def test_a_file_that_holds_no_project_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "project.json").write_bytes(data)
    with pytest.raises(UserError, match="backup"):
        load_project(tmp_path)


def test_a_newer_schema_is_refused(project: Project, session: Path, tmp_path: Path) -> None:
    save_project(project, tmp_path / "art.patina", session)
    file = tmp_path / "art.patina" / "project.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "schema": 4}))
    with pytest.raises(UserError, match="newer Patina"):
        load_project(tmp_path / "art.patina")


@pytest.mark.parametrize("name", ["nowhere", "file", "."])
def test_what_is_no_project_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"no Patina project.*choose a .patina folder"):
        load_project(tmp_path / name)


@pytest.mark.parametrize("name", ["layers/gold.png", "mattes/rust.png"])
def test_a_missing_layer_file_is_named(project: Project, session: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "art.patina"
    save_project(project, folder, session)
    (folder / name).unlink()
    with pytest.raises(UserError, match=f"{name} of the layer “layer {Path(name).stem}” is missing"):
        load_project(folder)
    assert read_project_file(folder) == project


def test_missing_footage_is_named_and_can_be_chosen_anew(
    project: Project, session: Path, tmp_path: Path, horse: Footage
) -> None:
    folder = tmp_path / "art.patina"
    save_project(project, folder, session)
    moved = horse.path.rename(tmp_path / "moved.png")
    with pytest.raises(FootageError, match="missing; put it back or choose where it is") as refusal:
        load_project(folder)
    assert refusal.value.path == horse.path

    found = load_project(folder, footage=moved)
    assert found == dataclasses.replace(project, footage=dataclasses.replace(horse, path=moved))
    save_project(found, folder, session)
    assert load_project(folder) == found


def test_footage_of_another_size_is_refused(project: Project, session: Path, tmp_path: Path, horse: Footage) -> None:
    folder = tmp_path / "art.patina"
    save_project(project, folder, session)
    other = tmp_path / "other.png"
    write_png(other, np.zeros((WIDTH, HEIGHT, 3), np.float32))
    with pytest.raises(FootageError, match="30 × 40 pixels, but the project was made on 40 × 30"):
        load_project(folder, footage=other)
    other.replace(horse.path)
    with pytest.raises(FootageError, match="30 × 40"):
        load_project(folder)


def test_a_project_travels_with_its_footage(project: Project, session: Path, tmp_path: Path, horse: Footage) -> None:
    home = tmp_path / "home"
    home.mkdir()
    moved = home / "horse.png"
    horse.path.rename(moved)
    project = dataclasses.replace(project, footage=dataclasses.replace(horse, path=moved))
    save_project(project, home / "art.patina", session)
    home.rename(tmp_path / "elsewhere")
    found = load_project(tmp_path / "elsewhere" / "art.patina").footage
    assert found is not None
    assert found.path == tmp_path / "elsewhere" / "horse.png"


@pytest.fixture
def clip(tmp_path: Path) -> Footage:
    """Return three frames, numbered from 1001."""
    folder = tmp_path / "swan"
    folder.mkdir()
    for number in range(1001, 1004):
        write_png(folder / f"swan.{number}.png", np.full((HEIGHT, WIDTH, 3), 0.5, np.float32))
    return Footage(folder, WIDTH, HEIGHT, 3, Fraction(25), 1001)


@pytest.fixture
def clip_project(session: Path, clip: Footage) -> Project:
    """Return a project with an atlas in the session's folder, and a layer on it."""
    frame, lattice = np.zeros((HEIGHT, WIDTH), np.float32), np.zeros((3, 4, 4, 2), np.float32)
    background = AtlasLayer("background", np.zeros((HEIGHT, WIDTH, 3), np.float32), frame, lattice)
    mattes = np.zeros((3, 0, HEIGHT, WIDTH), np.uint8)
    described = AtlasClip(clip.path, range(1001, 1004), Fraction(25), (WIDTH, HEIGHT))
    save_atlas(Atlas(described, (WIDTH, HEIGHT), (background,), mattes), make_atlases(session) / "first")
    gold = make_layer(session, "gold", atlas_layer="background", first=1002, opacity_keys=((1002, 0), (1003, 1)))
    return Project(clip, (gold,), atlas="atlases/first", work_in=1002)


def make_atlases(folder: Path) -> Path:
    (folder / "atlases").mkdir(parents=True)
    return folder / "atlases"


def test_a_clips_project_is_saved_with_its_atlas(clip_project: Project, session: Path, tmp_path: Path) -> None:
    folder = tmp_path / "art.patina"
    save_project(clip_project, folder, session)
    assert load_project(folder) == clip_project
    atlas = {name: data for name, data in content(session).items() if name.startswith("atlases")}
    assert atlas
    assert atlas.items() <= content(folder).items()
    assert load_atlas(folder / "atlases" / "first").layers[0].name == "background"


def test_an_atlas_that_is_there_is_not_brought_again(clip_project: Project, session: Path, tmp_path: Path) -> None:
    folder = tmp_path / "art.patina"
    save_project(clip_project, folder, session)
    inodes = {path: path.stat().st_ino for path in (folder / "atlases").rglob("*")}
    save_project(clip_project.remove_layer("gold"), folder, tmp_path)
    assert {path: path.stat().st_ino for path in (folder / "atlases").rglob("*")} == inodes


def test_the_atlas_of_an_older_layer_is_saved_as_well(clip_project: Project, session: Path, tmp_path: Path) -> None:
    (session / "atlases" / "first").rename(session / "atlases" / "second")
    save_project(clip_project.with_atlas("atlases/second").remove_layer("gold"), tmp_path / "new.patina", session)
    assert not (tmp_path / "new.patina" / "atlases" / "first").exists()
    with pytest.raises(UserError, match="atlases/first is missing"):
        save_project(clip_project.with_atlas("atlases/second"), tmp_path / "art.patina", session)


def test_an_atlas_is_copied_where_there_are_no_links(
    clip_project: Project, session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    save_project(clip_project, tmp_path / "art.patina", session)
    assert load_project(tmp_path / "art.patina") == clip_project
    with monkeypatch.context() as full:
        full_disk_from(3, full)  # two layer files fit, and the first of the atlas
        with pytest.raises(UserError, match="no room"):
            save_project(clip_project, tmp_path / "more.patina", session)
    assert not (tmp_path / "more.patina").exists()


def test_a_missing_atlas_is_named(clip_project: Project, session: Path, tmp_path: Path) -> None:
    save_project(clip_project, tmp_path / "art.patina", session)
    (tmp_path / "art.patina" / "atlases" / "first" / "atlas.json").unlink()
    with pytest.raises(UserError, match="atlas atlases/first is missing"):
        load_project(tmp_path / "art.patina")


def test_a_clip_that_lost_a_frame_is_refused_and_another_place_is_taken(
    clip_project: Project, session: Path, tmp_path: Path, clip: Footage
) -> None:
    folder = tmp_path / "art.patina"
    save_project(clip_project, folder, session)
    pattern = clip.path / "swan.%04d.png"
    found = load_project(folder, footage=pattern)
    save_project(found, folder, session)
    assert load_project(folder) == found
    (clip.path / "swan.1003.png").unlink()
    with pytest.raises(FootageError, match="frames 1001 to 1002, but the project was made on 1001 to 1003"):
        load_project(folder)
    clip.path.rename(tmp_path / "moved")
    with pytest.raises(FootageError, match=r"clip .* is missing"):
        load_project(folder)


def test_the_masks_of_a_clips_objects_are_saved_and_missed(
    clip_project: Project, session: Path, tmp_path: Path
) -> None:
    write_png(session / "mattes/key.png", np.ones((HEIGHT, WIDTH), np.float32), 8)
    swan = ClipSubject("a", "swan", keys=((1002, "mattes/key.png"),))
    project = dataclasses.replace(clip_project, subjects=(swan,))
    save_project(project, tmp_path / "art.patina", session)
    assert load_project(tmp_path / "art.patina") == project
    (tmp_path / "art.patina/mattes/key.png").unlink()
    with pytest.raises(UserError, match="mask of “swan” at frame 1002"):
        load_project(tmp_path / "art.patina")


def with_frames(project: Project, session: Path) -> Project:
    """Return the project with a layer that has pictures for the frames 8 and 9."""
    layer = EditLayer("fire", "fire", "layers/fire", frames=(8, 9))
    for number, name in enumerate(layer.pictures):
        (session / name).parent.mkdir(parents=True, exist_ok=True)
        write_png(session / name, np.full((HEIGHT, WIDTH, 4), number / 2, np.float32))
    return project.add_layer(layer)


def test_the_pictures_of_a_layers_frames_are_saved(project: Project, session: Path, tmp_path: Path) -> None:
    folder, shown = tmp_path / "art.patina", with_frames(project, session)
    save_project(shown, folder, session)
    shutil.rmtree(session)
    assert load_project(folder) == shown
    assert set(content(folder)) == {"project.json", *project.files(), "layers/fire/8.png", "layers/fire/9.png"}
    save_project(shown.duplicate_layer("fire"), folder, folder)
    assert len(list((folder / "layers").glob("*/*"))) == 2, "a duplicate shares them"


def test_a_missing_picture_of_a_frame_is_named(project: Project, session: Path, tmp_path: Path) -> None:
    folder = tmp_path / "art.patina"
    save_project(with_frames(project, session), folder, session)
    (folder / "layers/fire/9.png").unlink()
    with pytest.raises(UserError, match=r"layers/fire/9.png of the layer “fire” is missing"):
        load_project(folder)


def test_frames_that_cannot_be_brought_leave_the_old_project_whole(
    project: Project, session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "art.patina"
    save_project(project, folder, session)
    before, shown = content(folder), with_frames(project, session)

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    full_disk_from(1, monkeypatch)
    with pytest.raises(UserError, match="no room left"):
        save_project(shown, folder, session)
    assert content(folder) == before
