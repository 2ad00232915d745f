"""Loading a model's folder, whole or not."""

import json
from pathlib import Path

import open_clip
import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.errors import UserError
from engine.guidance.loading import load_guide
from engine.guidance.models.catalogue import entries
from engine.guidance.models.known import UNKNOWN_LICENCE
from engine.guidance.openclip.loading import load_openclip
from tests.engine.guidance.openclip.small_models import blotches, loaded, model_folder, normalised

CONFIG, WEIGHTS = "open_clip_config.json", "open_clip_model.safetensors"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return model_folder(tmp_path / "a model", "transformer")


def sentence(folder: Path) -> str:
    with pytest.raises(UserError) as raised:
        load_openclip(folder, "small")
    text = str(raised.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text


@pytest.mark.parametrize("pickled", [False, True])
def test_a_folder_is_loaded_as_open_clip_does(folder, pickled):
    model = loaded(folder)
    seen = blotches(64, 64)
    if pickled:
        torch.save(load_file(folder / WEIGHTS), folder / "open_clip_pytorch_model.bin")
        (folder / WEIGHTS).unlink()

    guide = load_openclip(folder, "small")
    assert guide.name == "openclip:small"
    with torch.no_grad():
        expected = model.encode_image(normalised(seen))
        text = model.encode_text(open_clip.tokenize(["a horse"], 24), normalize=True)
    torch.testing.assert_close(guide.see(seen).embedding, expected, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(guide.read("a horse", ["{}"]).embedding, text, rtol=1e-5, atol=1e-5)


def test_the_licence_is_the_manifests_else_the_catalogues(folder):
    assert load_openclip(folder, "small").licence == UNKNOWN_LICENCE
    assert load_openclip(folder, entries()[0].name).licence == entries()[0].licence
    (folder / "model.json").write_text(json.dumps({"licence": "MIT"}))
    assert load_openclip(folder, "small").licence == "MIT"


def test_a_guide_is_found_by_the_path_of_its_folder(folder):
    guide = load_guide(f"openclip:{folder}")
    assert guide.name == f"openclip:{folder}"
    assert guide.see(blotches(64, 64)).embedding.shape == (2, 32)


@pytest.mark.parametrize("name", ["", "openclip:", "clip", "openclip"])
def test_other_names_are_refused(name):
    with pytest.raises(UserError, match="There is no guide"):
        load_guide(name)


def test_a_missing_configuration_is_named(folder):
    (folder / CONFIG).unlink()
    assert CONFIG in sentence(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"model_cfg": 3}', '{"model_cfg": {}}'])
def test_a_damaged_configuration_is_refused(folder, text):
    (folder / CONFIG).write_text(text)
    assert CONFIG in sentence(folder)


def test_missing_weights_are_refused(folder):
    (folder / WEIGHTS).unlink()
    assert "install it again" in sentence(folder)


@pytest.mark.parametrize("kept", [0, 4, 100, -1])
def test_damaged_weights_are_refused(folder, kept):
    data = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(data[:kept])
    assert "install it again" in sentence(folder)


def test_weights_of_another_shape_are_refused(folder):
    weights = load_file(folder / WEIGHTS)
    weights["visual.proj"] = weights["visual.proj"][:, :16].contiguous()
    save_file(weights, folder / WEIGHTS)
    assert "install it again" in sentence(folder)


def test_weights_with_missing_tensors_are_refused(folder):
    weights = load_file(folder / WEIGHTS)
    del weights["visual.conv1.weight"]
    save_file(weights, folder / WEIGHTS)
    assert "install it again" in sentence(folder)


class Intruder:
    """What a pickle must not be able to run."""

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path("intruded"),)


def test_a_pickle_that_runs_code_is_refused_and_does_not_run(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (folder / WEIGHTS).unlink()
    torch.save({"visual.proj": Intruder()}, folder / "open_clip_pytorch_model.bin")
    assert "install it again" in sentence(folder)
    assert not (tmp_path / "intruded").exists()


def test_a_text_half_that_must_be_fetched_is_refused(folder):
    config = json.loads((folder / CONFIG).read_text())
    config["model_cfg"]["text_cfg"] = {"hf_model_name": "somebody/something"}
    (folder / CONFIG).write_text(json.dumps(config))
    assert "choose another model" in sentence(folder)
