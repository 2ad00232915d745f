"""Loading a model's folder."""

import json
import logging
from pathlib import Path
from typing import Any

import open_clip

from engine.errors import UserError
from engine.guidance.models.catalogue import CONFIG_FILE, entry
from engine.guidance.models.known import UNKNOWN_LICENCE
from engine.guidance.models.store import MANIFEST_FILE
from engine.guidance.openclip.guide import OpenClipGuide


def load_openclip(folder: Path, name: str, device: str = "cpu") -> OpenClipGuide:
    """Return the guide of the model in ``folder``, called openclip:``name``, on ``device``.

    The folder is as open_clip's own `local-dir:` schema reads it: `open_clip_config.json`, weights, and the
    tokenizer's files where the model has a tokenizer of its own. Nothing is fetched, and pickled weights are read
    as tensors only. Raises UserError where something is missing, damaged, or does not fit.
    """
    config = _config(folder, name)
    source = f"local-dir:{folder}"
    own_tokenizer = {"local_files_only": True} if config["text_cfg"].get("hf_tokenizer_name") else {}
    try:
        model = open_clip.create_model(source, require_pretrained=True, weights_only=True)
        tokenizer = open_clip.get_tokenizer(source, **own_tokenizer)
    except ImportError as error:
        raise UserError(f"The model {name} needs the Python package {error.name}, which is not installed.") from error
    except MemoryError:
        raise
    except Exception as error:
        logging.getLogger(__name__).warning("open_clip could not load %s", folder, exc_info=True)
        raise UserError(
            f"The files of the model {name} in {folder} are damaged or do not fit together; remove the model and "
            "install it again."
        ) from error
    seen = model.visual.preprocess_cfg
    return OpenClipGuide(
        model, tokenizer, f"openclip:{name}", _licence(folder, name), seen["mean"], seen["std"], device
    )


def _config(folder: Path, name: str) -> dict[str, Any]:
    """Return the model's part of its configuration."""
    try:
        config = json.loads((folder / CONFIG_FILE).read_text("utf-8"))["model_cfg"]
        text = config["text_cfg"]
    except FileNotFoundError as error:
        raise UserError(f"The model {name} is not complete: {CONFIG_FILE} is missing in {folder}.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"The file {CONFIG_FILE} of the model {name} in {folder} is damaged; install it again."
        ) from error
    if text.get("hf_model_name"):
        raise UserError(f"The model {name} reads texts with a network that only a hub holds; choose another model.")
    return config


def _licence(folder: Path, name: str) -> str:
    """Return what the store noted, which a folder in the hub's cache or of the user's own lacks."""
    try:
        return str(json.loads((folder / MANIFEST_FILE).read_text("utf-8"))["licence"])
    except (OSError, ValueError, KeyError, TypeError):
        known = entry(name)
        return known.licence if known else UNKNOWN_LICENCE
