"""What a path given for an import holds: a file of weights, a model folder, or the hub's cache."""

from dataclasses import dataclass
from pathlib import Path

from engine.errors import UserError
from engine.guidance.models.catalogue import CONFIG_FILE, entry, entry_of
from engine.guidance.models.hub import CACHE_PREFIX, cached_folder, repository_of, snapshot, weights_in
from engine.model_names import is_model_name


@dataclass(frozen=True)
class Source:
    """A file of ``weights``; ``config`` is the configuration beside it, if any, ``repository`` the hub's name of it.

    ``name`` is what the model is called where the user calls it nothing; empty where the path does not tell.
    """

    weights: Path
    config: Path | None = None
    repository: str = ""
    name: str = ""


def find_source(path: Path, name: str = "") -> Source:
    """Return what ``path`` holds; in a cache of several models, ``name`` says which. Raises UserError."""
    if path.is_file():
        return _file(path)
    if not path.is_dir():
        raise UserError(f"There is no file or folder {path}; check its name.")
    for folder in (path, *path.parents[:2]):
        if folder.name.startswith(CACHE_PREFIX):
            return _cached(folder, path)
    if weights := weights_in(path):
        return Source(weights, _config(path), name=path.name if is_model_name(path.name) else "")
    return _in_cache(path, name)


def _file(path: Path) -> Source:
    """Return a lone file, with the configuration and the cache around it."""
    for folder in path.parents[:3]:
        if folder.name.startswith(CACHE_PREFIX):
            return _of_repository(repository_of(folder), path, _config(path.parent))
    return Source(path, _config(path.parent))


def _cached(folder: Path, given: Path) -> Source:
    chosen = given if weights_in(given) else snapshot(folder)
    weights = weights_in(chosen) if chosen else None
    if chosen is None or weights is None:
        raise UserError(f"{folder} holds no whole weights; fetch the model again, or choose another folder.")
    return _of_repository(repository_of(folder), weights, _config(chosen))


def _of_repository(repository: str, weights: Path, config: Path | None) -> Source:
    known = entry_of(repository)
    return Source(weights, config, repository, known.name if known else repository)


def _in_cache(path: Path, name: str) -> Source:
    """Return the model ``name`` in the cache ``path``, or its only one."""
    known = entry(name)
    if name and (folder := cached_folder(known.repository if known else name, path)).is_dir():
        return _cached(folder, folder)
    folders = [folder for folder in sorted(path.glob(f"{CACHE_PREFIX}*")) if snapshot(folder)]
    if not folders:
        raise UserError(f"{path} holds no model; choose a file of weights, or a folder with one in it.")
    if name or len(folders) > 1:
        held = ", ".join(known.name if (known := entry_of(repo)) else repo for repo in map(repository_of, folders))
        raise UserError(f"{path} holds {held}; say which one to import with --name.")
    return _cached(folders[0], folders[0])


def _config(folder: Path) -> Path | None:
    path = folder / CONFIG_FILE
    return path if path.is_file() else None
