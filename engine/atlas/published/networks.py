"""The networks of a published Layered Neural Atlases checkpoint (Kasten et al., SIGGRAPH Asia 2021, section 3).

A checkpoint is a dictionary of state dictionaries: two networks map a point of the clip (x, y, t) into the atlas, one
gives the atlas's colour there, one says how much of the foreground is seen. Each is a perceptron, rectified between
its layers and by tanh at its end; the layers are called ``hidden.0.weight``, ``hidden.0.bias``, ``hidden.1.weight`` …
Widths, depths, skips and frequencies differ from training to training; the tensors' shapes tell them.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from engine.errors import UserError
from engine.files import open_to_read

CHUNK = 8192  # points at once: larger chunks leave the cache, smaller ones wait for threads
FOREGROUND_MAPPING, BACKGROUND_MAPPING = "model_F_mapping1_state_dict", "model_F_mapping2_state_dict"
COLOUR, OPACITY = "F_atlas_state_dict", "model_F_alpha_state_dict"


@dataclass(frozen=True)
class Network:
    """A perceptron: its layers' weights (out, in) and biases (out,).

    ``frequencies`` is the number of the positional encoding's, 0 for none; the layers in ``skips`` get the (encoded)
    input again, behind what the layer before gives.
    """

    layers: tuple[tuple[torch.Tensor, torch.Tensor], ...]
    frequencies: int
    skips: frozenset[int]

    @torch.no_grad()
    def __call__(self, points: torch.Tensor) -> torch.Tensor:
        """Return the outputs (N, outputs) in -1..1 for ``points`` (N, inputs), both on the network's device."""
        return torch.cat([self._through(chunk) for chunk in points.split(CHUNK)])

    def _through(self, points: torch.Tensor) -> torch.Tensor:
        given = values = self._encoded(points)
        for place, (weight, bias) in enumerate(self.layers):
            if place:
                values = values.relu()
            if place in self.skips:
                values = torch.cat([values, given], 1)
            values = torch.addmm(bias, values, weight.T)
        return values.tanh()

    def _encoded(self, points: torch.Tensor) -> torch.Tensor:
        """Return for each frequency 2^k·π the sines of all coordinates, then the cosines: (N, 2·inputs·frequencies)."""
        if not self.frequencies:
            return points
        octaves = torch.pi * 2 ** torch.arange(self.frequencies, device=points.device)
        angles = octaves[:, None] * points[:, None, :]
        return torch.cat([angles.sin(), angles.cos()], 2).flatten(1)


@dataclass(frozen=True)
class Networks:
    """The four networks of a checkpoint."""

    foreground: Network
    background: Network
    colour: Network
    opacity: Network


def read_networks(path: Path, device: str = "cpu") -> Networks:
    """Return the networks in the checkpoint ``path``, on ``device``.

    Raises UserError where there is no such file, or it is no such checkpoint; nothing in it is executed.
    """
    with open_to_read(path) as file:
        try:
            checkpoint = torch.load(file, map_location=device, weights_only=True)
        except Exception as error:  # torch raises what it likes for a file that is none of its own
            raise _refusal(path, "it is damaged, or another kind of file") from error
    try:
        return Networks(
            foreground=_network(checkpoint, FOREGROUND_MAPPING, 3, 2),
            background=_network(checkpoint, BACKGROUND_MAPPING, 3, 2),
            colour=_network(checkpoint, COLOUR, 2, 3),
            opacity=_network(checkpoint, OPACITY, 3, 1),
        )
    except ValueError as error:
        raise _refusal(path, str(error)) from error


def _refusal(path: Path, reason: str) -> UserError:
    return UserError(
        f"{path} is no checkpoint of Layered Neural Atlases ({reason}); choose the file “checkpoint” of a training."
    )


def _network(checkpoint: object, key: str, inputs: int, outputs: int) -> Network:
    """Return the network that a checkpoint has under ``key``; raises ValueError with what is wrong."""
    state = checkpoint.get(key) if isinstance(checkpoint, Mapping) else None
    if not isinstance(state, Mapping):
        raise ValueError(f"it has no {key}")
    layers = tuple(_layers(state, key))
    encoded = layers[0][0].shape[1] if layers else 0
    frequencies, rest = (0, 0) if encoded == inputs else divmod(encoded, 2 * inputs)
    skips = set()
    for place, ((before, _), (weight, _)) in enumerate(itertools.pairwise(layers), 1):
        if weight.shape[1] == before.shape[0] + encoded:
            skips.add(place)
        elif weight.shape[1] != before.shape[0]:
            raise ValueError(f"the layers in {key} do not fit each other")
    if not encoded or rest or layers[-1][0].shape[0] != outputs:
        raise ValueError(f"{key} does not lead from {inputs} values to {outputs}")
    return Network(layers, frequencies, frozenset(skips))


def _layers(state: Mapping[Any, Any], key: str) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield the weight and the bias of each layer of a state dictionary; raises ValueError where they are no such."""
    for place in range(len(state) // 2):
        weight, bias = state.get(f"hidden.{place}.weight"), state.get(f"hidden.{place}.bias")
        if not (isinstance(weight, torch.Tensor) and isinstance(bias, torch.Tensor)):
            raise ValueError(f"{key} has no layer {place}")
        if weight.ndim != 2 or bias.shape != weight.shape[:1]:
            raise ValueError(f"the layer {place} in {key} has a wrong shape")
        if not (weight.isfinite().all() and bias.isfinite().all()):
            raise ValueError(f"{key} holds values that are no numbers")
        yield weight.float(), bias.float()
