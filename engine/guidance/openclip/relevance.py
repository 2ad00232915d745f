"""Where a text is seen in a picture: the evidence of a tower, over several looks."""

import torch
from torch.nn import functional as F

from engine.guidance.openclip.towers import Tower, resized

# Sizes of the whole picture's short side, in input sizes of the tower.
SCALES = (1.0, 1.5)


def found(tower: Tower, picture: torch.Tensor, meant: torch.Tensor, neutral: torch.Tensor) -> torch.Tensor:
    """Return (H, W) in 0..1: where the one ``picture`` (1, 3, H, W) shows what the embedding ``meant`` (D,) says.

    Evidence is taken for what the text says beyond a ``neutral`` one, as every text lights up what stands out.
    """
    direction = meant - neutral

    def score(embeddings: torch.Tensor) -> torch.Tensor:
        return F.normalize(embeddings, dim=1) @ direction

    height, width = picture.shape[-2:]
    total = torch.zeros(height, width, device=picture.device)
    for scale in SCALES:
        factor = scale * tower.input_size / min(height, width)
        evidence = tower.evidence(resized(picture, round(height * factor), round(width * factor)), score)
        spread = F.interpolate(evidence[None], (height, width), mode="bicubic")[0, 0].clamp(min=0)
        total += spread / spread.max().clamp(min=1e-12)
    total = (total - total.median()).clamp(min=0)
    return total / total.max().clamp(min=1e-12)
