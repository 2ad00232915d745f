"""A training's state on disk, from which an interrupted run goes on to the same result."""

import copy
import pickle
from pathlib import Path

import torch

from engine.files import atomic_path
from engine.text2live.improvement import Improvement

FILE_NAME = "training.pt"


class Checkpoint:
    """Keeps and restores a module, its optimizer and how it improved; does nothing where there is no ``folder``.

    ``identity`` says what is trained: a state kept for anything else is not restored.
    """

    def __init__(
        self,
        folder: Path | None,
        module: torch.nn.Module,
        optimizer: torch.optim.Optimizer,
        improvement: Improvement,
        identity: str,
    ) -> None:
        self._file = None if folder is None else folder / FILE_NAME
        self._module, self._optimizer, self._identity = module, optimizer, identity
        self._improvement = improvement

    def save(self, step: int) -> None:
        """Keep the state in which ``step`` steps are done; raises UserError where it cannot be written."""
        if self._file is None:
            return
        state = {
            "identity": self._identity,
            "step": step,
            "module": self._module.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "improvement": self._improvement.state,
        }
        with atomic_path(self._file) as unfinished:
            torch.save(state, unfinished)

    def restore(self) -> int:
        """Put back the state kept last and return how many steps were done: 0 where there is none to use."""
        if self._file is None or not self._file.exists():
            return 0
        fresh = copy.deepcopy((self._module.state_dict(), self._optimizer.state_dict()))
        try:
            state = torch.load(self._file, weights_only=True)
            if state["identity"] != self._identity:
                return 0
            self._module.load_state_dict(state["module"])
            self._optimizer.load_state_dict(state["optimizer"])
            self._improvement.state = state["improvement"]
            return int(state["step"])
        except (RuntimeError, KeyError, ValueError, EOFError, OSError, pickle.UnpicklingError):
            # A new start costs minutes; a state that was read in part could cost the result.
            self._module.load_state_dict(fresh[0])
            self._optimizer.load_state_dict(fresh[1])
            return 0
