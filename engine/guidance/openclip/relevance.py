"""Where a text is seen in a picture: the evidence of a tower, over the whole picture and windows of it."""

from dataclasses import dataclass

import cv2
import torch
from torch.nn import functional as F

from engine.guidance.openclip.towers import Tower, resized

# Along each side, and their share of it: what is in a window is seen larger, and apart from what is beside it.
WINDOWS, WINDOW = 4, 0.4
# What the whole picture counts for at least, against the window that the text fits best: a large subject is in none.
WHOLE = 0.5
# Patches answer in spots, most at outlines; of the short side, this makes areas of them.
BLUR = 0.06
# What is left of other things, and of the blur; a matte begins with what is above 0.
FLOOR = 0.06
AT_ONCE = 8  # looks, for the sake of memory


@dataclass(frozen=True)
class Sought:
    """What is looked for: embeddings (D,) of length 1 of a text and of a ``neutral`` one, and the logits' scale.

    Every text lights up what stands out, so that evidence is taken for what it says beyond the neutral one.
    """

    text: torch.Tensor
    neutral: torch.Tensor
    scale: float

    def score(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Return by how much the text fits better than the neutral one, (N,): a difference of logits."""
        return self.scale * F.normalize(embeddings, dim=1) @ (self.text - self.neutral)


@dataclass(frozen=True)
class _Box:
    """A part of a picture, in pixels."""

    top: int
    left: int
    bottom: int
    right: int

    def of(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures[..., self.top : self.bottom, self.left : self.right]


def found(tower: Tower, picture: torch.Tensor, sought: Sought) -> torch.Tensor:
    """Return (H, W) in 0..1: where the one ``picture`` (1, 3, H, W), normalised, shows what is sought.

    Each look, at the whole or through a window, has evidence for each place, and counts as contrastive training has
    it: by the softmax over the looks of how well the text fits.
    """
    height, width = picture.shape[-2:]
    boxes = [_Box(0, 0, height, width), *_windows(height, width)]
    looks = torch.cat([resized(box.of(picture), tower.input_size, tower.input_size) for box in boxes])
    evidence = [tower.evidence(some, sought.score) for some in looks.split(AT_ONCE)]
    weights = _weights(torch.cat([some.scores for some in evidence]))
    places = torch.cat([some.places for some in evidence])
    total = torch.zeros_like(picture[:, :1])
    for box, weight, seen in zip(boxes, weights, places, strict=True):
        area = box.of(total)
        area += weight * F.interpolate(_at_most_one(seen[None, None]), area.shape[-2:], mode="bilinear")
    blurred = cv2.GaussianBlur(total[0, 0].cpu().numpy(), (0, 0), BLUR * min(height, width))
    total = torch.from_numpy(blurred).to(picture.device)
    return (_at_most_one(total - total.min()) - FLOOR).clamp(min=0) / (1 - FLOOR)


def _weights(scores: torch.Tensor) -> torch.Tensor:
    """Return what each look counts, 1 for the best; the first is the whole picture."""
    weights = (scores - scores.max()).exp()
    weights[0].clamp_(min=WHOLE)
    return weights


def _windows(height: int, width: int) -> list[_Box]:
    """Return overlapping windows that cover the picture."""
    tall, wide = max(1, round(WINDOW * height)), max(1, round(WINDOW * width))
    steps = [step / (WINDOWS - 1) for step in range(WINDOWS)]
    corners = [(round(y * (height - tall)), round(x * (width - wide))) for y in steps for x in steps]
    return [_Box(top, left, top + tall, left + wide) for top, left in corners]


def _at_most_one(values: torch.Tensor) -> torch.Tensor:
    return values / values.max().clamp(min=1e-12)
