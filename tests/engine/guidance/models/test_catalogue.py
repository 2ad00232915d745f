"""The catalogue tells the truth, as far as this machine can know it."""

import re
import subprocess
import sys

import open_clip
import pytest
import torch

from engine.guidance.models.architectures import blank
from engine.guidance.models.catalogue import Entry, entries, entry, nearest_name
from engine.guidance.models.configurations import configuration

# A header of safetensors names its tensors, each in about a hundred bytes.
HEADER_BYTES = 300_000


def test_one_model_is_recommended_and_comes_first() -> None:
    assert [each.name for each in entries() if each.recommended] == ["ViT-B-32"] == [entries()[0].name]
    assert len({each.name for each in entries()}) == len(entries())


@pytest.mark.parametrize("listed", entries(), ids=lambda each: each.name)
def test_an_entry_is_whole_and_agrees_with_open_clip(listed: Entry) -> None:
    (file,) = listed.files
    assert entry(listed.name) is listed
    assert listed.source == f"https://huggingface.co/{file.repository}"
    assert re.fullmatch(r"[0-9a-f]{40}" if file.sha256 else "main", file.revision), "a checksum holds for one commit"
    assert re.fullmatch(r"[0-9a-f]{64}", file.sha256) or not file.sha256
    assert file.bytes in (None, listed.bytes)
    architecture = listed.architecture.removesuffix("-quickgelu")
    assert open_clip.get_pretrained_cfg(architecture, listed.tag)["hf_hub"] == f"{file.repository}/"


@pytest.mark.parametrize("listed", entries(), ids=lambda each: each.name)
def test_the_size_is_that_of_the_network(listed: Entry) -> None:
    network = blank(configuration(listed.architecture, listed.tag))
    tensors = sum(tensor.nbytes for tensor in network.state_dict().values() if isinstance(tensor, torch.Tensor))
    assert tensors <= listed.bytes <= tensors + HEADER_BYTES


def test_openais_models_are_given_their_activation_and_apples_their_pictures() -> None:
    assert configuration("ViT-B-32", "openai")["model_cfg"]["quick_gelu"] is True
    assert "quick_gelu" not in configuration("ViT-B-32", "laion2b_s34b_b79k")["model_cfg"]
    prepared = configuration("MobileCLIP2-S0", "dfndr2b")["preprocess_cfg"]
    assert (list(prepared["mean"]), list(prepared["std"]), prepared["size"]) == ([0, 0, 0], [1, 1, 1], 256)


def test_apples_licence_is_told() -> None:
    listed = entry("MobileCLIP2-S0")
    assert listed is not None
    assert "non-commercial research only" in listed.licence


@pytest.mark.parametrize(
    ("typed", "meant"), [("vit-b-32", "ViT-B-32"), ("ViT-B/32", "ViT-B-32"), ("rn-50", "RN50"), ("blip", "")]
)
def test_a_misspelt_name_is_understood(typed: str, meant: str) -> None:
    assert nearest_name(typed) == meant


def test_listing_and_asking_a_hub_load_no_torch() -> None:
    modules = "catalogue, store, locating, guides, hub, downloading"
    code = f"import sys; from engine.guidance.models import {modules}; print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "False\n"
