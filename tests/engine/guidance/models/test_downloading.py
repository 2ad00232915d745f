"""A whole model from the hub."""

import json
from pathlib import Path

import open_clip
import pytest
import torch

from engine.errors import UserError
from engine.events import Notice, Progress
from engine.guidance.models.catalogue import CONFIG_FILE, WEIGHTS_FILE, Entry, RemoteFile, entry, page
from engine.guidance.models.checkpoints import State
from engine.guidance.models.downloading import pull_model
from engine.guidance.models.known import entry_for
from engine.guidance.models.store import ModelStore
from engine.guidance.models.transfer import Patience
from tests.engine.guidance.models.driving import driven
from tests.engine.guidance.models.hub_server import CHUNK, Answer, HubServer
from tests.engine.guidance.models.tiny_model import CONFIG, NETWORK, tiny_state, write_model_folder

QUICK = Patience(stall_seconds=0.5, tries=2, pause=0.01)
NAME = "maker/tiny"


@pytest.fixture(scope="module")
def state() -> State:
    return tiny_state()


@pytest.fixture(autouse=True)
def served(hub: HubServer, tmp_path: Path, state: State) -> None:
    folder = write_model_folder(tmp_path / "served", state)
    for path in folder.iterdir():
        hub.files[f"{NAME}/{path.name}"] = path.read_bytes()


def assert_loads(folder: Path, state: State) -> None:
    loaded = open_clip.create_model(f"local-dir:{folder}", require_pretrained=True).state_dict()
    assert all(torch.equal(loaded[key], value) for key, value in state.items())


def test_a_repository_is_pulled_with_its_configuration(hub: HubServer, store: ModelStore, state: State) -> None:
    events, result = driven(pull_model(entry_for(NAME), store, QUICK))

    assert result.name == NAME
    assert result.folder == store.find(NAME)
    assert result.bytes > len(hub.files[f"{NAME}/{WEIGHTS_FILE}"])
    assert_loads(result.folder, state)
    assert sorted(path.name for path in result.folder.iterdir()) == ["model.json", CONFIG_FILE, WEIGHTS_FILE]
    assert store.incomplete() == ()
    (model,) = store.installed()
    assert model.source == page(NAME)
    assert [e.step for e in events if isinstance(e, Progress) and e.phase == f"pulling {NAME}"][-1] == sum(
        len(data) for data in hub.files.values()
    )


def test_a_known_architecture_needs_only_its_weights(
    hub: HubServer, store: ModelStore, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_clip.factory, "_MODEL_CONFIGS", {"Tiny-1": NETWORK})
    del hub.files[f"{NAME}/{CONFIG_FILE}"]
    file = RemoteFile(WEIGHTS_FILE, NAME)
    tiny = Entry("Tiny", "A tiny model", "MIT", "", (file,), 0, 0, "fast", architecture="Tiny-1")

    _, result = driven(pull_model(tiny, store, QUICK))

    assert_loads(result.folder, state)
    assert len(hub.requests) == 2


def test_a_repository_with_nothing_but_a_pickle_is_converted(
    hub: HubServer, store: ModelStore, state: State, tmp_path: Path
) -> None:
    torch.save(state, tmp_path / "weights.bin")
    hub.files[f"{NAME}/open_clip_pytorch_model.bin"] = (tmp_path / "weights.bin").read_bytes()
    del hub.files[f"{NAME}/{WEIGHTS_FILE}"]

    _, result = driven(pull_model(entry_for(NAME), store, QUICK))

    assert_loads(result.folder, state)
    assert sorted(path.name for path in result.folder.iterdir()) == ["model.json", CONFIG_FILE, WEIGHTS_FILE]


def test_a_cancelled_pull_is_incomplete_and_goes_on(hub: HubServer, store: ModelStore, state: State) -> None:
    hub.usual = Answer(pause=0.001)
    pulling = pull_model(entry_for(NAME), store, QUICK)
    assert any(isinstance(event, Progress) and event.step > 50 * CHUNK for event in pulling)
    pulling.close()

    assert store.find(NAME) is None
    assert store.incomplete() == (NAME,)
    part = store.folder / "maker%2Ftiny.incomplete" / f"{WEIGHTS_FILE}.part"
    here = part.stat().st_size
    assert here > 0

    hub.usual, hub.requests = Answer(), []
    _, result = driven(pull_model(entry_for(NAME), store, QUICK))
    assert_loads(result.folder, state)
    assert hub.ranges() == [f"bytes={here}-"]


def test_a_pull_that_never_began_leaves_nothing(hub: HubServer, store: ModelStore) -> None:
    hub.usual = Answer(status=403)
    with pytest.raises(UserError, match="refuses maker/tiny"):
        driven(pull_model(entry_for(NAME), store, QUICK))
    assert store.incomplete() == ()


def test_an_installed_model_is_not_pulled_again(hub: HubServer, store: ModelStore) -> None:
    driven(pull_model(entry_for(NAME), store, QUICK))
    asked = len(hub.requests)
    events, result = driven(pull_model(entry_for(NAME), store, QUICK))
    assert len(hub.requests) == asked
    assert result.bytes == store.installed()[0].bytes
    assert any("installed already" in event.text for event in events if isinstance(event, Notice))
    assert result.folder == store.find(NAME)


def test_weights_of_another_model_are_refused(hub: HubServer, store: ModelStore) -> None:
    other = {**CONFIG, "model_cfg": {**NETWORK, "embed_dim": 4}}
    hub.files[f"{NAME}/{CONFIG_FILE}"] = json.dumps(other).encode()
    with pytest.raises(UserError, match="does not fit the model"):
        driven(pull_model(entry_for(NAME), store, QUICK))
    assert store.find(NAME) is None


def test_a_model_that_needs_what_is_not_here_is_refused_before_its_weights_come(
    hub: HubServer, store: ModelStore
) -> None:
    text = {**NETWORK["text_cfg"], "hf_model_name": "maker/words"}
    hub.files[f"{NAME}/{CONFIG_FILE}"] = json.dumps({"model_cfg": {**NETWORK, "text_cfg": text}}).encode()
    with pytest.raises(UserError, match="choose another model"):
        driven(pull_model(entry_for(NAME), store, QUICK))
    assert not any(WEIGHTS_FILE in path for path, _ in hub.requests)


def test_a_pull_needs_room(store: ModelStore) -> None:
    huge = Entry("Huge", "", "", "", (RemoteFile(WEIGHTS_FILE, NAME),), 10**18, 0, "slow", architecture="ViT-B-32")
    with pytest.raises(UserError, match="free some space"):
        driven(pull_model(huge, store, QUICK))
    assert store.incomplete() == ()


def test_names_mean_models_of_the_catalogue_of_open_clip_and_of_the_hub() -> None:
    assert entry_for("ViT-B-32") is entry("ViT-B-32")
    assert entry_for("timm/vit_base_patch32_clip_224.openai") is entry("ViT-B-32")
    assert entry_for("ViT-B-32:openai") is entry("ViT-B-32")
    trained = entry_for("ViT-B-16:laion2b_s34b_b88k")
    assert trained.files == (RemoteFile(WEIGHTS_FILE, "laion/CLIP-ViT-B-16-laion2B-s34B-b88K"),)
    assert (trained.architecture, trained.tag) == ("ViT-B-16", "laion2b_s34b_b88k")
    assert entry_for("ViTamin-S:datacomp1b").files[0].name == "pytorch_model.bin"
    assert [file.name for file in entry_for("maker/any").files] == [CONFIG_FILE, WEIGHTS_FILE]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ViT-B-23", "the nearest is ViT-B-32."),
        ("nonsense", "models list"),
        ("ViT-B-32:nonsense", "it knows: openai, "),
        ("nonsense:openai", "knows no architecture nonsense"),
    ],
)
def test_names_that_mean_nothing_are_refused(name: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        entry_for(name)
