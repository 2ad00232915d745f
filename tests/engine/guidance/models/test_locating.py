"""Finding a model's folder, or saying in one sentence what to do."""

from pathlib import Path

import pytest

from engine.errors import UserError
from engine.guidance.models.catalogue import CONFIG_FILE, WEIGHTS_FILE
from engine.guidance.models.locating import locate
from engine.guidance.models.store import ModelStore
from tests.engine.guidance.models.tiny_model import write_hub_cache

BLOBS: dict[str, bytes | Path] = {CONFIG_FILE: b"{}", WEIGHTS_FILE: b"weights"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "some model"
    folder.mkdir()
    for name in BLOBS:
        (folder / name).write_bytes(b"")
    return folder


def test_a_folder_and_its_weights_are_found_by_their_path(folder: Path, store: ModelStore) -> None:
    assert locate(str(folder), store) == folder
    assert locate(str(folder / WEIGHTS_FILE), store) == folder


def test_a_home_is_spelt_out(folder: Path, store: ModelStore, own_folders: Path) -> None:
    folder.rename(own_folders / "model")
    assert locate("~/model", store) == own_folders / "model"


def test_the_catalogues_models_are_found_in_the_hubs_cache(store: ModelStore, own_folders: Path) -> None:
    cache = own_folders / "cache" / "huggingface" / "hub"
    held = write_hub_cache(cache, "timm/resnet50_clip.openai", BLOBS)
    assert locate("RN50", store) == held / "snapshots" / "c0ffee"
    assert locate("timm/resnet50_clip.openai", store) == held / "snapshots" / "c0ffee"
    assert locate(str(held), store) == held / "snapshots" / "c0ffee"


def test_a_cache_without_weights_or_configuration_is_passed_over(store: ModelStore, own_folders: Path) -> None:
    cache = own_folders / "cache" / "huggingface" / "hub"
    write_hub_cache(cache, "timm/resnet50_clip.openai", {WEIGHTS_FILE: b"weights"})
    write_hub_cache(cache, "maker/tiny", {CONFIG_FILE: b"{}"})
    for name in ("RN50", "maker/tiny"):
        with pytest.raises(UserError, match="not installed"):
            locate(name, store)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ViT-B-32", r"not installed; run `patina models pull ViT-B-32`, or import it .*`patina models import PATH`"),
        ("ViT-B-23", "the nearest is ViT-B-32"),
        ("../weights.bin", "check its path"),
    ],
)
def test_what_is_not_there_is_one_sentence_with_what_to_do(store: ModelStore, name: str, words: str) -> None:
    with pytest.raises(UserError, match=words) as refused:
        locate(name, store)
    assert str(refused.value).endswith(".")


def test_an_incomplete_model_is_told(store: ModelStore) -> None:
    (store.incomplete_folder("RN50") / "x.part").write_bytes(b"1")
    with pytest.raises(UserError, match="not whole yet; run `patina models pull RN50` to go on"):
        locate("RN50", store)


def test_a_lone_file_is_to_be_imported(tmp_path: Path, store: ModelStore) -> None:
    (tmp_path / "weights.pt").write_bytes(b"")
    with pytest.raises(UserError, match=r"models import .*weights\.pt"):
        locate(str(tmp_path / "weights.pt"), store)
