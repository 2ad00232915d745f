"""A model of open_clip's own architecture, made in a moment, with random weights."""

import hashlib
import json
from pathlib import Path
from typing import Any

import open_clip
import torch
from safetensors.torch import save_file

from engine.guidance.models.catalogue import CONFIG_FILE, WEIGHTS_FILE
from engine.guidance.models.checkpoints import State

NETWORK: dict[str, Any] = {
    "embed_dim": 8,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 16, "head_width": 8, "patch_size": 8},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 8, "heads": 1, "layers": 1},
}
CONFIG: dict[str, Any] = {
    "model_cfg": NETWORK,
    "preprocess_cfg": {"size": 32, "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]},
}


def tiny_state(seed: int = 0) -> State:
    """Return the tensors of the model; other seeds, other numbers."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return open_clip.CLIP(**NETWORK).state_dict()


def write_model_folder(folder: Path, state: State) -> Path:
    """Write a folder as open_clip reads it, and return it."""
    folder.mkdir(parents=True)
    (folder / CONFIG_FILE).write_text(json.dumps(CONFIG))
    save_file(state, folder / WEIGHTS_FILE)
    return folder


def write_hub_cache(cache: Path, repository: str, blobs: dict[str, bytes | Path], commit: str = "c0ffee") -> Path:
    """Write ``repository`` into a ``cache`` as the hub's client does, and return its folder there.

    ``blobs`` maps a file's name to its content.
    """
    folder = cache / ("models--" + repository.replace("/", "--"))
    for part in ("blobs", "refs", f"snapshots/{commit}"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "refs" / "main").write_text(commit)
    for name, content in blobs.items():
        data = content.read_bytes() if isinstance(content, Path) else content
        # Large files go by their SHA-256, small ones by another, shorter sum.
        digest = hashlib.sha256(data).hexdigest()
        blob = folder / "blobs" / (digest if name == WEIGHTS_FILE else digest[:40])
        blob.write_bytes(data)
        (folder / "snapshots" / commit / name).symlink_to(Path("..") / ".." / "blobs" / blob.name)
    return folder
