"""Knowing when a training no longer improves."""

import math

SMOOTHING = 0.9  # views differ from step to step, and the loss with them
LEAST_GAIN = 0.002  # of the best


class Improvement:
    """Watches a loss; ``patience`` is how many steps may pass without improvement, 0 for any number."""

    def __init__(self, patience: int) -> None:
        self._patience = patience
        self.state: tuple[float, float, int] = (math.inf, math.inf, 0)

    @property
    def ended(self) -> bool:
        """Whether the patience is at its end."""
        return 0 < self._patience <= self.state[2]

    def take(self, loss: float) -> None:
        """Take the next step's ``loss``."""
        smooth, best, waited = self.state
        smooth = loss if math.isinf(smooth) else SMOOTHING * smooth + (1 - SMOOTHING) * loss
        better = math.isinf(best) or smooth < best - LEAST_GAIN * abs(best)
        self.state = (smooth, smooth, 0) if better else (smooth, best, waited + 1)
