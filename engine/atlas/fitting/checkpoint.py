"""A fit's state on the disk, so that it goes on where it was interrupted."""

import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engine.atlas.fitting.fit import Fit
from engine.errors import UserError
from engine.files import atomic_path

SAVE_EVERY = 20.0  # seconds
FIT_FILE, MASKS_FILE = "fit.npz", "masks.npz"


@dataclass
class FitCheckpoint:
    """Keeps masks and the fit in ``folder``, None for keeping nothing; ``identity`` is that of clip and settings."""

    folder: Path | None
    identity: str
    saved: float = 0.0

    def masks(self) -> np.ndarray | None:
        """Return the masks (T, N, H, W) uint8 that were kept, or None."""
        arrays = self._read(MASKS_FILE)
        return None if arrays is None else arrays["masks"]

    def keep_masks(self, masks: np.ndarray) -> None:
        """Keep the masks; they take long to find."""
        self._write(MASKS_FILE, {"masks": masks})

    def restore(self, fit: Fit) -> int:
        """Bring ``fit`` to where it was and return the rounds done; -1 where nothing is kept, which changes nothing."""
        arrays = self._read(FIT_FILE)
        if arrays is None:
            return -1
        fit.mattes = arrays["mattes"]
        fit.light = torch.from_numpy(arrays["light"]).to(fit.device)
        for place, layer in enumerate(fit.layers):
            for name in ("mapping", "moved", "texture", "seen"):
                setattr(layer, name, torch.from_numpy(arrays[f"{name} {place}"]).to(fit.device))
        return int(arrays["rounds"])

    def keep(self, fit: Fit, rounds: int, at_once: bool = False) -> None:
        """Keep the fit after so many rounds, unless it was kept a short while ago."""
        if not at_once and time.monotonic() - self.saved < SAVE_EVERY:
            return
        arrays = {"mattes": fit.mattes, "light": fit.light.cpu().numpy(), "rounds": np.array(rounds)}
        for place, layer in enumerate(fit.layers):
            for name in ("mapping", "moved", "texture", "seen"):
                arrays[f"{name} {place}"] = getattr(layer, name).cpu().numpy()
        self._write(FIT_FILE, arrays)
        self.saved = time.monotonic()

    def _write(self, name: str, arrays: dict[str, np.ndarray]) -> None:
        if self.folder is None:
            return
        with atomic_path(self.folder / name) as part, part.open("wb") as file:
            np.savez(file, allow_pickle=False, identity=np.array(self.identity), **arrays)

    def _read(self, name: str) -> dict[str, np.ndarray] | None:
        if self.folder is None or not (self.folder / name).is_file():
            return None
        try:
            with (self.folder / name).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                if str(arrays["identity"]) != self.identity:
                    return None
                return {key: arrays[key] for key in arrays.files}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, UserError):
            return None  # a damaged checkpoint costs time, nothing else
