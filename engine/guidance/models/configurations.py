"""A model's configuration: open_clip's own (which loads torch), or the one that lies beside its weights."""

import importlib.util
import json
import shutil
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.errors import UserError
from engine.files import writing

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


def configuration(architecture: str, tag: str = "") -> dict[str, Any]:
    """Return what `open_clip_config.json` holds for one of open_clip's own architectures.

    ``tag`` names the training, which decides how pictures are prepared, and whether activations are OpenAI's quick
    ones. Raises UserError for unknown names.
    """
    import open_clip
    from open_clip.transform import PreprocessCfg, merge_preprocess_dict

    network = open_clip.get_model_config(architecture)
    if network is None:
        raise UserError(f"open_clip knows no architecture {architecture}; check its spelling.")
    trained = open_clip.get_pretrained_cfg(architecture, tag) if tag else {}
    if tag and not trained:
        tags = ", ".join(open_clip.list_pretrained_tags_by_model(architecture)) or "none"
        raise UserError(f"open_clip knows no training {tag} of {architecture}; it knows: {tags}.")
    if trained.get("quick_gelu"):
        network["quick_gelu"] = True
    prepared = asdict(PreprocessCfg()) | {"size": network["vision_cfg"].get("image_size", 224)}
    return {"model_cfg": network, "preprocess_cfg": merge_preprocess_dict(prepared, deepcopy(trained))}


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


def copy_tokenizer(source: Path, made: Path) -> None:
    """Take over the tokenizer's files that lie in ``source``."""
    for name in TOKENIZER_FILES:
        if (source / name).is_file():
            with writing(made / name):
                shutil.copyfile(source / name, made / name)
