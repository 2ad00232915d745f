"""Small models of every architecture that open_clip builds, with random weights."""

import json
from pathlib import Path
from typing import Any

import open_clip
import torch
from open_clip import CLIP, CustomTextCLIP
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

from engine.guidance.openclip.guide import OpenClipGuide

MEAN, DEVIATION = (0.48, 0.46, 0.41), (0.27, 0.26, 0.28)
TEXT = {"context_length": 24, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2}
VISIONS: dict[str, dict[str, Any]] = {
    "transformer": {"image_size": 64, "patch_size": 16, "width": 48, "head_width": 16, "layers": 4},
    "transformer with mean": {
        "image_size": 64,
        "patch_size": 16,
        "width": 48,
        "head_width": 16,
        "layers": 4,
        "pool_type": "avg",
        "qk_norm": True,
        "final_ln_after_pool": True,
    },
    "resnet": {"image_size": 64, "layers": [1, 1, 1, 1], "width": 8, "head_width": 16},
    "fastvit": {"image_size": 64, "timm_model_name": "fastvit_t8", "timm_pool": "avg", "timm_proj": None},
    "convnext": {"image_size": 64, "timm_model_name": "convnext_atto", "timm_pool": "", "timm_proj": "mlp"},
    "timm transformer": {
        "image_size": 160,
        "timm_model_name": "test_vit",
        "timm_pool": "token",
        "timm_proj": "linear",
    },
    "timm transformer with pooling": {
        "image_size": 160,
        "timm_model_name": "test_vit3",
        "timm_pool": "map",
        "timm_proj": "linear",
    },
    "fixed": {"image_size": 160, "timm_model_name": "test_vit_relpos", "timm_pool": "avg"},
}


def model_folder(folder: Path, kind: str, seed: int = 0) -> Path:
    """Write a model of ``kind`` as `local-dir:` reads it."""
    torch.manual_seed(seed)
    config = {"embed_dim": 32, "vision_cfg": VISIONS[kind], "text_cfg": TEXT}
    model = CLIP(**config)
    # Fresh models have parts that are zero, and statistics of nothing: mistakes would be hidden, pictures look alike.
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.2 * torch.randn_like(parameter))
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 1.0  # its statistics become those of the one batch
        model.train().visual(normalised(blotches(VISIONS[kind]["image_size"], VISIONS[kind]["image_size"], 8)))
    return save_model(folder, model, config)


def save_model(folder: Path, model: CLIP, config: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    seen = {"mean": MEAN, "std": DEVIATION}
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": seen}))
    save_file(
        {name: value.contiguous() for name, value in model.state_dict().items()}, folder / "open_clip_model.safetensors"
    )
    return folder


def loaded(folder: Path, size: int | tuple[int, int] | None = None) -> CLIP | CustomTextCLIP:
    """Return the model as open_clip loads it, for pictures of another ``size`` (height, width) if one is given."""
    return open_clip.create_model(f"local-dir:{folder}", require_pretrained=True, force_image_size=size).eval()


def guide_of(model: CLIP | CustomTextCLIP, device: str = "cpu") -> OpenClipGuide:
    tokenizer = open_clip.tokenizer.SimpleTokenizer(context_length=model.context_length)
    return OpenClipGuide(model, tokenizer, "openclip:small", "MIT", MEAN, DEVIATION, device)


def normalised(pictures: torch.Tensor) -> torch.Tensor:
    return (pictures - torch.tensor(MEAN)[:, None, None]) / torch.tensor(DEVIATION)[:, None, None]


def blotches(height: int, width: int, count: int = 2) -> torch.Tensor:
    """Return random pictures (N, 3, H, W) that differ at a glance."""
    return F.interpolate(torch.rand(count, 3, 5, 5), (height, width), mode="bilinear")
