import dataclasses
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.atlas.atlas import Atlas, AtlasClip, AtlasLayer, layer_names
from engine.atlas.atlas_folder import load_atlas, save_atlas
from engine.errors import UserError


@pytest.fixture
def atlas() -> Atlas:
    draw = np.random.default_rng(0)

    def layer(name: str) -> AtlasLayer:
        texture, coverage = draw.random((30, 40, 3), np.float32), draw.random((30, 40), np.float32)
        return AtlasLayer(name, texture, coverage, draw.random((3, 4, 5, 2), np.float32))

    clip = AtlasClip(Path("/clips/swan"), range(7, 10), Fraction(24000, 1001), (64, 48))
    mattes = draw.integers(0, 100, (3, 2, 24, 32), np.uint8)
    return Atlas(clip, (32, 24), tuple(map(layer, layer_names(2))), mattes, draw.random((3, 2, 3, 3), np.float32))


def assert_same(one: Atlas, other: Atlas) -> None:
    assert (one.clip, one.size) == (other.clip, other.size)
    assert (one.mattes == other.mattes).all()
    for a, b in zip(one.layers, other.layers, strict=True):
        assert a.name == b.name
        assert np.abs(a.texture - b.texture).max() < 1e-5
        assert np.abs(a.coverage - b.coverage).max() < 1e-5
        assert (a.mapping == b.mapping).all()
    assert one.light is not None
    assert other.light is not None
    assert (one.light == other.light).all()


def test_an_atlas_comes_back_as_it_was_saved(atlas: Atlas, tmp_path: Path) -> None:
    save_atlas(atlas, tmp_path / "swan")
    assert_same(load_atlas(tmp_path / "swan"), atlas)
    assert [path.name for path in tmp_path.iterdir()] == ["swan"]


def test_an_atlas_replaces_an_earlier_one_wholly(atlas: Atlas, tmp_path: Path) -> None:
    save_atlas(dataclasses.replace(atlas, layers=atlas.layers[:2], mattes=atlas.mattes[:, :1]), tmp_path / "swan")
    save_atlas(atlas, tmp_path / "swan")
    assert_same(load_atlas(tmp_path / "swan"), atlas)
    assert [path.name for path in tmp_path.iterdir()] == ["swan"]


def test_a_folder_of_other_things_is_left_alone(atlas: Atlas, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear")
    with pytest.raises(UserError, match="is no atlas; choose another folder"):
        save_atlas(atlas, tmp_path / "letters")
    assert (tmp_path / "letters" / "a.txt").read_text() == "dear"


@pytest.mark.parametrize("name", ["atlas.json", "mapping 1.npy", "texture 0.png", "matte 2/00001.png", "light.npy"])
@pytest.mark.parametrize("damage", ["cut", "missing"])
def test_a_damaged_atlas_is_refused_in_one_sentence(atlas: Atlas, tmp_path: Path, name: str, damage: str) -> None:
    save_atlas(atlas, tmp_path / "swan")
    path = tmp_path / "swan" / name
    data = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    with pytest.raises(UserError, match=r"fit (it again|one to the clip first)"):
        load_atlas(tmp_path / "swan")
