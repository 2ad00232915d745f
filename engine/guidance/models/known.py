"""The models that can be pulled beside the catalogue's: those that open_clip knows, and the hub's repositories."""

from engine.errors import UserError
from engine.guidance.models.catalogue import (
    CONFIG_FILE,
    WEIGHTS_FILE,
    Entry,
    RemoteFile,
    entry,
    entry_of,
    nearest_name,
    page,
)
from engine.guidance.models.configurations import configuration, require_usable

UNKNOWN_LICENCE = "not stated; see the model's page"


def entry_for(name: str) -> Entry:
    """Return the entry of any model that can be pulled: the catalogue's, ORGANISATION/REPOSITORY, ARCHITECTURE:TAG.

    Raises UserError for a name that means none.
    """
    if known := entry(name) or entry_of(name):
        return known
    if ":" in name:
        return _trained(name)
    if "/" in name:
        return _repository(name)
    if nearest := nearest_name(name):
        raise UserError(f"There is no model {name} to pull; the nearest is {nearest}.")
    raise UserError(f"There is no model {name} to pull; `patina models list` shows those that there are.")


def _trained(name: str) -> Entry:
    """Return the entry of ARCHITECTURE:TAG."""
    import open_clip  # brings torch along, which takes seconds

    architecture, _, tag = name.partition(":")
    require_usable(configuration(architecture, tag), name)
    place = open_clip.get_pretrained_cfg(architecture, tag).get("hf_hub", "")
    repository, _, file = place.rpartition("/")
    if not repository:
        raise UserError(f"open_clip does not say where the weights of {name} lie; import them from a file.")
    if known := entry_of(repository):
        return known
    weights = RemoteFile(file or WEIGHTS_FILE, repository)
    return _unmeasured(name, repository, (weights,), architecture, tag)


def _repository(repository: str) -> Entry:
    """Return the entry of a repository that brings its own configuration."""
    files = tuple(RemoteFile(file, repository) for file in (CONFIG_FILE, WEIGHTS_FILE))
    return _unmeasured(repository, repository, files)


def _unmeasured(
    name: str, repository: str, files: tuple[RemoteFile, ...], architecture: str = "", tag: str = ""
) -> Entry:
    return Entry(
        name,
        repository,
        UNKNOWN_LICENCE,
        page(repository),
        files,
        bytes=0,
        memory_mb=0,
        speed="medium",
        architecture=architecture,
        tag=tag,
    )
