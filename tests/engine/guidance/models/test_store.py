"""The store: a model is there whole or not at all."""

from pathlib import Path

import pytest

from engine.errors import UserError
from engine.guidance.models import store as store_module
from engine.guidance.models.catalogue import CONFIG_FILE, WEIGHTS_FILE
from engine.guidance.models.guides import installed_models
from engine.guidance.models.store import Manifest, ModelStore, models_folder


def fill(folder: Path, weights: bytes = b"weights") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG_FILE).write_bytes(b"{}")
    (folder / WEIGHTS_FILE).write_bytes(weights)
    return folder


def put(store: ModelStore, name: str, weights: bytes = b"weights") -> None:
    with store.writing():
        store.complete(fill(store.incomplete_folder(name), weights), Manifest(name, f"The {name}", "MIT", "a file"))


@pytest.mark.parametrize("name", ["ViT-B-32", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K", "ViT-B-32:openai"])
def test_an_installed_model_is_found_and_listed(store: ModelStore, name: str) -> None:
    put(store, name)

    (model,) = store.installed()
    assert (model.name, model.title, model.licence, model.source) == (name, f"The {name}", "MIT", "a file")
    assert model.folder == store.find(name)
    assert model.bytes == sum(path.stat().st_size for path in model.folder.iterdir()) > 0
    assert store.incomplete() == ()


def test_the_guides_are_the_starter_and_what_is_installed(store: ModelStore) -> None:
    put(store, "ViT-B-32")
    starter, installed = installed_models(store)
    assert (starter.guide, installed.guide) == ("starter", "openclip:ViT-B-32")
    assert installed.place == store.find("ViT-B-32")


def test_an_incomplete_model_is_not_installed(store: ModelStore) -> None:
    fill(store.incomplete_folder("ViT-B-32"))
    assert store.find("ViT-B-32") is None
    assert store.installed() == ()
    assert store.incomplete() == ("ViT-B-32",)
    assert store.incomplete_bytes("ViT-B-32") == len(b"{}weights")


@pytest.mark.parametrize("lost", [CONFIG_FILE, WEIGHTS_FILE, "model.json"])
def test_a_folder_that_lost_a_file_is_no_model(store: ModelStore, lost: str) -> None:
    put(store, "ViT-B-32")
    (store.folder / "ViT-B-32" / lost).unlink()
    assert store.find("ViT-B-32") is None


@pytest.mark.parametrize("damaged", ["", "{", "[1]", '{"name": "x"}'])
def test_a_damaged_manifest_is_no_model(store: ModelStore, damaged: str) -> None:
    put(store, "ViT-B-32")
    (store.folder / "ViT-B-32" / "model.json").write_text(damaged)
    assert store.installed() == ()


def test_a_newer_model_takes_the_place_of_an_older_one(store: ModelStore) -> None:
    put(store, "ViT-B-32", b"older")
    put(store, "ViT-B-32", b"newer")
    folder = store.find("ViT-B-32")
    assert folder is not None
    assert (folder / WEIGHTS_FILE).read_bytes() == b"newer"
    assert {path.name for path in store.folder.iterdir()} == {"ViT-B-32", store_module.LOCK_FILE}


def test_an_older_model_stays_where_the_newer_cannot_take_its_place(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "ViT-B-32", b"older")
    replace = Path.replace

    def refusing(path: Path, target: Path) -> Path:
        if path.name.endswith(store_module.INCOMPLETE_SUFFIX):
            raise PermissionError(13, "Permission denied")
        return replace(path, target)

    monkeypatch.setattr(store_module.Path, "replace", refusing)
    with pytest.raises(UserError, match="could not be put in its place"):
        put(store, "ViT-B-32", b"newer")
    folder = store.find("ViT-B-32")
    assert folder is not None
    assert (folder / WEIGHTS_FILE).read_bytes() == b"older"


def test_an_older_model_is_brought_back_after_a_power_cut(store: ModelStore) -> None:
    put(store, "ViT-B-32", b"older")
    (store.folder / "ViT-B-32").rename(store.folder / "ViT-B-32.previous")

    assert [model.name for model in store.installed()] == ["ViT-B-32"]
    assert store.find("ViT-B-32") == store.folder / "ViT-B-32"


def test_a_removed_model_is_gone_with_what_was_pulled_of_it(store: ModelStore) -> None:
    put(store, "ViT-B-32")
    put(store, "RN50")
    fill(store.incomplete_folder("ViT-B-32"))
    size = store.installed()[1].bytes + store.incomplete_bytes("ViT-B-32")

    assert store.remove("ViT-B-32") == size
    assert [model.name for model in store.installed()] == ["RN50"]
    assert store.incomplete() == ()
    with pytest.raises(UserError, match="ViT-B-32 is not installed"):
        store.remove("ViT-B-32")


@pytest.mark.parametrize("name", ["..", "../other", "/etc", "a/b/c", "", ".hidden", "a\0b", "C:\\x", "a" * 200, "x."])
def test_no_name_reaches_out_of_the_store(store: ModelStore, name: str) -> None:
    for act in (store.find, store.remove, store.incomplete_folder):
        with pytest.raises(UserError, match="cannot be the name of a model"):
            act(name)
    assert not store.folder.exists()


def test_two_writers_keep_out_of_each_others_way(store: ModelStore) -> None:
    with store.writing(), pytest.raises(UserError, match="wait until it ends"), ModelStore(store.folder).writing():
        pass
    with store.writing():
        pass


def test_a_writer_removes_the_scrap_of_one_that_died(store: ModelStore) -> None:
    fill(store.folder / f"{store_module.SCRAP_PREFIX}dead")
    assert store.installed() == ()
    with store.writing():
        assert [path.name for path in store.folder.iterdir()] == [store_module.LOCK_FILE]


def test_the_folder_is_the_users_own_or_the_named_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(store_module.sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert models_folder() == tmp_path / "data" / "patina" / "models"
    monkeypatch.setattr(store_module.sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert models_folder() == tmp_path / "local" / "Patina" / "models"
    monkeypatch.setenv("PATINA_MODELS", str(tmp_path / "named"))
    assert models_folder() == tmp_path / "named"
