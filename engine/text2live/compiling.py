"""A network compiled for the machine at hand."""

import logging
from collections.abc import Callable

import torch
from torch import nn
from torch._dynamo.exc import TorchDynamoException

logger = logging.getLogger(__name__)


class Compiled:
    """Runs ``module`` compiled, from its first call on, and as it is where the machine cannot compile.

    On a graphics card its kernels are recorded as CUDA graphs, which spares launching them one by one.
    """

    def __init__(self, module: nn.Module, device: str, backend: str | Callable[..., object] = "inductor") -> None:
        mode = "reduce-overhead" if device == "cuda" and backend == "inductor" else None
        self._module = module
        self._compiled = torch.compile(module, backend=backend, mode=mode)
        self.failed = False

    def __call__(self, picture: torch.Tensor) -> torch.Tensor:
        """Return what the module makes of ``picture``; differentiable."""
        if not self.failed:
            try:
                return self._compiled(picture)
            except TorchDynamoException:
                logger.warning("The generator cannot be compiled", exc_info=True)
                self.failed = True
        return self._module(picture)
