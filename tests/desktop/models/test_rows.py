import json
from pathlib import Path

import pytest

from desktop.models.rows import ModelRow, State, model_rows
from engine.guidance.models.catalogue import CONFIG_FILE, WEIGHTS_FILE, entries
from engine.guidance.models.store import Manifest, ModelStore


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def put_in(store: ModelStore, name: str, size: int = 100) -> None:
    with store.writing(), store.new_folder() as made:
        (made / CONFIG_FILE).write_text(json.dumps({}))
        (made / WEIGHTS_FILE).write_bytes(bytes(size))
        store.complete(made, Manifest(name, f"the model {name}", "MIT", "/somewhere"))


def put_part_in(store: ModelStore, name: str, size: int) -> None:
    (store.incomplete_folder(name) / f"{WEIGHTS_FILE}.part").write_bytes(bytes(size))


def row(store: ModelStore, name: str) -> ModelRow:
    return next(row for row in model_rows(store) if row.name == name)


def test_an_empty_store_offers_the_catalogue_after_the_starter(store: ModelStore) -> None:
    rows = model_rows(store)
    assert [row.name for row in rows] == ["starter", *(entry.name for entry in entries())]
    assert rows[0].state is State.INSTALLED
    assert rows[0].guide == "starter"
    assert {row.state for row in rows[1:]} == {State.AVAILABLE}
    assert [row.name for row in rows if row.recommended] == ["ViT-B-32"]
    assert not any(row.removable for row in rows)


def test_an_installed_model_is_said_to_be(store: ModelStore) -> None:
    put_in(store, "ViT-B-16", 5000)
    found = row(store, "ViT-B-16")
    assert found.state is State.INSTALLED
    assert 5000 <= found.bytes < 6000  # the disk's, not the catalogue's
    assert found.guide == "openclip:ViT-B-16"
    assert found.memory_mb > 0
    assert found.removable


def test_what_came_in_part_says_how_much(store: ModelStore) -> None:
    put_part_in(store, "ViT-B-32", 7000)
    found = row(store, "ViT-B-32")
    assert (found.state, found.here) == (State.INCOMPLETE, 7000)
    assert found.bytes > 600_000_000
    assert found.removable


def test_models_that_no_catalogue_knows_come_last(store: ModelStore) -> None:
    put_in(store, "mine")
    put_part_in(store, "someone/theirs", 50)
    first, second = model_rows(store)[-2:]
    assert (first.name, first.title, first.state, first.memory_mb) == ("mine", "the model mine", State.INSTALLED, 0)
    assert (second.name, second.state, second.here) == ("someone/theirs", State.INCOMPLETE, 50)
