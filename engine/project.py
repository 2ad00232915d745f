"""A project as a value: the footage and the edit layers over it. Every change makes a new project."""

import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

from engine.blending import BlendMode
from engine.jobs import Job

LAYERS_FOLDER, MATTES_FOLDER = "layers", "mattes"
ID_PATTERN = re.compile(r"[0-9A-Za-z_-]+")
FILE_PATTERN = re.compile(rf"({LAYERS_FOLDER}|{MATTES_FOLDER})/{ID_PATTERN.pattern}\.png")


def new_id() -> str:
    """Return an id that no layer and no layer file has yet."""
    return uuid4().hex


@dataclass(frozen=True)
class Footage:
    """What is edited: an absolute path, its size in pixels, and its frames.

    ``rate`` is in frames a second, exact (24000/1001), None for a still; ``first_frame`` is the source's own number.
    """

    path: Path
    width: int
    height: int
    frames: int = 1
    rate: Fraction | None = None
    first_frame: int = 1

    def __post_init__(self) -> None:
        if min(self.width, self.height, self.frames) < 1 or (self.rate is not None and self.rate <= 0):
            raise ValueError(f"{self} is no footage")


@dataclass(frozen=True)
class EditLayer:
    """An edit layer: where its pixels are, and how it lies over those below.

    ``picture`` and ``matte`` (empty where the edit was free) are files of the project's folder, such as
    layers/ID.png. They never change once written, so several layers and the steps of an undo history may share them.
    ``opacity`` is in 0..1; ``job`` made the layer, None where it came from elsewhere.
    """

    id: str
    name: str
    picture: str
    visible: bool = True
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL
    locked: bool = False
    solo: bool = False
    matte: str = ""
    job: Job | None = None

    def __post_init__(self) -> None:
        if not ID_PATTERN.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is no id")
        # Names from a file are joined to folders when a project is saved: nothing may lead out of them.
        for file in (self.picture, *([self.matte] if self.matte else [])):
            if not FILE_PATTERN.fullmatch(file):
                raise ValueError(f"{file!r} is no file of a project")
        if not (math.isfinite(self.opacity) and 0 <= self.opacity <= 1):
            raise ValueError(f"the opacity {self.opacity} is not in 0..1")


@dataclass(frozen=True)
class Project:
    """Footage, None before any is opened, and edit layers, the bottom one first.

    Methods that take the id of a layer raise KeyError where there is none.
    """

    footage: Footage | None = None
    layers: tuple[EditLayer, ...] = ()

    def __post_init__(self) -> None:
        if len({layer.id for layer in self.layers}) < len(self.layers):
            raise ValueError("two layers have the same id")

    def layer(self, layer_id: str) -> EditLayer:
        """Return the layer of that id."""
        return self.layers[self._index(layer_id)]

    def add_layer(self, layer: EditLayer) -> "Project":
        """Return the project with a layer on top."""
        return replace(self, layers=(*self.layers, layer))

    def remove_layer(self, layer_id: str) -> "Project":
        """Return the project without a layer."""
        index = self._index(layer_id)
        return replace(self, layers=self.layers[:index] + self.layers[index + 1 :])

    def replace_layer(self, layer: EditLayer) -> "Project":
        """Return the project with ``layer`` in the place of the one that has its id."""
        index = self._index(layer.id)
        return replace(self, layers=(*self.layers[:index], layer, *self.layers[index + 1 :]))

    def move_layer(self, layer_id: str, index: int) -> "Project":
        """Return the project with a layer at ``index`` counted from the bottom; beyond the ends, at the end."""
        layer = self.layer(layer_id)
        others = self.remove_layer(layer_id).layers
        place = min(max(index, 0), len(others))
        return replace(self, layers=(*others[:place], layer, *others[place:]))

    def duplicate_layer(self, layer_id: str) -> "Project":
        """Return the project with a copy of a layer above it; the copy has a new id and shares its files."""
        index = self._index(layer_id)
        original = self.layers[index]
        copy = replace(original, id=new_id(), name=f"{original.name} copy")
        return replace(self, layers=(*self.layers[: index + 1], copy, *self.layers[index + 1 :]))

    def seen_layers(self) -> tuple[EditLayer, ...]:
        """Return the layers that the composite shows: the visible ones, only those on solo where there are any."""
        on_solo = any(layer.solo for layer in self.layers)
        return tuple(layer for layer in self.layers if layer.visible and (layer.solo or not on_solo))

    def files(self) -> tuple[str, ...]:
        """Return the files that the layers refer to, each once, by their names in the project's folder."""
        names = (name for layer in self.layers for name in (layer.picture, layer.matte) if name)
        return tuple(dict.fromkeys(names))

    def _index(self, layer_id: str) -> int:
        for index, layer in enumerate(self.layers):
            if layer.id == layer_id:
                return index
        raise KeyError(layer_id)
