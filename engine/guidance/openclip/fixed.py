"""Towers that take one size of picture only."""

import torch
from open_clip.timm_model import TimmModel

from engine.guidance.openclip.towers import Evidence, Score, resized


class FixedTower:
    """Any `TimmModel`: pictures are resized to its own size."""

    def __init__(self, visual: TimmModel) -> None:
        self._size = visual.image_size
        self.input_size = min(visual.image_size)
        self._visual = visual

    def embedded(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the embeddings (N, D)."""
        return self._visual(resized(pictures, *self._size))

    def tokens(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the last features (N, T, C), with the pictures squashed to the model's own size."""
        read = self._visual.forward_intermediates(resized(pictures, *self._size), indices=1, intermediates_only=True)
        return read["image_intermediates"][-1].flatten(2).transpose(1, 2)

    @torch.no_grad()
    def evidence(self, pictures: torch.Tensor, score: Score) -> Evidence:
        """Return the scores, and ones (N, 1, 1): such a tower is not asked where, so that windows alone tell."""
        return Evidence(score(self.embedded(pictures)), pictures.new_ones(len(pictures), 1, 1))
