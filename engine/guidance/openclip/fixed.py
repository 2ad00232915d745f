"""Towers that take one size of picture only."""

import torch
from open_clip.timm_model import TimmModel

from engine.guidance.openclip.towers import Score, resized

WINDOW = 0.4  # of the sides; what is seen inside tells where
WINDOWS = 9  # along each side


class FixedTower:
    """Any `TimmModel`: pictures are resized to its own size, and evidence is what windows of them score."""

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
    def evidence(self, pictures: torch.Tensor, score: Score) -> torch.Tensor:
        """Return (N, 9, 9): by how much the score of a window there exceeds that of a middling one."""
        height, width = (round(side * WINDOW) for side in pictures.shape[-2:])
        rows = torch.linspace(0, pictures.shape[-2] - height, WINDOWS).round().int().tolist()
        columns = torch.linspace(0, pictures.shape[-1] - width, WINDOWS).round().int().tolist()
        scores = [
            torch.stack([score(self.embedded(pictures[..., y : y + height, x : x + width])) for x in columns], 1)
            for y in rows
        ]
        found = torch.stack(scores, 1)
        return (found - found.flatten(1).median(1).values[:, None, None]).clamp(min=0)
