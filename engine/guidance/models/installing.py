"""Making a model folder from weights and a configuration: proven to fit, whole, under its final name or not at all."""

import errno
import importlib.util
import json
import os
import shutil
from collections.abc import Generator, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import save_file

from engine.errors import UserError
from engine.events import Progress, RunEvent
from engine.files import atomic_path, write_text, writing
from engine.guidance.models.architectures import blank, fitted
from engine.guidance.models.catalogue import CONFIG_FILE, WEIGHTS_FILE
from engine.guidance.models.checkpoints import State
from engine.guidance.models.store import InstalledModel, Manifest, ModelStore

# What a tokenizer of the transformers library may consist of.
TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.json",
    "merges.txt",
    "vocab.txt",
    "sentencepiece.bpe.model",
    "tokenizer.model",
)
STEPS = 3


def require_usable(config: Mapping[str, Any], name: str) -> None:
    """Raise UserError where the model needs what is not here to read its texts."""
    text = config["model_cfg"]["text_cfg"]
    if text.get("hf_model_name"):
        raise UserError(f"{name} reads texts with a network that only a hub holds; choose another model.")
    if text.get("hf_tokenizer_name") and importlib.util.find_spec("transformers") is None:
        raise UserError(
            f"{name} reads texts with the transformers library, which is not installed; "
            "run `pip install transformers`, or choose another model."
        )


def read_config(path: Path) -> dict[str, Any]:
    """Return the content of an `open_clip_config.json`; raises UserError where it is none."""
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is damaged or cannot be read; get the model again.") from error
    network = config.get("model_cfg") if isinstance(config, dict) else None
    towers = [network.get(tower) for tower in ("vision_cfg", "text_cfg")] if isinstance(network, dict) else [None]
    if not all(isinstance(tower, dict) for tower in towers):
        raise UserError(f"{path} describes no model of open_clip; choose another folder.")
    return config


def install(
    store: ModelStore, made: Path, manifest: Manifest, read: State, weights: Path, config: Mapping[str, Any]
) -> Generator[RunEvent, None, InstalledModel]:
    """Complete the folder ``made`` with what was ``read`` from ``weights``, and give it its final name.

    Raises UserError, and leaves what is installed as it is, where the weights do not fit what ``config`` describes,
    or where there is no room.
    """
    start = monotonic()

    def step(number: int) -> Progress:
        return Progress(f"checking {manifest.name}", number, STEPS, monotonic() - start)

    yield step(0)
    require_usable(config, manifest.name)
    state = fitted(read, blank(config), weights)
    yield step(1)
    write_text(made / CONFIG_FILE, json.dumps(config, indent=2) + "\n")
    final = made / WEIGHTS_FILE
    if weights != final or state.keys() != read.keys():
        _save(state, final)
    yield step(2)
    # The file must not be open when its folder is renamed, and what it was made from is not needed any more.
    state.clear()
    read.clear()
    if weights.parent == made and weights != final:
        weights.unlink()
    model = store.complete(made, manifest)
    yield step(STEPS)
    return model


def copy_tokenizer(source: Path, made: Path) -> None:
    """Take over the tokenizer's files that lie in ``source``."""
    for name in TOKENIZER_FILES:
        if (source / name).is_file():
            with writing(made / name):
                shutil.copyfile(source / name, made / name)


def _save(state: State, path: Path) -> None:
    with atomic_path(path) as part:
        try:
            save_file(_separate(state), part, metadata={"format": "pt"})
        except SafetensorError as error:
            raise OSError(_errno(error), os.strerror(_errno(error))) from error


def _separate(state: State) -> State:
    """Return the tensors rows first, each in a memory of its own; others cannot be saved."""
    whole: State = {}
    places: set[int] = set()
    for name, given in state.items():
        tensor = given.detach().contiguous()
        if tensor.untyped_storage().nbytes() != tensor.nbytes or tensor.data_ptr() in places:
            tensor = tensor.clone()
        places.add(tensor.data_ptr())
        whole[name] = tensor
    return whole


def _errno(error: SafetensorError) -> int:
    """Return the system's number for what kept the file from being written, which the library only puts in words."""
    digits = "".join(filter(str.isdigit, str(error).rpartition("os error")[2]))
    return int(digits or errno.EIO)
