"""How the generator learns: the optimizer, and its learning rate over the steps."""

import math

import torch
from timm.optim.madgrad import MADGRAD

from engine.text2live.settings import Settings

LAST_RATE = 1e-5


def optimizer_for(module: torch.nn.Module, settings: Settings) -> torch.optim.Optimizer:
    """Return the optimizer that ``settings`` name: Adam, or the paper's MADGRAD (Defazio and Jelassi, 2021)."""
    if settings.optimizer == "madgrad":
        return MADGRAD(module.parameters(), settings.learning_rate)
    return torch.optim.Adam(module.parameters(), settings.learning_rate)


def learning_rate(step: int, settings: Settings) -> float:
    """Return the step's learning rate: half a cosine after a short linear rise, or the paper's exponential fall."""
    if settings.schedule == "exponential":
        return max(LAST_RATE, settings.learning_rate * settings.decay**step)
    if step < settings.warm_up:
        return settings.learning_rate * (step + 1) / settings.warm_up
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * step / settings.steps)) + LAST_RATE
