"""Making a model folder from weights and a configuration: proven to fit, whole, under its final name or not at all."""

import errno
import json
import os
import shutil
from collections.abc import Generator, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import save_file

from engine.events import Progress, RunEvent
from engine.files import atomic_path, write_text
from engine.guidance.models.architectures import blank, fitted
from engine.guidance.models.catalogue import CONFIG_FILE, WEIGHTS_FILE
from engine.guidance.models.checkpoints import State
from engine.guidance.models.configurations import require_usable
from engine.guidance.models.store import InstalledModel, Manifest, ModelStore

STEPS = 3


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
        # The library lets nobody else read what it writes, but a store may be shared.
        shutil.copymode(made / CONFIG_FILE, final)
    yield step(2)
    # The file must not be open when its folder is renamed, and what it was made from is not needed any more.
    state.clear()
    read.clear()
    if weights.parent == made and weights != final:
        weights.unlink()
    model = store.complete(made, manifest)
    yield step(STEPS)
    return model


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
