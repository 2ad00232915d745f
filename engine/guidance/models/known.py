"""The models that open_clip knows beside the catalogue's: where they lie on the hub, and their configurations."""

from copy import deepcopy
from dataclasses import asdict
from typing import Any

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

UNKNOWN_LICENCE = "not stated; see the model's page"
# open_clip is imported where it is needed: it brings torch along, which takes seconds.


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
        raise UserError(f"There is no model {name} to pull; did you mean {nearest}?")
    raise UserError(f"There is no model {name} to pull; `patina models list` shows those that there are.")


def configuration(architecture: str, tag: str = "") -> dict[str, Any]:
    """Return what `open_clip_config.json` holds for one of open_clip's own architectures.

    ``tag`` names the training, which decides how pictures are prepared, and whether activations are OpenAI's quick
    ones. Raises UserError for unknown names.
    """
    import open_clip
    from open_clip.transform import PreprocessCfg, merge_preprocess_dict

    network = open_clip.get_model_config(architecture)
    if network is None:
        raise UserError(f"open_clip knows no architecture {architecture}; check its spelling.")
    trained = open_clip.get_pretrained_cfg(architecture, tag) if tag else {}
    if tag and not trained:
        tags = ", ".join(open_clip.list_pretrained_tags_by_model(architecture)) or "none"
        raise UserError(f"open_clip knows no training {tag} of {architecture}; it knows: {tags}.")
    if trained.get("quick_gelu"):
        network["quick_gelu"] = True
    prepared = asdict(PreprocessCfg()) | {"size": network["vision_cfg"].get("image_size", 224)}
    return {"model_cfg": network, "preprocess_cfg": merge_preprocess_dict(prepared, deepcopy(trained))}


def _trained(name: str) -> Entry:
    """Return the entry of ARCHITECTURE:TAG."""
    import open_clip

    architecture, _, tag = name.partition(":")
    configuration(architecture, tag)
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
