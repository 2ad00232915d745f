"""Reading files of weights so that nothing in them is ever run."""

import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from engine.errors import UserError
from engine.files import open_to_read

State = dict[str, torch.Tensor]

# Where checkpoints of trainings keep the weights, and what parallel training puts before their names.
WRAPPINGS = ("state_dict", "model", "model_state_dict")
PARALLEL_PREFIX = "module."
# Plain numbers that OpenAI's files hold beside the weights.
REMARKS = frozenset({"input_resolution", "context_length", "vocab_size"})
PICKLE_STARTS = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


def read_weights(path: Path) -> State:
    """Return the tensors of a file by name: safetensors, or a pickle read with weights_only.

    Raises UserError for a file that is damaged, of another kind, or would run code.
    """
    with open_to_read(path) as file:
        start = file.read(9)
    if start[8:] == b"{":
        return _unwrapped(_safetensors(path), path)
    if start[:4] == b"PK\x03\x04" or start[:2] in PICKLE_STARTS:
        return _unwrapped(_pickle(path), path)
    raise UserError(f"{path} is no file of weights; choose a .safetensors file (or a .bin, .pt or .pth of weights).")


def _safetensors(path: Path) -> State:
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise _damaged(path) from error


def _pickle(path: Path) -> Any:
    if _is_program(path):
        raise UserError(
            f"{path} is a TorchScript archive, a program that opening would run; "
            "take the open_clip_model.safetensors of the same model instead."
        )
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise UserError(
            f"{path} is damaged, or holds more than weights, which could run code; take its .safetensors file instead."
        ) from error
    except (RuntimeError, OSError, EOFError, ValueError, KeyError, AttributeError, ImportError) as error:
        raise _damaged(path) from error


def _is_program(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any("/code/" in name or name.endswith("constants.pkl") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False


def _unwrapped(content: Any, path: Path) -> State:
    for wrapping in WRAPPINGS:
        if isinstance(content, Mapping) and isinstance(content.get(wrapping), Mapping):
            content = content[wrapping]
    if not isinstance(content, Mapping) or not content:
        raise UserError(f"{path} holds no weights of a model; choose another file.")
    state = {str(name).removeprefix(PARALLEL_PREFIX): value for name, value in content.items() if name not in REMARKS}
    if any(not isinstance(value, torch.Tensor) for value in state.values()):
        raise UserError(f"{path} holds more than a model's weights; choose a .safetensors file of the model.")
    return state


def _damaged(path: Path) -> UserError:
    return UserError(f"{path} is damaged or cut short; get the file again.")
