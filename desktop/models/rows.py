"""The rows of the models dialog: what is installed, what came in part, and what there is to have. Free of Qt."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.guidance.models.catalogue import entries, entry
from engine.guidance.models.guides import installed_models
from engine.guidance.models.known import UNKNOWN_LICENCE
from engine.guidance.models.store import ModelStore

STARTER = "starter"


class State(StrEnum):
    """Whether a model can be used."""

    INSTALLED = "installed"
    INCOMPLETE = "incomplete"
    AVAILABLE = "available"


@dataclass(frozen=True)
class ModelRow:
    """A model. ``bytes`` is its size on the disk, or of its download; ``here`` is how much of that has come.

    ``source`` is an address or a path; ``memory_mb`` and ``speed`` are 0 and empty where nobody measured them.
    """

    name: str
    title: str
    licence: str
    source: str
    state: State
    bytes: int
    here: int = 0
    memory_mb: int = 0
    speed: str = ""
    recommended: bool = False

    @property
    def guide(self) -> str:
        """The guide that works with the model."""
        return self.name if self.name == STARTER else f"openclip:{self.name}"

    @property
    def removable(self) -> bool:
        """Whether there is something to remove; the starter's model comes with Patina."""
        return self.state is not State.AVAILABLE and self.name != STARTER


def model_rows(store: ModelStore) -> tuple[ModelRow, ...]:
    """Return the starter's model, the catalogue in its order, then what else is in ``store``."""
    return (_starter(store), *_catalogued(store), *_others(store))


def _starter(store: ModelStore) -> ModelRow:
    model = installed_models(store)[0]
    return ModelRow(
        STARTER,
        model.title,
        model.licence,
        "comes with Patina",
        State.INSTALLED,
        model.bytes,
        model.bytes,
        speed="fast",
    )


def _catalogued(store: ModelStore) -> Iterator[ModelRow]:
    installed = {model.name: model.bytes for model in store.installed()}
    incomplete = set(store.incomplete())
    for known in entries():
        here = installed.get(known.name, 0)
        state, size = (State.INSTALLED, here) if here else (State.AVAILABLE, known.bytes)
        if not here and known.name in incomplete:
            state, here = State.INCOMPLETE, store.incomplete_bytes(known.name)
        yield ModelRow(
            known.name,
            known.title,
            known.licence,
            known.source,
            state,
            size,
            here,
            known.memory_mb,
            known.speed,
            known.recommended,
        )


def _others(store: ModelStore) -> Iterator[ModelRow]:
    installed = [model for model in store.installed() if entry(model.name) is None]
    for model in installed:
        yield ModelRow(model.name, model.title, model.licence, model.source, State.INSTALLED, model.bytes, model.bytes)
    names = {model.name for model in installed}
    for name in store.incomplete():
        if entry(name) is None and name not in names:
            here = store.incomplete_bytes(name)
            yield ModelRow(name, name, UNKNOWN_LICENCE, "", State.INCOMPLETE, here, here)
