"""Pictures between NumPy and torch."""

import numpy as np
import torch


def to_tensor(picture: np.ndarray, device: str) -> torch.Tensor:
    """Return a picture (H, W, C) as (1, C, H, W) float32."""
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32))[None].to(device)


def to_picture(tensor: torch.Tensor) -> np.ndarray:
    """Return the one picture (1, C, H, W) of a tensor as (H, W, C)."""
    return tensor[0].permute(1, 2, 0).contiguous().cpu().numpy()
