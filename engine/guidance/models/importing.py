"""Installing a model from a file, a folder or the hub's cache, on a machine that reaches no hub."""

import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import open_clip

from engine.context import RunContext
from engine.errors import UserError
from engine.events import RunEvent
from engine.guidance.models.architectures import QUICK_SUFFIX, architectures_of, is_transformers_layout
from engine.guidance.models.catalogue import WEIGHTS_FILE, Entry, entries, entry, entry_with
from engine.guidance.models.checkpoints import State, read_weights
from engine.guidance.models.checksums import sha256_of
from engine.guidance.models.configurations import configuration, copy_tokenizer, read_config
from engine.guidance.models.installing import install
from engine.guidance.models.known import UNKNOWN_LICENCE, entry_for
from engine.guidance.models.sources import Source, find_source
from engine.guidance.models.store import Manifest, ModelStore
from engine.jobs import ModelImport
from engine.results import ModelResult

_SHA256 = re.compile(r"[0-9a-f]{64}")


def run_model_import(job: ModelImport, _context: RunContext) -> Generator[RunEvent, None, ModelResult]:
    """Do the job; raises UserError, and leaves what is installed as it is."""
    return import_model(Path(job.path).expanduser(), job.name, ModelStore())


def import_model(path: Path, name: str, store: ModelStore) -> Generator[RunEvent, None, ModelResult]:
    """Install what ``path`` holds as the model ``name``, empty for what the path or the weights tell.

    What ``path`` may be, see `find_source`. A lone file's architecture is that of ``name``, else the one that its
    tensors fit. Raises UserError, and leaves what is installed as it is.
    """
    source = find_source(path, name)
    weights = source.weights.absolute()
    known = _entry(name, source, (yield from _checked(weights)))
    state = read_weights(weights)
    if is_transformers_layout(state):
        raise UserError(
            f"{path} is laid out for the transformers library; take the {WEIGHTS_FILE} of the same model instead."
        )
    called, config = _described(name, source, known, state)
    title, licence = (known.title, known.licence) if known else (called, UNKNOWN_LICENCE)
    with store.writing(), store.new_folder() as made:
        store.require_room(weights.stat().st_size)
        copy_tokenizer(weights.parent, made)
        manifest = Manifest(called, title, licence, str(path.absolute()))
        model = yield from install(store, made, manifest, state, weights, config)
    return ModelResult(model.name, model.folder, model.bytes)


def _checked(weights: Path) -> Generator[RunEvent, None, str]:
    """Return the file's checksum; the hub's cache names its files by theirs, which must be right."""
    checksum = yield from sha256_of(weights, f"reading {weights.name}")
    blob = weights.resolve().name
    if _SHA256.fullmatch(blob) and blob != checksum:
        raise UserError(f"{weights} is damaged, as its checksum is wrong; fetch the model again.")
    return checksum


def _entry(name: str, source: Source, checksum: str) -> Entry | None:
    """Return the entry of the model: the one that the user names, else that of this very file."""
    if name:
        return entry(name) or (entry_for(name) if ":" in name else None)
    return entry_with(checksum) or entry(source.name)


def _described(name: str, source: Source, known: Entry | None, state: State) -> tuple[str, dict[str, Any]]:
    """Return what the model is called, and its configuration: that of its training, of its folder, or of what fits."""
    if known:
        return known.name, configuration(known.architecture, known.tag)
    if source.config:
        return _name_of(name or source.name, source), read_config(source.config)
    if name in open_clip.list_models():
        return name, configuration(name, _only_tag(name))
    architecture = _fitting(source.weights, state)
    tag = _only_tag(architecture)
    alike = next((each for each in entries() if (each.architecture, each.tag) == (architecture, tag)), None)
    return name or (alike.name if alike else architecture), configuration(architecture, tag)


def _name_of(name: str, source: Source) -> str:
    if not name:
        raise UserError(f"{source.weights.parent} cannot be a model's name; give one with --name.")
    return name


def _fitting(weights: Path, state: State) -> str:
    """Return the one architecture that the weights fit; raises UserError where it cannot be told."""
    fitting = architectures_of(state)
    if not fitting:
        raise UserError(f"{weights} fits no model that open_clip knows; choose another file.")
    names = [each.name for each in entries() if each.architecture.removesuffix(QUICK_SUFFIX) in fitting]
    quick = [each for each in fitting if each + QUICK_SUFFIX in open_clip.list_models()]
    if len(fitting) > 1 or quick:
        choices = " or ".join(
            f"--name {each}" for each in names or [*fitting, *(each + QUICK_SUFFIX for each in quick)]
        )
        raise UserError(
            f"{weights} fits {' and '.join(fitting)}, and its weights do not tell how they were trained; "
            f"say which it is: {choices}."
        )
    return fitting[0]


def _only_tag(architecture: str) -> str:
    """Return the training of an architecture that open_clip knows just one of, else an empty text."""
    tags = open_clip.list_pretrained_tags_by_model(architecture)
    return tags[0] if len(tags) == 1 else ""
