"""Optical flow by a neural network, where its weights lie on this machine."""

from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch.nn import functional as F
from torchvision.models.optical_flow import (  # type: ignore[import-untyped]
    Raft_Large_Weights,
    Raft_Small_Weights,
    raft_large,
    raft_small,
)

from engine.errors import UserError
from engine.guidance.models.store import models_folder

Size = Literal["small", "large"]
STRIDE, SMALLEST = 8, 128  # pixels that the network's input needs
BUILDERS = {"small": raft_small, "large": raft_large}
WEIGHTS = {"small": Raft_Small_Weights.DEFAULT, "large": Raft_Large_Weights.DEFAULT}


class RaftFlow:
    """RAFT (Teed and Deng, ECCV 2020) as torchvision has it."""

    def __init__(self, size: Size = "small", device: str = "cpu") -> None:
        """Load the network; raises UserError where its weights are not on this machine, or are damaged."""
        self.name = f"raft-{size}"
        self._device = device
        self._network = BUILDERS[size](weights=None)
        path = find_weights(size)
        try:
            self._network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        except Exception as error:  # torch raises what it likes for a damaged file
            raise UserError(f"{path} holds no weights of {self.name}; fetch them again.") from error
        self._network.to(device).eval()

    @torch.no_grad()
    def between(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return the flow (H, W, 2) float32 from ``a`` to ``b``, RGB frames (H, W, 3) uint8 of one size."""
        height, width = a.shape[:2]
        flow = self._network(self._prepared(a), self._prepared(b))[-1]
        return flow[0, :, :height, :width].permute(1, 2, 0).contiguous().cpu().numpy()

    def _prepared(self, frame: np.ndarray) -> torch.Tensor:
        """Return the frame as the network wants it: -1..1, its sides filled up to what it needs."""
        height, width = frame.shape[:2]
        fill = [max(SMALLEST, -(-side // STRIDE) * STRIDE) - side for side in (height, width)]
        tensor = torch.from_numpy(frame.copy()).to(self._device).permute(2, 0, 1)[None].float() / 127.5 - 1
        return F.pad(tensor, (0, fill[1], 0, fill[0]), mode="replicate")


def find_weights(size: Size) -> Path:
    """Return the file of the network's weights, in the models' folder or in torch's cache.

    Raises UserError where there is none.
    """
    name = Path(WEIGHTS[size].url).name
    for folder in (models_folder(), Path(torch.hub.get_dir()) / "checkpoints"):
        if (folder / name).is_file():
            return folder / name
    raise UserError(
        f"The flow raft-{size} needs the file {name}, which is not on this machine; "
        f"put it into {models_folder()}, or choose the flow “dis”."
    )
