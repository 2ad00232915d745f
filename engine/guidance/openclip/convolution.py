"""Convolutional towers, at any size of picture: CLIP's ResNets, ConvNeXt and FastViT."""

from abc import ABC, abstractmethod

import torch
from open_clip.modified_resnet import ModifiedResNet
from open_clip.timm_model import TimmModel
from timm.layers.pos_embed import resample_abs_pos_embed
from timm.utils.model import reparameterize_model
from torch.func import functional_call

from engine.guidance.openclip.towers import Evidence, Score, fitted, with_short_side

STRIDE = 32
# Structure is read from the stage before the last: its stride of 16 is fine enough to hold a shape.
TOKEN_STAGE = -2


class ConvolutionTower(ABC):
    """Features, then a pooling: evidence is how much each place of the features adds to the score."""

    input_size: int

    @abstractmethod
    def _features(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the last features (N, C, h, w)."""

    @abstractmethod
    def _pooled(self, features: torch.Tensor) -> torch.Tensor:
        """Return the embeddings (N, D) of the features (N, C, h, w)."""

    @abstractmethod
    def _stage(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the features (N, C, h, w) of the stage before the last."""

    def embedded(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the embeddings (N, D)."""
        return self._pooled(self._features(_prepared(pictures)))

    def tokens(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the features (N, T, C) of stride 16, the short side at the model's own size."""
        pictures = with_short_side(pictures, self.input_size // STRIDE, STRIDE)
        return self._stage(_prepared(pictures)).flatten(2).transpose(1, 2)

    def evidence(self, pictures: torch.Tensor, score: Score) -> Evidence:
        """Return the scores, and class activations: features times the score's gradient, summed over channels.

        Exact where the pooling is linear (Draelos and Carin, "HiResCAM", 2020, section 3).
        """
        with torch.no_grad():
            features = self._features(_prepared(pictures))
        features.requires_grad_()
        with torch.enable_grad():
            scores = score(self._pooled(features))
            (gradient,) = torch.autograd.grad(scores.sum(), features)
        return Evidence(scores.detach(), (gradient * features.detach()).sum(1).clamp(min=0))


class ResNetTower(ConvolutionTower):
    """open_clip's `ModifiedResNet`, whose attention pooling gets position embeddings for the picture's size."""

    def __init__(self, visual: ModifiedResNet) -> None:
        self.input_size = visual.image_size
        self._visual = visual

    def _features(self, pictures: torch.Tensor) -> torch.Tensor:
        return self._intermediate(pictures, -1)

    def _stage(self, pictures: torch.Tensor) -> torch.Tensor:
        return self._intermediate(pictures, TOKEN_STAGE)

    def _intermediate(self, pictures: torch.Tensor, stage: int) -> torch.Tensor:
        read = self._visual.forward_intermediates(pictures, indices=[stage], intermediates_only=True)
        return read["image_intermediates"][0]

    def _pooled(self, features: torch.Tensor) -> torch.Tensor:
        pool = self._visual.attnpool
        own = self.input_size // STRIDE
        grid = list(features.shape[-2:])
        positions = resample_abs_pos_embed(pool.positional_embedding[None], grid, [own, own], 1)[0]
        return functional_call(pool, {"positional_embedding": positions}, (features,))


class TimmConvolutionTower(ConvolutionTower):
    """A `TimmModel` whose trunk is convolutional, perhaps with attention in its last stage."""

    def __init__(self, visual: TimmModel) -> None:
        # FastViT learns with several branches a layer, which are one convolution when they are done: a third faster.
        reparameterize_model(visual, inplace=True)
        self.input_size = min(visual.image_size)
        self._visual = visual

    def _features(self, pictures: torch.Tensor) -> torch.Tensor:
        return self._visual.trunk.forward_features(pictures)

    def _pooled(self, features: torch.Tensor) -> torch.Tensor:
        return self._visual.head(self._visual.trunk.forward_head(features))

    def _stage(self, pictures: torch.Tensor) -> torch.Tensor:
        read = self._visual.forward_intermediates(
            pictures, indices=[TOKEN_STAGE], stop_early=True, intermediates_only=True
        )
        return read["image_intermediates"][0]


def _prepared(pictures: torch.Tensor) -> torch.Tensor:
    return fitted(pictures, STRIDE).contiguous(memory_format=torch.channels_last)
