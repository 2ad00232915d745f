"""Where a text is seen in a picture: the evidence of a tower, over the whole picture and parts of it."""

import torch
from torch.nn import functional as F

from engine.guidance.openclip.towers import Tower, resized

# Parts of half the picture's sides, overlapping by half: what they show is seen twice as large.
PARTS = 3


def found(tower: Tower, picture: torch.Tensor, meant: torch.Tensor, neutral: torch.Tensor) -> torch.Tensor:
    """Return (H, W) in 0..1: where the one ``picture`` (1, 3, H, W) shows what the embedding ``meant`` (D,) says.

    Evidence is taken for what the text says beyond a ``neutral`` one, as every text lights up what stands out.
    """
    direction = F.normalize(meant - neutral, dim=0)

    def score(embeddings: torch.Tensor) -> torch.Tensor:
        return F.normalize(embeddings, dim=1) @ direction

    height, width = picture.shape[-2:]
    side = tower.input_size
    boxes = [(0, 0, height, width), *_parts(height, width)]
    looks = torch.cat([resized(picture[..., t:b, l:r], side, side) for t, l, b, r in boxes])
    evidence = tower.evidence(looks, score)
    with torch.no_grad():
        scores = score(tower.embedded(looks))
    weights = (scores - scores.median()).clamp(min=0)
    weights = weights / weights.max().clamp(min=1e-12)
    weights[0] = 1
    total, count = torch.zeros_like(picture[0, 0]), torch.zeros_like(picture[0, 0])
    for (t, l, b, r), weight, seen in zip(boxes, weights, evidence):
        total[t:b, l:r] += weight * F.interpolate(seen[None, None], (b - t, r - l), mode="bicubic")[0, 0].clamp(min=0)
        count[t:b, l:r] += 1
    total = total / count
    total = (total - total.median()).clamp(min=0)
    return total / total.max().clamp(min=1e-12)


def _parts(height: int, width: int) -> list[tuple[int, int, int, int]]:
    h, w = height // 2, width // 2
    tops = [round(i * (height - h) / (PARTS - 1)) for i in range(PARTS)]
    lefts = [round(i * (width - w) / (PARTS - 1)) for i in range(PARTS)]
    return [(t, l, t + h, l + w) for t in tops for l in lefts]
