"""Which network a file of weights belongs to: networks built without memory, and weights held against them."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import open_clip
import torch
from open_clip.convert import convert_state_dict
from open_clip.model import CLIP, CustomTextCLIP, convert_to_custom_text_state_dict

from engine.errors import UserError
from engine.guidance.models.checkpoints import State

QUICK_SUFFIX = "-quickgelu"
# The text towers' word tables, in the two layouts of open_clip.
WORD_TABLES = ("token_embedding.weight", "text.token_embedding.weight")
# How the files of another library begin, which hold the same weights under other names.
TRANSFORMERS_START = "vision_model."
CONSTANT = "position_ids"


def blank(config: Mapping[str, Any]) -> torch.nn.Module:
    """Return the network that `model_cfg` of ``config`` describes, on torch's meta device: shapes without memory.

    Raises UserError where it describes none that can be built here.
    """
    try:
        settings = deepcopy(dict(config["model_cfg"]))
        if "timm_model_name" in settings["vision_cfg"]:
            settings["vision_cfg"]["timm_model_pretrained"] = False
        kind = CLIP
        if settings.pop("custom_text", False):
            kind = open_clip.CoCa if "multimodal_cfg" in settings else CustomTextCLIP
        # The networks' own random beginnings must not use up the numbers of a training that waits meanwhile.
        with torch.random.fork_rng(devices=[]), torch.device("meta"):
            return kind(**settings)
    except (TypeError, KeyError, ValueError, AttributeError, AssertionError, RuntimeError, ZeroDivisionError) as error:
        reason = next(iter(str(error).splitlines()), "damaged")
        raise UserError(
            f"The model's configuration describes no network that can be built ({reason}); get the model again."
        ) from error


def fitted(state: State, network: torch.nn.Module, path: object) -> State:
    """Return ``state`` under the names of ``network``, whose tensors it holds exactly.

    Raises UserError, which names the first difference, where it does not, and where a number is not finite.
    """
    state = _renamed(state, network)
    wanted = network.state_dict()
    problem = _difference(state, wanted)
    if problem:
        raise UserError(f"{path} does not fit the model ({problem}); choose the file that belongs to it.")
    for name, tensor in state.items():
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise UserError(f"{path} is damaged: {name} holds numbers that are not finite; get the file again.")
    return {name: state[name] for name in wanted}


def architectures_of(state: State) -> tuple[str, ...]:
    """Return the names of open_clip's architectures that ``state`` fits, those with quick activations left out.

    Weights do not tell which activation they were trained with.
    """
    likely = (name for name in open_clip.list_models() if not name.endswith(QUICK_SUFFIX) and _may_fit(state, name))
    return tuple(name for name in likely if _fits(state, name))


def is_transformers_layout(state: State) -> bool:
    """Say whether ``state`` is laid out as the `transformers` library does."""
    return any(name.startswith(TRANSFORMERS_START) for name in state)


def _may_fit(state: State, name: str) -> bool:
    """Compare what costs nothing: the size of the word table and the kind of picture tower."""
    table = next((state[key] for key in WORD_TABLES if key in state), None)
    config = open_clip.get_model_config(name)
    text = config["text_cfg"]
    if table is None or "hf_model_name" in text:
        return False
    same_text = tuple(table.shape) == (text.get("vocab_size", 49408), text.get("width", 512))
    return same_text and any(key.startswith("visual.trunk.") for key in state) == (
        "timm_model_name" in config["vision_cfg"]
    )


def _fits(state: State, name: str) -> bool:
    try:
        network = blank({"model_cfg": open_clip.get_model_config(name)})
    except UserError:
        return False
    return not _difference(_renamed(state, network), network.state_dict())


def _renamed(state: State, network: torch.nn.Module) -> State:
    """Return ``state`` as open_clip's own loading would put it, where it comes in an older or a foreign layout."""
    state = convert_state_dict(network, dict(state))
    if "positional_embedding" in state and not hasattr(network, "positional_embedding"):
        state = convert_to_custom_text_state_dict(state)
    wanted = network.state_dict()
    for name in ("logit_scale", "logit_bias"):
        if name in state and name in wanted and state[name].numel() == 1:
            state[name] = state[name].reshape(wanted[name].shape)
    return {name: value for name, value in state.items() if name in wanted or not name.endswith(CONSTANT)}


def _difference(state: State, wanted: Mapping[str, torch.Tensor]) -> str:
    """Return what keeps ``state`` from being ``wanted``, empty where nothing does."""
    if missing := next((name for name in wanted if name not in state), ""):
        return f"it has no {missing}"
    if extra := next((name for name in state if name not in wanted), ""):
        return f"it has {extra}, which the model has not"
    for name, tensor in wanted.items():
        if state[name].shape != tensor.shape:
            return f"its {name} is {_shape(state[name])}, the model's {_shape(tensor)}"
        if state[name].is_floating_point() != tensor.is_floating_point():
            return f"its {name} holds another kind of numbers"
    return ""


def _shape(tensor: torch.Tensor) -> str:
    return " × ".join(map(str, tensor.shape)) or "a single number"
