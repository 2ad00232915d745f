"""Finding the folder of a model by the name after `openclip:`. Loads no torch."""

from pathlib import Path

from engine.errors import UserError
from engine.guidance.models.catalogue import entry, nearest_name
from engine.guidance.models.hub import CACHE_PREFIX, cached_folder, hub_cache, is_model_folder, snapshot
from engine.guidance.models.store import ModelStore
from engine.model_names import is_model_name


def locate(name: str, store: ModelStore | None = None) -> Path:
    """Return the model folder that ``name`` means, which open_clip reads as `local-dir:`.

    ``name`` is that of an installed model, or the path of a model folder, of its weights, or of a model in the hub's
    cache; at last the cache itself is searched. Raises UserError, one sentence with what to do, where there is none.
    """
    store = store or ModelStore()
    if is_model_name(name) and (folder := store.find(name)):
        return folder
    if folder := _at_path(Path(name).expanduser()):
        return folder
    if folder := _in_cache(name):
        return folder
    raise _not_found(name, store)


def _at_path(path: Path) -> Path | None:
    folder = path.parent if path.is_file() else path
    if folder.name.startswith(CACHE_PREFIX):
        folder = snapshot(folder) or folder
    return folder if is_model_folder(folder) else None


def _in_cache(name: str) -> Path | None:
    known = entry(name)
    repository = known.repository if known else name
    if "/" not in repository or not is_model_name(repository):
        return None
    folder = snapshot(cached_folder(repository, hub_cache()))
    return folder if folder and is_model_folder(folder) else None


def _not_found(name: str, store: ModelStore) -> UserError:
    if Path(name).expanduser().exists():
        return UserError(f"{name} is no model folder; install what is in it with `patina models import {name}`.")
    if is_model_name(name) and name in store.incomplete():
        return UserError(
            f"The model {name} is not whole yet; run `patina models pull {name}` to go on, "
            "or import it from a file: `patina models import PATH`."
        )
    if entry(name) is None and (nearest := nearest_name(name)):
        return UserError(f"There is no model {name}; the nearest is {nearest}.")
    pull = f"run `patina models pull {name}`" if is_model_name(name) else "check its path"
    return UserError(
        f"The model {name} is not installed; {pull}, or import it from a file: `patina models import PATH`."
    )
