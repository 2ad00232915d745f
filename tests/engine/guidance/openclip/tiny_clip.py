"""A tiny CLIP of open_clip's own architecture that really sees drawn shapes, trained in a minute on two slow cores.

Its text half first learns a code in which colours and kinds of shapes lie apart. Then its picture half learns, with
the sigmoid loss of SigLIP (Zhai et al., ICCV 2023), which captions are true of a scene; and which of each patch, as
a minute is too short for a transformer to find out by itself where things are.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock
from open_clip import CLIP
from open_clip.pos_embed import get_2d_sincos_pos_embed
from open_clip.tokenizer import SimpleTokenizer
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

from engine.guidance.templates import GREEN_SCREEN_TEMPLATES, TEMPLATES
from tests.engine.guidance.openclip.scenes import COLOURS, KINDS, Scenes, draw_scenes, jittered

SIDE, PATCH, WIDTH = 64, 8, 96
VISION = {"image_size": SIDE, "patch_size": PATCH, "width": WIDTH, "head_width": 32, "layers": 4}
TEXT = {"context_length": 24, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 2}
CONFIG: dict[str, Any] = {
    "embed_dim": 64,
    "vision_cfg": VISION,
    "text_cfg": TEXT,
    "init_logit_scale": math.log(16),
    "init_logit_bias": -3.0,
}
MEAN, DEVIATION = (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)
NAMES = tuple(f"{colour} {kind}" for colour in COLOURS for kind in KINDS)
WORDS = (*NAMES, *KINDS)
SENTENCES = (*TEMPLATES, *GREEN_SCREEN_TEMPLATES, "{}", "a {}")


@dataclass(frozen=True)
class Recipe:
    """How the picture half learns."""

    steps: int = 600
    batch: int = 32
    rate: float = 3e-3
    matrix_rate: float = 0.02


RECIPE = Recipe()


def trained_once(base: Path) -> Path:
    """Return the folder of a tiny CLIP under ``base``, a session's own folder, where only the first call trains it.

    Of several processes that call, one trains it and the others wait.
    """
    folder = base / "tiny-clip"
    with FileLock(base / "tiny-clip.lock"):
        return folder if folder.exists() else train_tiny_clip(folder)


def train_tiny_clip(folder: Path, recipe: Recipe = RECIPE, seed: int = 0) -> Path:
    """Make and train a tiny CLIP, and write it to ``folder`` as `local-dir:` reads it; returns the folder."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = CLIP(**CONFIG)
        draws = torch.Generator().manual_seed(seed)
        _teach_texts(model)
        _teach_pictures(model, recipe, draws)
    return save(folder, model.eval())


def save(folder: Path, model: CLIP) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    config = {"model_cfg": CONFIG, "preprocess_cfg": {"mean": MEAN, "std": DEVIATION}}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors")
    return folder


def _teach_texts(model: CLIP, steps: int = 150) -> None:
    """Let sentences with the same words lie together, and others as far apart as what they share allows."""
    model.token_embedding.requires_grad_(False)  # most of its rows are for words that never come
    codes, tokens = _codes(model.visual.output_dim), _tokens(model)
    trained = [value for name, value in model.named_parameters() if not name.startswith(("visual", "token", "logit"))]
    optimizer = torch.optim.AdamW(trained, 3e-3)
    for step in range(steps):
        _set_rate(optimizer, step / steps)
        chosen = torch.randint(len(SENTENCES), (2, len(WORDS)))
        read = model.encode_text(tokens[chosen, torch.arange(len(WORDS))].flatten(0, 1), normalize=True)
        loss = (read - codes.repeat(2, 1)).square().sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _teach_pictures(model: CLIP, recipe: Recipe, draws: torch.Generator) -> None:
    visual = model.visual
    _start_well(visual, draws)
    with torch.no_grad():
        known = torch.stack([model.encode_text(sentence, normalize=True) for sentence in _tokens(model)])
    optimizers = _optimizers(model, recipe)
    for step in range(recipe.steps):
        for optimizer in optimizers:
            _set_rate(optimizer, step / recipe.steps)
        pictures, shown, shown_where = _batch(recipe.batch, draws)
        read = visual.forward_intermediates(_normalised(pictures), 1, normalize_intermediates=True, output_fmt="NLC")
        texts = known[torch.randint(len(SENTENCES), (len(WORDS),)), torch.arange(len(WORDS))]
        loss = _sigmoid_loss(model, read["image_features"], texts, shown)
        loss += _sigmoid_loss(model, read["image_intermediates"][0] @ visual.proj, texts, shown_where)
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()


def _sigmoid_loss(model: CLIP, seen: torch.Tensor, texts: torch.Tensor, shown: torch.Tensor) -> torch.Tensor:
    """Return the loss of embeddings (..., D) against texts (W, D); ``shown`` (..., W) is 1, 0, or NaN for unknown."""
    logits = model.logit_scale.exp() * F.normalize(seen, dim=-1) @ texts.T + model.logit_bias
    known = ~shown.isnan()
    # A caption is true of few scenes, so that what is true counts more.
    weights = known * (1 + 3 * shown.nan_to_num())
    losses = F.binary_cross_entropy_with_logits(logits, shown.nan_to_num(), reduction="none")
    return (losses * weights).sum() / weights.sum()


def _batch(count: int, draws: torch.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return pictures, and which words are true of them (N, W) and of their patches (N, T, W).

    A quarter of them shows one shape, as views do that are cut from a picture.
    """
    few = draw_scenes(count // 4, SIDE, draws, shapes=1, sizes=(0.2, 0.45))
    many = draw_scenes(count - count // 4, SIDE, draws, shapes=3, sizes=(0.16, 0.34))
    parts = [_labelled(scenes, draws) for scenes in (few, many)]
    pictures, shown, shown_where = (torch.cat(each) for each in zip(*parts, strict=True))
    return pictures, shown, shown_where


def _labelled(scenes: Scenes, draws: torch.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    count = len(scenes.kinds)
    cover = F.avg_pool2d(scenes.masks, PATCH).flatten(2)
    there = scenes.kinds >= 0
    # Of a shape that is hardly seen nobody can say what it is.
    hidden = there & (scenes.masks.mean((2, 3)) < 0.01)
    words = F.one_hot((scenes.colours * len(KINDS) + scenes.kinds).clamp(min=0), len(WORDS))
    words = words + F.one_hot(len(NAMES) + scenes.kinds.clamp(min=0), len(WORDS))
    shown = (words * there[..., None]).amax(1).float()
    shown = torch.where((words * hidden[..., None]).amax(1) > 0, torch.nan, shown)
    shown_where = torch.einsum("nmt,nmw->ntw", (cover > 0.3).float(), words.float()).clamp(max=1)
    grey = torch.rand(count, generator=draws) < 0.12
    shown[grey, : len(NAMES)] = torch.nan
    shown_where[grey, :, : len(NAMES)] = torch.nan
    return jittered(scenes.pictures, grey, draws), shown, shown_where


def _start_well(visual: nn.Module, draws: torch.Generator) -> None:
    """Let patches begin as whitened, with positions that tell neighbours: both would take long to learn."""
    grid = visual.grid_size[0]
    positions = torch.from_numpy(get_2d_sincos_pos_embed(WIDTH, grid, cls_token=True)).float()
    patches = F.unfold(_normalised(_batch(128, draws)[0]), PATCH, stride=PATCH).transpose(1, 2).flatten(0, 1)
    strengths, directions = torch.linalg.eigh(torch.cov(patches.T))
    strongest = (directions / (strengths + 0.01).sqrt()).flip(1)[:, :WIDTH].T
    with torch.no_grad():
        visual.positional_embedding.copy_(0.5 * positions)
        visual.conv1.weight.copy_(strongest.reshape(visual.conv1.weight.shape))


def _optimizers(model: CLIP, recipe: Recipe) -> list[torch.optim.Optimizer]:
    inner = [value for value in model.visual.transformer.parameters() if value.ndim == 2]
    taken = {id(value) for value in inner}
    others = [value for value in model.visual.parameters() if id(value) not in taken]
    return [
        torch.optim.AdamW([*others, model.logit_bias], recipe.rate, betas=(0.9, 0.98), weight_decay=0.01),
        torch.optim.Muon(inner, recipe.matrix_rate, weight_decay=0.0),
    ]


def _set_rate(optimizer: torch.optim.Optimizer, done: float) -> None:
    """Set the rate for the share of the steps that is done: a short warm-up, then half a cosine."""
    for group in optimizer.param_groups:
        first = group.setdefault("first", group["lr"])
        group["lr"] = first * min(1.0, (done + 0.01) / 0.06) * 0.5 * (1 + math.cos(math.pi * done))


def _codes(width: int) -> torch.Tensor:
    """Return (W, D): what words with a common colour or kind share, and something of their own."""
    axes = torch.linalg.qr(torch.randn(width, width)).Q
    colours, kinds, own = axes[: len(COLOURS)], axes[len(COLOURS) : len(COLOURS) + len(KINDS)], axes[-len(NAMES) :]
    names = colours.repeat_interleave(len(KINDS), 0) + kinds.repeat(len(COLOURS), 1) + 0.7 * own
    return F.normalize(torch.cat([names, kinds]), dim=1)


def _tokens(model: CLIP) -> torch.Tensor:
    """Return the tokens (S, W, L) of every word in every sentence."""
    tokenizer = SimpleTokenizer(context_length=model.context_length)
    return torch.stack([tokenizer([sentence.format(word) for word in WORDS]) for sentence in SENTENCES])


def _normalised(pictures: torch.Tensor) -> torch.Tensor:
    return (pictures - MEAN[0]) / DEVIATION[0]
