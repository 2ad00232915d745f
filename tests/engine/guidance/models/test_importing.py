"""Imports: files, folders and caches are found; damaged and foreign ones are refused, and the old model stays."""

import errno
import hashlib
import json
import os
import pickle
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import open_clip
import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from engine.errors import UserError
from engine.guidance.models import catalogue, configurations, installing
from engine.guidance.models.catalogue import CONFIG_FILE, WEIGHTS_FILE
from engine.guidance.models.checkpoints import State
from engine.guidance.models.importing import import_model
from engine.guidance.models.locating import locate
from engine.guidance.models.store import ModelStore
from tests.engine.guidance.models.driving import driven
from tests.engine.guidance.models.tiny_model import CONFIG, NETWORK, tiny_state, write_hub_cache, write_model_folder


@pytest.fixture(scope="module")
def state() -> State:
    return tiny_state()


@pytest.fixture
def folder(tmp_path: Path, state: State) -> Path:
    return write_model_folder(tmp_path / "tiny", state)


@pytest.fixture
def known_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let open_clip know the tiny network as one of its own, called Tiny-1."""
    known = {name: open_clip.get_model_config(name) for name in ("ViT-B-32", "ViT-B-32-quickgelu")}
    monkeypatch.setattr(open_clip.factory, "_MODEL_CONFIGS", known | {"Tiny-1": NETWORK})


def import_(path: Path, store: ModelStore, name: str = "") -> str:
    return driven(import_model(path, name, store))[1].name


def assert_installed(store: ModelStore, name: str, state: State) -> None:
    """The model is there whole, in its canonical form, and open_clip itself loads it with these numbers."""
    folder = store.find(name)
    assert folder is not None
    assert sorted(path.name for path in folder.iterdir()) == ["model.json", CONFIG_FILE, WEIGHTS_FILE]
    model = open_clip.create_model(f"local-dir:{folder}", require_pretrained=True)
    loaded = model.state_dict()
    assert loaded.keys() == state.keys()
    assert all(torch.equal(loaded[key], value) for key, value in state.items())


def nothing_half_written(store: ModelStore) -> bool:
    return not store.folder.exists() or {path.name for path in store.folder.iterdir()} <= {".in-use.lock", "tiny"}


def refusal(path: Path, store: ModelStore, name: str = "") -> str:
    with pytest.raises(UserError) as refused:
        import_(path, store, name)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_a_model_folder_is_imported_under_its_own_name(folder: Path, store: ModelStore, state: State) -> None:
    assert import_(folder, store) == "tiny"
    assert_installed(store, "tiny", state)
    assert locate("tiny", store) == store.folder / "tiny"


def test_a_name_can_be_given(folder: Path, store: ModelStore, state: State) -> None:
    assert import_(folder, store, "maker/mine") == "maker/mine"
    assert_installed(store, "maker/mine", state)
    assert [model.name for model in store.installed()] == ["maker/mine"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no umask")
def test_others_may_read_what_the_umask_lets_them(folder: Path, store: ModelStore) -> None:
    (folder / WEIGHTS_FILE).chmod(0o600)
    old = os.umask(0o022)
    try:
        import_(folder, store)
    finally:
        os.umask(old)
    assert (store.folder / "tiny" / WEIGHTS_FILE).stat().st_mode & 0o777 == 0o644


def test_a_file_takes_the_configuration_beside_it(folder: Path, store: ModelStore, state: State) -> None:
    assert import_(folder / WEIGHTS_FILE, store, "mine") == "mine"
    assert_installed(store, "mine", state)


def test_a_lone_file_is_told_by_its_tensors(
    tmp_path: Path, store: ModelStore, state: State, known_architecture: None
) -> None:
    save_file(state, tmp_path / "downloaded.safetensors")
    assert import_(tmp_path / "downloaded.safetensors", store) == "Tiny-1"
    assert_installed(store, "Tiny-1", state)


def test_a_lone_file_is_told_by_the_architecture_that_it_is_called(
    tmp_path: Path, store: ModelStore, state: State, known_architecture: None
) -> None:
    save_file(state, tmp_path / "downloaded.safetensors")
    assert import_(tmp_path / "downloaded.safetensors", store, "Tiny-1") == "Tiny-1"
    assert "does not fit" in refusal(tmp_path / "downloaded.safetensors", store, "ViT-B-32")


def test_weights_that_do_not_tell_their_training_are_asked_about(
    tmp_path: Path, store: ModelStore, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"Tiny-1": NETWORK, "Tiny-1-quickgelu": {**NETWORK, "quick_gelu": True}}
    monkeypatch.setattr(open_clip.factory, "_MODEL_CONFIGS", known)
    save_file(state, tmp_path / "downloaded.safetensors")

    assert "--name Tiny-1 or --name Tiny-1-quickgelu" in refusal(tmp_path / "downloaded.safetensors", store)
    assert import_(tmp_path / "downloaded.safetensors", store, "Tiny-1-quickgelu") == "Tiny-1-quickgelu"
    config = json.loads((store.folder / "Tiny-1-quickgelu" / CONFIG_FILE).read_text())
    assert config["model_cfg"]["quick_gelu"] is True


def test_a_file_of_the_catalogue_is_known_by_its_checksum(
    tmp_path: Path, store: ModelStore, state: State, known_architecture: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "downloaded.safetensors"
    save_file(state, path)
    listed = catalogue.entries()[0]
    file = replace(listed.files[0], sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    entry = replace(listed, name="Listed", files=(file,), architecture="Tiny-1", tag="")
    monkeypatch.setattr(catalogue, "_ENTRIES", (entry,))

    assert import_(path, store) == "Listed"
    assert store.installed()[0].licence == listed.licence


@pytest.mark.parametrize("wrap", [lambda state: state, lambda state: {"state_dict": state, "epoch": 3}])
@pytest.mark.parametrize("legacy", [False, True])
def test_a_pickle_of_weights_becomes_safetensors(
    tmp_path: Path, store: ModelStore, state: State, wrap: Callable[[State], object], legacy: bool
) -> None:
    (tmp_path / "pickled").mkdir()
    (tmp_path / "pickled" / CONFIG_FILE).write_text(json.dumps(CONFIG))
    parallel = {f"module.{key}": value for key, value in state.items()}
    path = tmp_path / "pickled" / "open_clip_pytorch_model.bin"
    torch.save(wrap(parallel), path, _use_new_zipfile_serialization=not legacy)

    assert import_(tmp_path / "pickled", store) == "pickled"
    assert_installed(store, "pickled", state)
    assert path.exists()


def test_halves_stay_halves(tmp_path: Path, store: ModelStore, state: State) -> None:
    half = {key: value.half() if value.is_floating_point() else value for key, value in state.items()}
    import_(write_model_folder(tmp_path / "tiny", half), store)
    saved = load_file(store.folder / "tiny" / WEIGHTS_FILE)
    assert saved["text_projection"].dtype == torch.float16


class Cache:
    """The places of one model in a hub's cache."""

    def __init__(self, folder: Path) -> None:
        self.model = folder
        self.snapshot = next((folder / "snapshots").iterdir())
        self.all = folder.parent


@pytest.fixture
def cache(tmp_path: Path, folder: Path) -> Cache:
    blobs: dict[str, bytes | Path] = {name: folder / name for name in (CONFIG_FILE, WEIGHTS_FILE)}
    return Cache(write_hub_cache(tmp_path / "hub", "maker/tiny", blobs))


@pytest.mark.parametrize("place", ["model", "snapshot", "all"])
def test_a_model_in_the_hubs_cache_is_imported_under_the_hubs_name(
    cache: Cache, store: ModelStore, state: State, place: str
) -> None:
    assert import_(getattr(cache, place), store) == "maker/tiny"
    assert_installed(store, "maker/tiny", state)


def test_a_cache_of_several_models_asks_which(cache: Cache, folder: Path, store: ModelStore) -> None:
    write_hub_cache(cache.all, "maker/other", {name: folder / name for name in (CONFIG_FILE, WEIGHTS_FILE)})
    assert "maker/other, maker/tiny; say which" in refusal(cache.all, store)
    assert import_(cache.all, store, "maker/other") == "maker/other"


def test_a_damaged_cache_is_found_out_by_its_own_checksum(cache: Cache, store: ModelStore) -> None:
    blob = (cache.snapshot / WEIGHTS_FILE).resolve()
    data = bytearray(blob.read_bytes())
    data[-1] ^= 1
    blob.write_bytes(data)
    assert "its checksum is wrong" in refusal(cache.all, store)


def test_the_cache_is_searched_for_a_guide(cache: Cache, store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(cache.all))
    assert locate("maker/tiny", store) == cache.snapshot
    monkeypatch.delenv("HF_HUB_CACHE")
    monkeypatch.setenv("HF_HOME", str(cache.all.parent))
    assert locate("maker/tiny", store) == cache.snapshot
    monkeypatch.delenv("HF_HOME")
    with pytest.raises(UserError, match="not installed"):
        locate("maker/tiny", store)


def damage_cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def damage_header(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[20:40] = b"\0" * 20
    path.write_bytes(data)


def damage_empty(path: Path) -> None:
    path.write_bytes(b"")


def damage_text(path: Path) -> None:
    path.write_text("<html>Not found</html>")


def damage_numbers(path: Path) -> None:
    state = load_file(path)
    state["text_projection"] = torch.full_like(state["text_projection"], float("nan"))
    save_file(state, path)


def damage_missing(path: Path) -> None:
    state = load_file(path)
    del state["visual.proj"]
    save_file(state, path)


def damage_extra(path: Path) -> None:
    save_file(load_file(path) | {"visual.extra": torch.zeros(3)}, path)


def damage_shape(path: Path) -> None:
    save_file(load_file(path) | {"visual.proj": torch.zeros(16, 4)}, path)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (damage_cut, "damaged or cut short"),
        (damage_header, "damaged or cut short"),
        (damage_empty, "no file of weights"),
        (damage_text, "no file of weights"),
        (damage_numbers, "text_projection holds numbers that are not finite"),
        (damage_missing, r"it has no visual\.proj"),
        (damage_extra, r"it has visual\.extra, which the model has not"),
        (damage_shape, r"its visual\.proj is 16 × 4, the model's 16 × 8"),
    ],
)
def test_a_damaged_import_is_refused_and_the_old_model_stays(
    tmp_path: Path, store: ModelStore, state: State, damage: Callable[[Path], None], words: str
) -> None:
    import_(write_model_folder(tmp_path / "tiny", state), store)
    other = write_model_folder(tmp_path / "other", tiny_state(seed=1))
    damage(other / WEIGHTS_FILE)

    with pytest.raises(UserError, match=words):
        import_(other, store, "tiny")

    assert_installed(store, "tiny", state)
    assert [model.name for model in store.installed()] == ["tiny"]
    assert nothing_half_written(store)


def test_a_sound_import_takes_the_place_of_the_old_model(tmp_path: Path, store: ModelStore, state: State) -> None:
    import_(write_model_folder(tmp_path / "tiny", state), store)
    newer = tiny_state(seed=1)
    import_(write_model_folder(tmp_path / "other", newer), store, "tiny")
    assert_installed(store, "tiny", newer)
    assert nothing_half_written(store)


def test_a_damaged_configuration_is_refused(folder: Path, store: ModelStore) -> None:
    (folder / CONFIG_FILE).write_text("{")
    assert "damaged" in refusal(folder, store)
    (folder / CONFIG_FILE).write_text("[]")
    assert "describes no model of open_clip" in refusal(folder, store)
    broken = {"model_cfg": {**NETWORK, "vision_cfg": {"image_size": "large", "layers": 1}}}
    (folder / CONFIG_FILE).write_text(json.dumps(broken))
    assert "no network that can be built" in refusal(folder, store)


@pytest.mark.parametrize("key", ["hf_tokenizer_name", "hf_model_name"])
def test_a_model_that_needs_what_is_not_here_is_refused(
    folder: Path, store: ModelStore, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configurations.importlib.util, "find_spec", lambda name: None)
    network = {**NETWORK, "text_cfg": {**NETWORK["text_cfg"], key: "maker/words"}}
    (folder / CONFIG_FILE).write_text(json.dumps({"model_cfg": network}))
    assert "choose another model" in refusal(folder, store)


def test_a_program_is_never_run(tmp_path: Path, store: ModelStore) -> None:
    torch.save({}, tmp_path / "ViT-B-32.pt")
    with zipfile.ZipFile(tmp_path / "ViT-B-32.pt", "a") as archive:
        archive.writestr("ViT-B-32/code/__torch__.py", "class Module: pass")
    sentence = refusal(tmp_path / "ViT-B-32.pt", store)
    assert "TorchScript" in sentence
    assert "open_clip_model.safetensors" in sentence


class Mischief:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (os.environ["MISCHIEF"],)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_that_would_run_code_is_refused_unrun(
    tmp_path: Path, store: ModelStore, monkeypatch: pytest.MonkeyPatch, zipped: bool
) -> None:
    monkeypatch.setenv("MISCHIEF", str(tmp_path / "mischief"))
    path = tmp_path / "weights.bin"
    path.write_bytes(pickle.dumps({"a": Mischief()}, protocol=2))
    if zipped:
        inside = path.read_bytes()
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("weights/data.pkl", inside)
            archive.writestr("weights/version", "3\n")

    assert "run code" in refusal(path, store)
    assert not (tmp_path / "mischief").exists()


def test_what_is_no_model_is_refused(tmp_path: Path, store: ModelStore, known_architecture: None) -> None:
    save_file({"unet.weight": torch.zeros(3)}, tmp_path / "other.safetensors")
    assert "fits no model that open_clip knows" in refusal(tmp_path / "other.safetensors", store)
    save_file({"vision_model.weight": torch.zeros(3)}, tmp_path / "hf.safetensors")
    assert "laid out for the transformers library" in refusal(tmp_path / "hf.safetensors", store)
    torch.save([1, 2], tmp_path / "list.pt")
    assert "holds no weights" in refusal(tmp_path / "list.pt", store)
    torch.save({"a": 1}, tmp_path / "number.pt")
    assert "more than a model's weights" in refusal(tmp_path / "number.pt", store)
    (tmp_path / "empty").mkdir()
    assert "holds no model" in refusal(tmp_path / "empty", store)
    assert "There is no file or folder" in refusal(tmp_path / "absent", store)
    assert not store.folder.exists()


def test_a_full_disk_is_one_sentence_and_the_old_model_stays(
    tmp_path: Path, store: ModelStore, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_(write_model_folder(tmp_path / "tiny", state), store)
    other = write_model_folder(tmp_path / "other", tiny_state(seed=1))

    def full(*given: object, **named: object) -> None:
        raise SafetensorError(f"Error while serializing: I/O error: No space left on device (os error {errno.ENOSPC})")

    monkeypatch.setattr(installing, "save_file", full)
    assert "no room left on the disk" in refusal(other, store, "tiny")
    assert_installed(store, "tiny", state)


def test_no_room_is_told_before_anything_is_written(
    folder: Path, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.guidance.models.store.shutil.disk_usage", lambda path: SimpleNamespace(free=1000))
    assert "0 MB free" in refusal(folder, store)


def test_a_cancelled_import_leaves_nothing(folder: Path, store: ModelStore) -> None:
    run = import_model(folder, "", store)
    while not any(store.folder.glob(".scrap-*")):
        next(run)
    run.close()
    assert store.installed() == ()
    assert nothing_half_written(store)


def test_an_import_uses_no_random_numbers_of_others(folder: Path, store: ModelStore) -> None:
    before = torch.random.get_rng_state()
    import_(folder, store)
    assert torch.equal(torch.random.get_rng_state(), before)
