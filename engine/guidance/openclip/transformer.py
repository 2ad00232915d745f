"""Vision transformers, open_clip's own and timm's, at any size of picture."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import torch
from open_clip.timm_model import TimmModel
from open_clip.transformer import VisionTransformer
from timm.layers.format import Format
from timm.layers.pos_embed import resample_abs_pos_embed
from torch import nn
from torch.func import functional_call

from engine.guidance.openclip.attention import AttentionRecorder, rollout
from engine.guidance.openclip.towers import Evidence, Score, fitted, with_short_side

# The least number of tokens along the short side. ViT-B/32 has 7 at its own size, too few to hold a shape; 11 is
# about 1.6 times its own size, which its interpolated positions bear. Finer models stay at their own size.
TOKEN_CELLS = 11
# Of the layers, how many from the last: in deeper models the first ones mix neighbours and little else.
LAYERS_THAT_COUNT = 6

# From the relevance (N, tokens, tokens) and the count of tokens that are no patches to (N, patches).
Summary = Callable[[torch.Tensor, int], torch.Tensor]
# What `forward_intermediates` returns.
Read = dict[str, Any]


class TransformerTower(ABC):
    """Patches, blocks of attention, and a summary of the tokens.

    ``grid`` is the (rows, columns) of patches at the model's own size, ``prefix`` how many tokens are no patches.
    """

    def __init__(
        self, input_size: int, patch: int, grid: tuple[int, int], prefix: int, layers: int, summary: Summary
    ) -> None:
        self.input_size = input_size
        self._patch, self._grid, self._prefix, self._summary = patch, grid, prefix, summary
        self._first_layer = max(0, layers - LAYERS_THAT_COUNT)

    @abstractmethod
    def _read(self, pictures: torch.Tensor) -> Read:
        """Return what open_clip's `forward_intermediates` says of pictures whose sides are multiples of the patch."""

    def embedded(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the embeddings (N, D)."""
        return self._read(fitted(pictures, self._patch))["image_features"]

    def tokens(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the last layer's patch tokens (N, T, C), normalised as for the embedding."""
        cells = max(TOKEN_CELLS, min(self._grid))
        return self._read(with_short_side(pictures, cells, self._patch))["image_intermediates"][-1]

    def evidence(self, pictures: torch.Tensor, score: Score) -> Evidence:
        """Return the scores, and the relevance of the patches by gradient times attention."""
        pictures = fitted(pictures, self._patch)
        with torch.enable_grad():
            with AttentionRecorder(self._first_layer) as recorder:
                embeddings = self.embedded(pictures)
            scores = score(embeddings)
            relevance = rollout(scores.sum(), recorder.weights)
        height, width = (side // self._patch for side in pictures.shape[-2:])
        return Evidence(scores.detach(), self._summary(relevance, self._prefix).reshape(-1, height, width))


class ClipTransformerTower(TransformerTower):
    """open_clip's `VisionTransformer`, its position embeddings exchanged for those of the picture's size."""

    _POSITIONS = "visual.positional_embedding"

    def __init__(self, visual: VisionTransformer) -> None:
        summary = _class_token if visual.pool_type == "tok" else _mean_token
        layers = len(visual.transformer.resblocks)
        super().__init__(min(visual.image_size), visual.patch_size[0], visual.grid_size, 1, layers, summary)
        # Behind an attention pooling the last normalisation is not for tokens.
        self._reader = _Reader(visual, normalised=visual.attn_pool is None)
        self._known = {visual.grid_size: visual.positional_embedding}

    def _read(self, pictures: torch.Tensor) -> Read:
        positions = self._positions(pictures.shape[-2] // self._patch, pictures.shape[-1] // self._patch)
        return functional_call(self._reader, {self._POSITIONS: positions}, (pictures,))

    @torch.no_grad()
    def _positions(self, rows: int, columns: int) -> torch.Tensor:
        """Return the position embeddings for a grid, resampled as open_clip does when a model is loaded for it."""
        if (rows, columns) not in self._known:
            own = self._known[self._grid]
            self._known[rows, columns] = resample_abs_pos_embed(own[None], [rows, columns], list(self._grid), 1)[0]
        return self._known[rows, columns]


class TimmTransformerTower(TransformerTower):
    """A `TimmModel` whose trunk is timm's `VisionTransformer` (SigLIP and its kin), set to take any size."""

    def __init__(self, visual: TimmModel) -> None:
        trunk, patches = visual.trunk, visual.trunk.patch_embed
        # What timm's constructor does for `dynamic_img_size`, which open_clip does not ask for.
        trunk.dynamic_img_size, patches.strict_img_size = True, False
        patches.flatten, patches.output_fmt = False, Format.NHWC
        super().__init__(
            min(visual.image_size),
            patches.patch_size[0],
            patches.grid_size,
            trunk.num_prefix_tokens,
            len(trunk.blocks),
            _class_token if trunk.global_pool in ("token", "map") else _mean_token,
        )
        self._reader = _Reader(visual, normalised=True)

    def _read(self, pictures: torch.Tensor) -> Read:
        return self._reader(pictures)


class _Reader(nn.Module):
    """Calls `forward_intermediates`, so that a call can be made with other parameters."""

    def __init__(self, visual: VisionTransformer | TimmModel, normalised: bool) -> None:
        super().__init__()
        self.visual = visual
        self._normalised = normalised

    def forward(self, pictures: torch.Tensor) -> Read:
        read: Read = self.visual.forward_intermediates(
            pictures, indices=1, normalize_intermediates=self._normalised, output_fmt="NLC"
        )
        return read


def _class_token(relevance: torch.Tensor, prefix: int) -> torch.Tensor:
    """Return the relevance (N, patches) of the patches for the first token, or for a pooling's only query."""
    return relevance[:, 0, prefix:]


def _mean_token(relevance: torch.Tensor, prefix: int) -> torch.Tensor:
    """Return the relevance (N, patches) of the patches for all patches together."""
    return relevance[:, prefix:, prefix:].mean(1)
