"""The losses of Text2LIVE (Bar-Tal et al., ECCV 2022, section 3.2), and what keeps a layer natural.

Pictures are (1, C, H, W) tensors in 0..1; every loss is a scalar.
"""

import torch
from torch.nn import functional as F

from engine.guidance.views import LUMA
from engine.text2live.generator import opponent_axes

GREEN_SCREEN = (0.0, 177 / 255, 64 / 255)
# How far, as a deviation, natural colours reach along red-blue and green-magenta.
NATURAL_REACH = (0.16, 0.07)
# Stripes and spots need edges of their own; beyond this the photograph's outlines would be lost among them.
FREE_EDGES = 0.33


def over(layer: torch.Tensor, backdrop: torch.Tensor) -> torch.Tensor:
    """Return the layer (1, 4, H, W), straight alpha, over the backdrop (1, 3, H, W)."""
    alpha = layer[:, 3:]
    return alpha * layer[:, :3] + (1 - alpha) * backdrop


def green_screen(like: torch.Tensor) -> torch.Tensor:
    """Return the green (1, 3, 1, 1) on which the edit alone is shown."""
    return like.new_tensor(GREEN_SCREEN)[None, :, None, None]


def self_similarity(tokens: torch.Tensor) -> torch.Tensor:
    """Return the cosine similarities (N, T, T) among tokens (N, T, C)."""
    directions = F.normalize(tokens, dim=2)
    return directions @ directions.transpose(1, 2)


def structure(tokens: torch.Tensor, source_tokens: torch.Tensor) -> torch.Tensor:
    """Return the mean squared difference of self-similarities (section 3.2, "Structure loss")."""
    return F.mse_loss(self_similarity(tokens), self_similarity(source_tokens))


def edges(picture: torch.Tensor, source: torch.Tensor) -> torch.Tensor:
    """Return by how much 1 - correlation of the two pictures' edges exceeds what an edit may change.

    Edges are the magnitudes of the light's gradients.
    """
    mine, theirs = _edge_strength(picture), _edge_strength(source)
    mine, theirs = mine - mine.mean(), theirs - theirs.mean()
    return F.relu(1 - F.cosine_similarity(mine.flatten(), theirs.flatten(), dim=0) - FREE_EDGES)


def coverage(alpha: torch.Tensor) -> torch.Tensor:
    """Return the L1 of the opacity (section 3.2, "Sparsity regularization")."""
    return alpha.mean()


def presence(alpha: torch.Tensor) -> torch.Tensor:
    """Return a smooth L0 of the opacity (section 3.2, "Sparsity regularization")."""
    return (2 * torch.sigmoid(5 * alpha) - 1).mean()


def avoidance(distances: torch.Tensor) -> torch.Tensor:
    """Return how near pictures are to what is to be avoided, 0..1, from a guide's distances (N,), at least 0.

    Of a distance that is minus the logarithm of a probability, that probability; it never pushes without bound.
    """
    return (-distances).exp().mean()


def annealed(step: int, steps: float) -> float:
    """Return a factor that falls linearly from 1 at step 0 to 0 at ``steps``, and stays there."""
    return max(0.0, 1 - step / steps) if steps > 0 else 0.0


def bootstrap(alpha: torch.Tensor, region: torch.Tensor) -> torch.Tensor:
    """Return how far the opacity is from the region of interest (section 3.2, "Bootstrapping")."""
    return F.mse_loss(alpha, region)


def roughness(picture: torch.Tensor) -> torch.Tensor:
    """Return the total variation."""
    across = (picture[..., 1:] - picture[..., :-1]).abs().mean()
    down = (picture[..., 1:, :] - picture[..., :-1, :]).abs().mean()
    return across + down


def gaudiness(layer: torch.Tensor, region: torch.Tensor) -> torch.Tensor:
    """Return how far visible colours lie beyond the reach of natural ones, per area of the region.

    A Mahalanobis distance in an opponent space, where it exceeds one.
    """
    axes = opponent_axes()[1:].to(layer)
    reach = layer.new_tensor(NATURAL_REACH)[None, :, None, None]
    opponent = torch.einsum("kc,bchw->bkhw", axes, layer[:, :3]) / reach
    beyond = F.relu((opponent.square().sum(1, keepdim=True) + 1e-6).sqrt() - 1)
    return (layer[:, 3:] * beyond).mean() / region.mean().clamp(min=1e-3)


def appearance(picture: torch.Tensor, wanted: torch.Tensor, region: torch.Tensor) -> torch.Tensor:
    """Return how far the picture's region is from a material's shading, in colour and in colour gradients."""

    def difference(mine: torch.Tensor, theirs: torch.Tensor, where: torch.Tensor) -> torch.Tensor:
        return ((mine - theirs).abs() * where).mean() / where.mean().clamp(min=1e-3)

    across = difference(picture.diff(dim=3), wanted.diff(dim=3), region[..., 1:])
    down = difference(picture.diff(dim=2), wanted.diff(dim=2), region[..., 1:, :])
    return difference(picture, wanted, region) + across + down


def _edge_strength(picture: torch.Tensor) -> torch.Tensor:
    light = (picture * picture.new_tensor(LUMA)[None, :, None, None]).sum(1, keepdim=True)
    across, down = light[..., :-1, 1:] - light[..., :-1, :-1], light[..., 1:, :-1] - light[..., :-1, :-1]
    return (across.square() + down.square() + 1e-6).sqrt()
