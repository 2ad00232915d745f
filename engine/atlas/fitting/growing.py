"""Growing a layer: its first mapping and texture, from a reference frame outwards.

Each frame takes over its neighbour's mapping along the optical flow, is registered to the texture grown so far, and
adds to it. So the texture stays sharp, and what stands out of the background is followed too, far beyond what one
transform a frame could tell; the mapping is held together, and near those transforms where there is nothing to see.
"""

from collections.abc import Generator, Iterator

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from engine.atlas.fitting.bilinear import sampled
from engine.atlas.fitting.fit import Fit
from engine.atlas.fitting.fitted_layer import Average, FittedLayer
from engine.atlas.fitting.lattice_solver import held_together, solved
from engine.atlas.motion.flow import Flows

FOLLOWING_STIFFNESS, REGISTRATION_STIFFNESS = 1.0, 0.3  # against the number of pixels that a node stands for
SPRING = 0.02
ROUNDS = 3  # the weights are lumped at the nodes, so one round goes only part of the way
KNOWN = 0.3  # weight from which the texture grown so far can be registered to
LONGEST_CORRECTION = 8.0  # pixels; more is a mistake of the flow
RIM = 5  # pixels about an object that may show it


def grown(fit: Fit, place: int, flows: Flows) -> Generator[int]:
    """Give a layer its first mapping, yielding after each frame; the texture is only grown on the way."""
    layer, average = fit.layers[place], fit.layers[place].average()
    for index, neighbour in outwards(len(fit), _reference(fit, place)):
        shown = _shown(fit, place, index)
        if neighbour is not None:
            here = slice(index, index + 1)
            layer.move(here, layer.moved[neighbour] - layer.moved[here])
            _follow(fit, layer, flows, index, neighbour, shown * _brought(fit, place, flows, index, neighbour))
            _register(fit, layer, flows, index, shown, average)
        average.add(fit.frame(index), shown[None], layer.places(index))
        yield index
    layer.moved.zero_()


def outwards(count: int, reference: int) -> Iterator[tuple[int, int | None]]:
    """Yield all indices, the reference first, each with the neighbour it was reached from."""
    yield reference, None
    for distance in range(1, count):
        if reference + distance < count:
            yield reference + distance, reference + distance - 1
        if reference - distance >= 0:
            yield reference - distance, reference - distance + 1


def _reference(fit: Fit, place: int) -> int:
    """Return the frame to begin with: the middle one, for an object the one that shows most of it."""
    if place == 0:
        return len(fit) // 2
    return int(np.argmax([np.count_nonzero(matte > 127) for matte in fit.mattes[:, place - 1]]))


def _shown(fit: Fit, place: int, index: int) -> torch.Tensor:
    """Return 1 where a frame surely shows the layer, else 0, (H, W)."""
    mattes = fit.mattes[index]
    if place:
        shown = mattes[place - 1] > 127
    else:
        around = np.ones((RIM, RIM), np.uint8)
        shown = np.ones(mattes.shape[1:], bool)
        for matte in mattes:
            shown &= cv2.dilate(matte, around) == 0
    return torch.from_numpy(shown).to(fit.device).float()


def _brought(fit: Fit, place: int, flows: Flows, index: int, neighbour: int) -> torch.Tensor:
    """Return 1 where the flow to the neighbour can be trusted and ends on the same layer, (H, W)."""
    agreed = torch.from_numpy(flows.consistent(index, neighbour)).to(fit.device).float()
    return (
        agreed
        * _carried(_shown(fit, place, neighbour)[..., None], _flow(fit, flows, index, neighbour), "zeros")[..., 0]
    )


def _follow(fit: Fit, layer: FittedLayer, flows: Flows, index: int, neighbour: int, weight: torch.Tensor) -> None:
    """Let a frame lie where the neighbour lies along the flow, where ``weight`` (H, W) says so."""
    wanted = _carried(layer.places(neighbour), _flow(fit, flows, index, neighbour))
    for _ in range(ROUNDS):
        _draw(layer, index, wanted - layer.places(index), weight, FOLLOWING_STIFFNESS)


def _register(fit: Fit, layer: FittedLayer, flows: Flows, index: int, shown: torch.Tensor, average: Average) -> None:
    """Correct a frame's mapping by the flow from the frame to the texture grown so far, as it sees it."""
    places = layer.places(index)
    weight = sampled(average.weight, places)
    seen = sampled(average.sums[:3], places) / weight.clamp(min=KNOWN)
    known = (weight[0] > KNOWN).float() * shown
    # Elsewhere the frame itself, which does not pull.
    picture = torch.where(known[None] > 0, seen, fit.frame(index))
    as_bytes = (picture * 255).round().clamp(0, 255).byte().permute(1, 2, 0).cpu().numpy()
    flow = torch.from_numpy(flows.to_picture(index, np.ascontiguousarray(as_bytes))).to(fit.device)
    trusted = known * (flow.norm(dim=-1) < LONGEST_CORRECTION)
    _draw(layer, index, _carried(places, flow) - places, trusted, REGISTRATION_STIFFNESS)


def _draw(layer: FittedLayer, index: int, wanted: torch.Tensor, weight: torch.Tensor, stiffness: float) -> None:
    """Move a frame's mapping by ``wanted`` (H, W, 2) texels, as far as ``weight`` and stiffness say."""
    weight = weight[..., None]
    mass = layer.lattice.gathered(weight)[None]
    pull = layer.lattice.gathered(weight * wanted)[None]
    here = slice(index, index + 1)
    pull = pull - held_together(layer.moved[here], stiffness)
    layer.move(here, solved(lambda change: mass * change, mass, pull, stiffness, spring=SPRING))


def _flow(fit: Fit, flows: Flows, index: int, neighbour: int) -> torch.Tensor:
    return torch.from_numpy(flows.between(index, neighbour)).to(fit.device)


def _carried(values: torch.Tensor, flow: torch.Tensor, beyond: str = "border") -> torch.Tensor:
    """Return ``values`` (H, W, C) at the ends of ``flow`` (H, W, 2); ``beyond`` the frame as grid_sample says."""
    height, width = values.shape[:2]
    rows, columns = torch.meshgrid(
        torch.arange(height, device=flow.device), torch.arange(width, device=flow.device), indexing="ij"
    )
    ends = torch.stack([columns, rows], -1) + flow
    grid = ends / ends.new_tensor([(width - 1) / 2, (height - 1) / 2]) - 1
    carried = F.grid_sample(values.permute(2, 0, 1)[None], grid[None], padding_mode=beyond, align_corners=True)
    return carried[0].permute(1, 2, 0)
