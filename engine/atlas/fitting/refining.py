"""Refining an atlas: rounds of least squares, each unknown with the others held.

Every unknown is bilinear in the pixels it touches, with weights that are positive and sum to one. So a quadratic bound
that is diagonal in the unknowns (the weights lumped at texels and nodes) lies above the error, and a step to its
minimum never goes wrong (majorisation: Hunter and Lange, "A Tutorial on MM Algorithms", 2004, section 3).
"""

from collections.abc import Callable, Generator

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from engine.atlas.fitting.bilinear import sampled
from engine.atlas.fitting.fit import Explained, Fit, mixed
from engine.atlas.fitting.hole_filling import filled
from engine.atlas.fitting.lattice_solver import held_together, solved

OUTLIER = 0.1  # a colour error from which a pixel loses its say on the mapping
LONGEST_MOVE = 2.0  # texels a round
MAPPING_RELAXATION, LIGHT_RELAXATION = 1.6, 1.5  # lumped weights make steps short
FAINTEST = 0.05  # weight below which a texel changes little
LIGHT_RANGE = (0.2, 5.0)
LIGHT_ROUNDS = 3
MATTE_BLUR = 0.7  # pixels

Steps = Generator[int]


def average_textures(fit: Fit) -> Steps:
    """Make each texture the average of what the frames show of it, its holes filled from around."""
    averages = [layer.average() for layer in fit.layers]
    for index in range(len(fit)):
        weights, light, frame = fit.weights(index), fit.lit(index), fit.frame(index)
        for place, layer in enumerate(fit.layers):
            averages[place].add(frame / light, weights[place][None], layer.places(index))
        yield index
    for layer, average in zip(fit.layers, averages, strict=True):
        layer.seen = average.weight.clone()
        layer.texture = filled(average.colour, average.weight.clamp(max=1))


def refine_textures(fit: Fit, relaxation: float = 1.0) -> Generator[int, None, list[float]]:
    """Give each texel its share of the error; return the mean squared error of every frame, as it was before."""
    changes = [layer.average() for layer in fit.layers]
    errors = []
    for index in range(len(fit)):
        seen = fit.explained(index)
        error = fit.frame(index) - seen.picture
        errors.append(float((fit.frame(index) - seen.picture.clamp(0, 1)).square().mean()))
        brightness = seen.light.mean(0)
        for place in range(len(fit.layers)):
            weight = seen.weights[place] * brightness**2
            # The light's colours differ a little; one weight for all three is enough for a bound.
            pull = error * seen.light / (brightness**2).clamp(min=FAINTEST)
            changes[place].add(pull, weight[None], seen.places[place])
        yield index
    for layer, change in zip(fit.layers, changes, strict=True):
        step = change.sums[:3] / (change.weight + FAINTEST)
        layer.texture = (layer.texture + relaxation * step).clamp(0, 1)
        layer.seen = change.weight.clone()
    return errors


def refine_mappings(fit: Fit) -> Steps:
    """Move all mappings so that the textures lie better on the frames (a Gauss-Newton step)."""
    hessians = [layer.mapping.new_zeros(*layer.mapping.shape[:3], 3) for layer in fit.layers]
    pulls = [torch.zeros_like(layer.mapping) for layer in fit.layers]
    slopes = [_slopes(layer.texture) for layer in fit.layers]
    for index in range(len(fit)):
        seen = fit.explained(index)
        error = fit.frame(index) - seen.picture
        sure = (1 + error.square().sum(0) / OUTLIER**2) ** -2  # Geman and McClure's weight
        for place, layer in enumerate(fit.layers):
            slope = sampled(slopes[place], seen.places[place]) * seen.light.repeat(2, 1, 1)
            x, y = slope[:3], slope[3:]
            weight = seen.weights[place] * sure
            products = [(x * x).sum(0), (x * y).sum(0), (y * y).sum(0), (x * error).sum(0), (y * error).sum(0)]
            # The layers' weights sum to one, so each bounds with its weight where the sum of all would be squared.
            nodes = layer.lattice.gathered(torch.stack(products, -1) * weight[..., None])
            hessians[place][index], pulls[place][index] = nodes[..., :3], nodes[..., 3:]
        yield index
    settings = fit.settings
    for layer, hessian, pull in zip(fit.layers, hessians, pulls, strict=True):
        firm = settings.stiffness, settings.stiffness_in_time
        wanted = MAPPING_RELAXATION * pull - held_together(layer.moved, *firm)
        change = solved(_multiplying(hessian), hessian[..., [0, 2]], wanted, *firm)
        layer.move(slice(None), change.clamp(-LONGEST_MOVE, LONGEST_MOVE))


def refine_light(fit: Fit) -> Steps:
    """Let the light follow slow changes of brightness and colour that the layers do not explain."""
    for index in range(len(fit)):
        seen = fit.explained(index)
        unlit = mixed(seen.colours, seen.weights)
        error = fit.frame(index) - seen.picture
        pull = fit.light_lattice.gathered((unlit * error).permute(1, 2, 0))
        mass = fit.light_lattice.gathered((unlit * unlit).permute(1, 2, 0))
        fit.light[index] = _relit(fit.light[index], pull, mass, fit.settings.light_stiffness)
        yield index


def refine_mattes(fit: Fit) -> Steps:
    """Let each matte follow the picture within the rim of its mask: the mixture that explains a pixel best."""
    rim = _disc(fit.settings.rim)
    for index in range(len(fit)):
        seen, frame = fit.explained(index), fit.frame(index)
        for place in range(1, len(fit.layers)):
            mask = fit.masks[index, place - 1]
            soft = (cv2.dilate(mask, rim) > 127) & ~(cv2.erode(mask, rim) > 127)
            if not soft.any():
                continue
            found = cv2.GaussianBlur(_mixture(fit, seen, frame, place, mask), (0, 0), MATTE_BLUR)
            others = np.delete(fit.mattes[index], place - 1, 0).sum(0, dtype=np.uint16)
            room = (255 - others.clip(max=255)).astype(np.float32)
            matte = fit.mattes[index, place - 1]
            matte[soft] = np.minimum(np.rint(found * 255), room).astype(np.uint8)[soft]
        yield index


def _mixture(fit: Fit, seen: Explained, frame: torch.Tensor, place: int, mask: np.ndarray) -> np.ndarray:
    """Return the share of a layer against all behind and before it that explains each pixel, (H, W) in 0..1."""
    rest = seen.weights.clone()
    rest[place] = 0
    rest[0] += 1e-3  # where only this layer is seen, the background stands for the rest
    behind = mixed(seen.colours, rest / rest.sum(0))
    difference = seen.light * (seen.colours[place] - behind)
    given = torch.from_numpy(mask).to(fit.device).float() / 255
    trust = fit.settings.matte_trust
    pull = (difference * (frame - seen.light * behind)).sum(0) + trust * given
    share: np.ndarray = (pull / (difference.square().sum(0) + trust)).clamp(0, 1).cpu().numpy()
    return share


def _relit(light: torch.Tensor, pull: torch.Tensor, mass: torch.Tensor, stiffness: float) -> torch.Tensor:
    """Return the light's factors (lh, lw, 3) after a step; they hold together, and lean towards 1."""
    new = light
    for _ in range(LIGHT_ROUNDS):
        padded = F.pad(new.permute(2, 0, 1)[None], (1, 1, 1, 1), mode="replicate")[0].permute(1, 2, 0)
        around = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
        wanted = light * mass + LIGHT_RELAXATION * pull + stiffness * (around + 0.5)
        new = wanted / (mass + stiffness * 4.5)
    return new.clamp(*LIGHT_RANGE)


def _slopes(texture: torch.Tensor) -> torch.Tensor:
    """Return a texture's slopes a texel, along x and then along y, (6, h, w)."""
    along_x = F.pad((texture[:, :, 2:] - texture[:, :, :-2]) / 2, (1, 1))
    along_y = F.pad((texture[:, 2:] - texture[:, :-2]) / 2, (0, 0, 1, 1))
    return torch.cat([along_x, along_y])


def _multiplying(hessian: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return the product with symmetric 2 x 2 matrices, given as (…, 3): xx, xy, yy."""

    def weight(change: torch.Tensor) -> torch.Tensor:
        x, y = change[..., 0], change[..., 1]
        return torch.stack([hessian[..., 0] * x + hessian[..., 1] * y, hessian[..., 1] * x + hessian[..., 2] * y], -1)

    return weight


def _disc(radius: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
