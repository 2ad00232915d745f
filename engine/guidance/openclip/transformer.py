"""Vision transformers, open_clip's own and timm's, at any size of picture."""

from collections.abc import Callable
from typing import Any

import torch
from open_clip.timm_model import TimmModel
from open_clip.transformer import VisionTransformer
from timm.layers.pos_embed import resample_abs_pos_embed
from torch import nn
from torch.func import functional_call

from engine.guidance.openclip.attention import AttentionRecorder, rollout
from engine.guidance.openclip.towers import Score, fitted, with_short_side

# The least number of tokens along the short side. ViT-B/32 has 7 at its own size, too few to hold a shape; 11 is
# about 1.6 times its own size, which its interpolated positions bear. Finer models stay at their own size.
TOKEN_CELLS = 11
# The share of the layers, from the last, whose attention counts. The early ones mix neighbours and little else.
LAYERS_THAT_COUNT = 0.5


# From the relevance (N, tokens, tokens) and the count of tokens that are no patches to (N, patches).
Summary = Callable[[torch.Tensor, int], torch.Tensor]


class TransformerTower:
    """open_clip's `VisionTransformer`; all computing is its own, with position embeddings for the picture's size."""

    _positions = "visual.positional_embedding"

    def __init__(self, visual: VisionTransformer) -> None:
        self.input_size = min(visual.image_size)
        self._reader = _Reader(visual, normalised=visual.attn_pool is None)
        self._summary: Summary = _class_token if visual.pool_type == "tok" else _mean_token
        self._prepare(visual.patch_size[0], visual.grid_size, 1, len(visual.transformer.resblocks))

    def _prepare(self, patch: int, grid: tuple[int, int], prefix: int, layers: int) -> None:
        self._patch, self._grid, self._prefix = patch, grid, prefix
        self._first_layer = layers - max(1, round(layers * LAYERS_THAT_COUNT))
        self._known = {grid: self._reader.get_parameter(self._positions)}

    def embedded(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the embeddings (N, D)."""
        return self._read(fitted(pictures, self._patch))["image_features"]

    def tokens(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the last layer's patch tokens (N, T, C), normalised as for the embedding."""
        cells = max(TOKEN_CELLS, min(self._grid))
        return self._read(with_short_side(pictures, cells, self._patch))["image_intermediates"][-1]

    def evidence(self, pictures: torch.Tensor, score: Score) -> torch.Tensor:
        """Return the relevance (N, h, w) of the patches, by gradient times attention."""
        pictures = fitted(pictures, self._patch)
        with AttentionRecorder(self._first_layer) as recorder:
            embeddings = self.embedded(pictures)
        relevance = rollout(score(embeddings).sum(), recorder.weights)
        height, width = (side // self._patch for side in pictures.shape[-2:])
        return self._summary(relevance, self._prefix).reshape(-1, height, width)

    def _read(self, pictures: torch.Tensor) -> dict[str, Any]:
        height, width = (side // self._patch for side in pictures.shape[-2:])
        return functional_call(self._reader, {self._positions: self._positions_for((height, width))}, (pictures,))

    @torch.no_grad()
    def _positions_for(self, grid: tuple[int, int]) -> torch.Tensor:
        """Return the position embeddings for ``grid``, resampled as open_clip does when a model is loaded for it."""
        if grid not in self._known:
            own = self._known[self._grid]
            rows = own.reshape(1, -1, own.shape[-1])
            prefix = rows.shape[1] - self._grid[0] * self._grid[1]
            resampled = resample_abs_pos_embed(rows, list(grid), list(self._grid), prefix)
            self._known[grid] = resampled.reshape(*own.shape[:-2], -1, own.shape[-1])
        return self._known[grid]


class TimmTransformerTower(TransformerTower):
    """A `TimmModel` whose trunk is timm's `VisionTransformer` (SigLIP and its kin)."""

    _positions = "visual.trunk.pos_embed"

    def __init__(self, visual: TimmModel) -> None:
        trunk = visual.trunk
        trunk.patch_embed.strict_img_size = False
        self.input_size = min(visual.image_size)
        self._reader = _Reader(visual, normalised=True)
        self._prepare(
            trunk.patch_embed.patch_size[0], trunk.patch_embed.grid_size, trunk.num_prefix_tokens, len(trunk.blocks)
        )
        self._summary = _SUMMARIES[trunk.global_pool]


class _Reader(nn.Module):
    """Calls `forward_intermediates`, so that a call can be made with other parameters."""

    def __init__(self, visual: VisionTransformer | TimmModel, normalised: bool) -> None:
        super().__init__()
        self.visual = visual
        self._normalised = normalised

    def forward(self, pictures: torch.Tensor) -> dict[str, Any]:
        read: dict[str, Any] = self.visual.forward_intermediates(
            pictures, indices=1, normalize_intermediates=self._normalised, output_fmt="NLC"
        )
        return read


def _class_token(relevance: torch.Tensor, prefix: int) -> torch.Tensor:
    """Return the relevance (N, patches) of the patches for the first token."""
    return relevance[:, 0, prefix:]


def _mean_token(relevance: torch.Tensor, prefix: int) -> torch.Tensor:
    """Return the relevance (N, patches) of the patches for all patches together."""
    return relevance[:, prefix:, prefix:].mean(1)


_SUMMARIES: dict[str, Summary] = {
    "token": _class_token,
    "map": _class_token,  # the pooling's query is the only one
    "avg": _mean_token,
    "avgmax": _mean_token,
    "max": _mean_token,
    "": _mean_token,
}
