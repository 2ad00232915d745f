"""Pulling a model from the hub, and only when somebody asks for it."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.context import RunContext
from engine.events import Notice, RunEvent
from engine.guidance.models.catalogue import CONFIG_FILE, WEIGHTS_FILE, Entry, RemoteFile
from engine.guidance.models.configurations import TOKENIZER_FILES, configuration, read_config, require_usable
from engine.guidance.models.hub import WEIGHTS_NAMES, address_of, hub_address
from engine.guidance.models.known import entry_for
from engine.guidance.models.store import InstalledModel, Manifest, ModelStore
from engine.guidance.models.tally import Tally
from engine.guidance.models.transfer import MissingFileError, Patience, transfer
from engine.jobs import ModelPull
from engine.results import ModelResult


def run_model_pull(job: ModelPull, _context: RunContext) -> Generator[RunEvent, None, ModelResult]:
    """Do the job; raises UserError."""
    return pull_model(entry_for(job.name), ModelStore(), Patience())


def pull_model(entry: Entry, store: ModelStore, patience: Patience) -> Generator[RunEvent, None, ModelResult]:
    """Download the files of ``entry``, check them, and install the model in ``store``.

    What came is kept in the store's incomplete folder until all is whole, also where the generator is closed, and the
    next pull goes on from there. Raises UserError.
    """
    if here := next((model for model in store.installed() if model.name == entry.name), None):
        yield Notice(f"{here.name} is installed already; remove it first to pull it anew.")
        return ModelResult(here.name, here.folder, here.bytes)
    with store.writing():
        made = store.incomplete_folder(entry.name)
        try:
            store.require_room(entry.bytes - store.incomplete_bytes(entry.name))
            model = yield from _Pull(entry, store, made, patience).run()
        finally:
            if made.is_dir() and not store.incomplete_bytes(entry.name):
                store.discard_incomplete(entry.name)
    return ModelResult(model.name, model.folder, model.bytes)


class _Pull:
    """Brings the files of one model one after another."""

    def __init__(self, entry: Entry, store: ModelStore, here: Path, patience: Patience) -> None:
        self._entry, self._store, self._here, self._patience = entry, store, here, patience
        self._hub = hub_address()
        self._tally = Tally(f"pulling {entry.name}", entry.bytes)
        self._before = 0

    def run(self) -> Generator[RunEvent, None, InstalledModel]:
        """Bring the files and install the model."""
        entry, config = self._entry, None
        if not entry.architecture:
            config = yield from self._configuration()
        weights = yield from self._weights(next(file for file in entry.files if file.name != CONFIG_FILE))

        # Both bring torch along, which takes seconds, and so must wait until something came.
        from engine.guidance.models.checkpoints import read_weights
        from engine.guidance.models.installing import install

        config = config or configuration(entry.architecture, entry.tag)
        manifest = Manifest(entry.name, entry.title, entry.licence, entry.source)
        return (yield from install(self._store, self._here, manifest, read_weights(weights), weights, config))

    def _configuration(self) -> Generator[RunEvent, None, dict[str, Any]]:
        """Bring what a repository says of its model, and the words that it reads with."""
        described = next(file for file in self._entry.files if file.name == CONFIG_FILE)
        config = read_config((yield from self._bring(described)))
        require_usable(config, self._entry.name)
        if config["model_cfg"]["text_cfg"].get("hf_tokenizer_name"):
            for name in TOKENIZER_FILES:
                try:
                    yield from self._bring(replace(described, name=name))
                except MissingFileError:
                    continue  # no tokenizer has them all
        return config

    def _weights(self, file: RemoteFile) -> Generator[RunEvent, None, Path]:
        """Bring the weights: safetensors, or the pickle where a repository has nothing else."""
        try:
            return (yield from self._bring(file))
        except MissingFileError:
            if file.name != WEIGHTS_FILE or file.sha256:
                raise
            return (yield from self._bring(replace(file, name=WEIGHTS_NAMES[1])))

    def _bring(self, file: RemoteFile) -> Generator[RunEvent, None, Path]:
        address = address_of(file, self._hub)
        yield from transfer(file, address, self._here, self._tally, self._before, self._patience)
        path = self._here / file.name
        self._before += path.stat().st_size
        return path
