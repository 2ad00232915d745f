"""A project as a value: the footage and the edit layers over it. Every change makes a new project."""

import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

from engine.blending import BlendMode
from engine.clip_subjects import ClipSubject
from engine.jobs import Job
from engine.keyframes import Keys, sorted_keys, value_at

LAYERS_FOLDER, MATTES_FOLDER, ATLASES_FOLDER = "layers", "mattes", "atlases"
ID_PATTERN = re.compile(r"[0-9A-Za-z_-]+")
FILE_PATTERN = re.compile(rf"({LAYERS_FOLDER}|{MATTES_FOLDER})/{ID_PATTERN.pattern}\.png")
FRAMES_PATTERN = re.compile(rf"{LAYERS_FOLDER}/{ID_PATTERN.pattern}")
ATLAS_PATTERN = re.compile(rf"{ATLASES_FOLDER}/{ID_PATTERN.pattern}")


def new_id() -> str:
    """Return an id that no layer and no layer file has yet."""
    return uuid4().hex


@dataclass(frozen=True)
class Footage:
    """What is edited: an absolute path, its size in pixels, and its frames.

    ``path`` is a still, a movie, or a folder or pattern of stills. ``rate`` is in frames a second, exact (24000/1001),
    None for a still; ``first_frame`` is the source's own number, ``timecode`` that of the first frame, "" for none.
    """

    path: Path
    width: int
    height: int
    frames: int = 1
    rate: Fraction | None = None
    first_frame: int = 1
    timecode: str = ""

    def __post_init__(self) -> None:
        if min(self.width, self.height, self.frames) < 1 or (self.rate is not None and self.rate <= 0):
            raise ValueError(f"{self} is no footage")

    @property
    def is_clip(self) -> bool:
        """Whether the footage has a rate: also a clip may have one frame only."""
        return self.rate is not None

    @property
    def numbers(self) -> range:
        """The source's own numbers of all frames."""
        return range(self.first_frame, self.first_frame + self.frames)


@dataclass(frozen=True)
class EditLayer:
    """An edit layer: where its pixels are, and how and when it lies over those below.

    ``picture`` and ``matte`` (empty where the edit was free) are files of the project's folder, such as
    layers/ID.png. They never change once written, so several layers and the steps of an undo history may share them.
    The picture lies in the frame; where ``atlas_layer`` names a layer of an atlas, over the whole of that layer's
    texture, at any resolution, and ``atlas`` is that atlas's folder, empty for the project's own.

    A layer with a picture of its own for each frame has ``frames``, the first and the last of their numbers; its
    ``picture`` is then a folder, such as layers/ID, of files such as 1001.png.

    The layer shows from frame number ``first`` to ``last``, both included, None for the footage's ends. ``opacity`` is
    in 0..1; ``opacity_keys`` (see `engine.keyframes`) take its place where there are any. ``job`` made the layer, None
    where it came from elsewhere.
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
    atlas_layer: str = ""
    atlas: str = ""
    first: int | None = None
    last: int | None = None
    opacity_keys: Keys = ()
    frames: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if not ID_PATTERN.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is no id")
        # Names from a file are joined to folders when a project is saved: nothing may lead out of them.
        if not (FILE_PATTERN if self.frames is None else FRAMES_PATTERN).fullmatch(self.picture):
            raise ValueError(f"{self.picture!r} is no file of a project")
        if self.matte and not FILE_PATTERN.fullmatch(self.matte):
            raise ValueError(f"{self.matte!r} is no file of a project")
        if self.frames is not None:
            _check_range(*self.frames)
            if self.atlas_layer:
                raise ValueError("a layer on an atlas has one picture")
        _check_atlas(self.atlas)
        if not (math.isfinite(self.opacity) and 0 <= self.opacity <= 1):
            raise ValueError(f"the opacity {self.opacity} is not in 0..1")
        _check_range(self.first, self.last)
        object.__setattr__(self, "opacity_keys", sorted_keys(self.opacity_keys))

    @property
    def pictures(self) -> tuple[str, ...]:
        """The files of all its pictures."""
        if self.frames is None:
            return (self.picture,)
        first, last = self.frames
        return tuple(self.picture_at(number) for number in range(first, last + 1))

    def picture_at(self, number: int) -> str:
        """Return the file of the picture that a frame shows; beyond the layer's own frames there is none."""
        return self.picture if self.frames is None else f"{self.picture}/{number}.png"

    def shows_at(self, number: int) -> bool:
        """Return whether the layer's range holds a frame, and the layer has a picture for it."""
        if self.frames is not None and not self.frames[0] <= number <= self.frames[1]:
            return False
        return (self.first is None or number >= self.first) and (self.last is None or number <= self.last)

    def own_numbers(self, numbers: range) -> range:
        """Return those of the footage's numbers, of which there is at least one, in which the layer can show."""
        if self.frames is None:
            return numbers
        first, last = (min(max(number, numbers[0]), numbers[-1]) for number in self.frames)
        return range(first, last + 1)

    def opacity_at(self, number: int) -> float:
        """Return the opacity at a frame, 0..1."""
        return value_at(self.opacity_keys, number) if self.opacity_keys else self.opacity


@dataclass(frozen=True)
class Project:
    """Footage, None before any is opened, and edit layers, the bottom one first.

    ``atlas`` is the folder of the footage's atlas inside the project's folder, such as atlases/ID, empty for none. The
    work area, what is played, is from frame number ``work_in`` to ``work_out``, both included, None for the footage's
    ends. ``subjects`` are the clip's foreground objects, the nearest last. Methods that take the id of a layer raise
    KeyError where there is none.
    """

    footage: Footage | None = None
    layers: tuple[EditLayer, ...] = ()
    atlas: str = ""
    work_in: int | None = None
    work_out: int | None = None
    subjects: tuple[ClipSubject, ...] = ()

    def __post_init__(self) -> None:
        if len({layer.id for layer in self.layers}) < len(self.layers):
            raise ValueError("two layers have the same id")
        if len({subject.id for subject in self.subjects}) < len(self.subjects):
            raise ValueError("two objects have the same id")
        for file in self._key_files():
            if not FILE_PATTERN.fullmatch(file):
                raise ValueError(f"{file!r} is no file of a project")
        _check_atlas(self.atlas)
        _check_range(self.work_in, self.work_out)

    @property
    def work_area(self) -> range:
        """The frame numbers that are played; a single frame 1 before any footage is opened."""
        numbers = self.footage.numbers if self.footage else range(1, 2)
        first = numbers[0] if self.work_in is None else min(max(self.work_in, numbers[0]), numbers[-1])
        last = numbers[-1] if self.work_out is None else min(max(self.work_out, first), numbers[-1])
        return range(first, last + 1)

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

    def layers_at(self, number: int) -> tuple[EditLayer, ...]:
        """Return those of the seen layers whose range holds a frame."""
        return tuple(layer for layer in self.seen_layers() if layer.shows_at(number))

    def with_atlas(self, atlas: str) -> "Project":
        """Return the project with another atlas; layers that lie on the one before stay on it."""
        layers = (
            replace(layer, atlas=self.atlas) if layer.atlas_layer and not layer.atlas else layer
            for layer in self.layers
        )
        return replace(self, atlas=atlas, layers=tuple(layers))

    def atlas_of(self, layer: EditLayer) -> str:
        """Return the folder of the atlas that a layer lies on, empty for a layer in the frame."""
        return (layer.atlas or self.atlas) if layer.atlas_layer else ""

    def atlases(self) -> tuple[str, ...]:
        """Return the folders of all atlases in use, each once, by their names in the project's folder."""
        names = (self.atlas, *(self.atlas_of(layer) for layer in self.layers))
        return tuple(dict.fromkeys(name for name in names if name))

    def files(self) -> tuple[str, ...]:
        """Return the files that layers and masks refer to, each once, by their names in the project's folder.

        The pictures of layers that have one for each frame are not among them: see `frame_folders`.
        """
        still = (layer.picture for layer in self.layers if layer.frames is None)
        mattes = (layer.matte for layer in self.layers if layer.matte)
        return tuple(dict.fromkeys((*still, *mattes, *self._key_files())))

    def frame_folders(self) -> tuple[str, ...]:
        """Return the folders of pictures that layers have for each frame, each once."""
        return tuple(dict.fromkeys(layer.picture for layer in self.layers if layer.frames is not None))

    def replace_subject(self, subject: ClipSubject) -> "Project":
        """Return the project with ``subject`` in the place of the one that has its id."""
        return replace(self, subjects=tuple(subject if each.id == subject.id else each for each in self.subjects))

    def _key_files(self) -> tuple[str, ...]:
        return tuple(file for subject in self.subjects for _, file in subject.keys)

    def _index(self, layer_id: str) -> int:
        for index, layer in enumerate(self.layers):
            if layer.id == layer_id:
                return index
        raise KeyError(layer_id)


def _check_atlas(name: str) -> None:
    if name and not ATLAS_PATTERN.fullmatch(name):
        raise ValueError(f"{name!r} is no atlas of a project")


def _check_range(first: int | None, last: int | None) -> None:
    if first is not None and last is not None and last < first:
        raise ValueError(f"the range from {first} to {last} is empty")
