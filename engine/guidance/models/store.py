"""The folder of installed models: one folder a model, which is there whole or not at all."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, unquote
from uuid import uuid4

from filelock import FileLock, Timeout

from engine.errors import UserError
from engine.files import make_folder, write_text
from engine.guidance.models.catalogue import CONFIG_FILE, WEIGHTS_FILE
from engine.model_names import require_model_name

FOLDER_VARIABLE = "PATINA_MODELS"
MANIFEST_FILE = "model.json"
INCOMPLETE_SUFFIX = ".incomplete"
PREVIOUS_SUFFIX = ".previous"
SCRAP_PREFIX = ".scrap-"
LOCK_FILE = ".in-use.lock"
MEGABYTE = 1_000_000


def models_folder() -> Path:
    """Return where models are kept: what PATINA_MODELS names, else the user's own data folder on this system."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Patina" / "models"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Patina" / "models"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "patina" / "models"


@dataclass(frozen=True)
class Manifest:
    """What the store notes about a model: ``source`` is the address or the path that it came from."""

    name: str
    title: str
    licence: str
    source: str


@dataclass(frozen=True)
class InstalledModel:
    """A model that is there whole; ``bytes`` is what its ``folder`` takes on the disk."""

    name: str
    title: str
    licence: str
    folder: Path
    bytes: int
    source: str


class ModelStore:
    """The models in ``folder``, which is made when the first one is installed.

    A model is installed by filling a folder of the store's (its `incomplete_folder` where that should survive a
    failure, else a `new_folder`) and calling `complete`, all in one `writing` block.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = models_folder() if folder is None else folder

    def find(self, name: str) -> Path | None:
        """Return the folder of the model ``name``, None where it is not installed."""
        model = self._installed(self._path(name))
        return model.folder if model else None

    def installed(self) -> tuple[InstalledModel, ...]:
        """Return the models that are there whole, by name."""
        found = (self._installed(path) for path in self._paths() if not path.name.endswith(INCOMPLETE_SUFFIX))
        return tuple(sorted((model for model in found if model), key=lambda model: model.name.lower()))

    def incomplete(self) -> tuple[str, ...]:
        """Return the names of the models whose pulling was cut short, and can go on."""
        paths = (path for path in self._paths() if path.name.endswith(INCOMPLETE_SUFFIX))
        return tuple(unquote(path.name.removesuffix(INCOMPLETE_SUFFIX)) for path in paths)

    def incomplete_bytes(self, name: str) -> int:
        """Return what an incomplete model takes on the disk so far."""
        return _size(self._path(name, INCOMPLETE_SUFFIX))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other writers out; raises UserError where one is at work, or where nothing can be written."""
        make_folder(self.folder)
        lock = FileLock(self.folder / LOCK_FILE, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise UserError(
                f"Another pull or import works in {self.folder}; wait until it ends, then try again."
            ) from error
        except OSError as error:
            raise UserError(f"{self.folder} cannot be used ({error.strerror}); check its permissions.") from error
        try:
            for scrap in self.folder.glob(f"{SCRAP_PREFIX}*"):
                shutil.rmtree(scrap, ignore_errors=True)
            yield
        finally:
            lock.release()

    def incomplete_folder(self, name: str) -> Path:
        """Return the folder in which the model ``name`` is made, with what an earlier attempt left in it."""
        folder = self._path(name, INCOMPLETE_SUFFIX)
        make_folder(folder)
        return folder

    @contextmanager
    def new_folder(self) -> Iterator[Path]:
        """Yield a folder in which a model is made; where it is not completed, it is removed."""
        folder = self.folder / f"{SCRAP_PREFIX}{uuid4().hex}"
        make_folder(folder)
        try:
            yield folder
        finally:
            _discard(folder)

    def require_room(self, needed: int) -> None:
        """Raise UserError where the store's disk has fewer than ``needed`` bytes free."""
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise UserError(
                f"The disk of {self.folder} has {free // MEGABYTE} MB free, and the model needs "
                f"{needed // MEGABYTE} MB; free some space, or name another folder in {FOLDER_VARIABLE}."
            )

    def complete(self, made: Path, manifest: Manifest) -> InstalledModel:
        """Give the folder ``made`` its final name; it takes the place of an older model, and of what was pulled of it.

        Whatever goes wrong, one of the two models is there whole. Raises UserError.
        """
        final = self._path(manifest.name)
        previous = self._path(manifest.name, PREVIOUS_SUFFIX)
        write_text(made / MANIFEST_FILE, json.dumps(asdict(manifest), indent=2) + "\n")
        try:
            _discard(previous)
            if final.exists():
                final.replace(previous)
            made.replace(final)
        except OSError as error:
            self._restore(final)
            raise UserError(
                f"The model could not be put in its place ({error.strerror}); close what uses {final} and try again."
            ) from error
        _discard(previous)
        self.discard_incomplete(manifest.name)
        return InstalledModel(**asdict(manifest), folder=final, bytes=_size(final))

    def discard_incomplete(self, name: str) -> None:
        """Drop what an attempt left."""
        _discard(self._path(name, INCOMPLETE_SUFFIX))

    def remove(self, name: str) -> int:
        """Remove the model ``name`` with what was pulled of it, and return the bytes that became free.

        Raises UserError where there is no such model, or where it cannot be removed.
        """
        paths = [
            path for suffix in ("", INCOMPLETE_SUFFIX, PREVIOUS_SUFFIX) if (path := self._path(name, suffix)).exists()
        ]
        if not paths:
            raise UserError(f"The model {name} is not installed; `patina models list` shows those that are.")
        freed = sum(_size(path) for path in paths)
        with self.writing():
            for path in paths:
                _discard(path)
        if left := next((path for path in paths if path.exists()), None):
            raise UserError(f"{left} could not be removed; close what uses it and try again.")
        return freed

    def _installed(self, folder: Path) -> InstalledModel | None:
        self._restore(folder)
        if not all((folder / name).is_file() for name in (CONFIG_FILE, WEIGHTS_FILE)):
            return None
        try:
            manifest = Manifest(**json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return InstalledModel(**asdict(manifest), folder=folder, bytes=_size(folder))

    def _restore(self, folder: Path) -> None:
        """Bring back the older model where the power was cut between the two renamings of `complete`."""
        previous = folder.with_name(folder.name + PREVIOUS_SUFFIX)
        if previous.exists() and not folder.exists():
            with suppress(OSError):
                previous.replace(folder)

    def _paths(self) -> list[Path]:
        """Return the folders of all models; of one that is being replaced, the final name."""
        if not self.folder.is_dir():
            return []
        names = {path.name.removesuffix(PREVIOUS_SUFFIX) for path in self.folder.iterdir() if path.is_dir()}
        return [self.folder / name for name in sorted(names) if not name.startswith(SCRAP_PREFIX)]

    def _path(self, name: str, suffix: str = "") -> Path:
        require_model_name(name)
        return self.folder / (quote(name, safe="") + suffix)


def _size(folder: Path) -> int:
    if not folder.is_dir():
        return 0
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _discard(folder: Path) -> None:
    """Remove a folder; it loses its name first, so that no half of it is ever taken for a model."""
    if not folder.exists():
        return
    scrap = folder.with_name(f"{SCRAP_PREFIX}{uuid4().hex}")
    with suppress(OSError):
        folder.replace(scrap)
        shutil.rmtree(scrap, ignore_errors=True)
