"""What can be asked of the engine: one frozen dataclass a job, holding all that determines the result.

A job validates itself when it is made (`UserError`), and goes to JSON and back unchanged.
"""

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, get_args

from engine.errors import UserError
from engine.model_names import require_model_name

Quality = Literal["draft", "standard", "best", "paper"]
Target = Literal["foreground", "background"]
Device = Literal["auto", "cpu", "cuda"]
Content = Literal["layer", "composite", "alpha", "greenscreen"]
StillFormat = Literal["png", "tiff"]
AlphaMode = Literal["straight", "premultiplied"]
BitDepth = Literal[8, 16]

SUFFIXES: Mapping[str, tuple[str, ...]] = {"png": (".png",), "tiff": (".tif", ".tiff")}
SMALLEST_SIZE, LARGEST_SIZE = 64, 2048
LARGEST_SEED = 2**63 - 1

# Settings of the method that differ from the quality's own, by name.
Options = tuple[tuple[str, float | str], ...]


@dataclass(frozen=True)
class Job:
    """The base of all jobs.

    An ``interactive`` job is short and the user waits for it: the engine does it between two steps of a long one. Its
    run draws no random numbers from torch's or NumPy's own state, which the long one may rely on.
    """

    kind: ClassVar[str]
    interactive: ClassVar[bool] = False

    def to_json(self) -> dict[str, Any]:
        """Return the job as JSON-ready values, with its kind."""
        return {"kind": self.kind, **dataclasses.asdict(self)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Return the job that `to_json` wrote.

        Raises UserError for a value that is missing, unknown or out of range.
        """
        fields = {field.name: field for field in dataclasses.fields(cls)}
        given = {name: value for name, value in values.items() if name != "kind"}
        if unknown := sorted(set(given) - set(fields)):
            raise UserError(f"The job has an unknown setting {unknown[0]!r}; was it written by a newer Patina?")
        try:
            return cls(**given)
        except TypeError as error:
            raise UserError(f"The job is incomplete or damaged ({error}); add it again.") from error

    def digest(self) -> str:
        """Return 16 hex digits that change whenever a setting does."""
        text = json.dumps(self.to_json(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class ImageEdit(Job):
    """Train an edit layer for one picture (Text2LIVE, section 3).

    ``prompt`` describes the edited picture, ``layer`` the edit alone (the prompt where empty), ``source`` the
    picture as it is, ``avoid`` what it should not come to show, ``subject`` the region of interest, ``spare`` what in
    the picture is not to be edited; each may hold several texts, parted by semicolons. ``mask`` is a file that
    overrides the subject's matte. ``steps``, ``size`` (the short side in pixels, in training) and ``options`` (by
    name, see engine.text2live.settings) override the quality's own.
    """

    kind: ClassVar[str] = "image_edit"

    picture: str
    prompt: str
    layer: str = ""
    source: str = ""
    avoid: str = ""
    subject: str = ""
    spare: str = ""
    mask: str = ""
    target: Target = "foreground"
    guide: str = "starter"
    quality: Quality = "standard"
    steps: int | None = None
    size: int | None = None
    seed: int = 0
    device: Device = "auto"
    options: Options = ()

    def __post_init__(self) -> None:
        _check_texts(self)
        _check_path("picture", self.picture, "open one first")
        object.__setattr__(self, "options", _options(self.options))
        if not self.prompt.replace(";", " ").strip():
            raise UserError("The prompt is empty; say what the picture should become, for instance “golden”.")
        if self.mask:
            _check_path("mask", self.mask, "choose a picture file")
        _check_choice("target", self.target, get_args(Target))
        _check_choice("quality", self.quality, get_args(Quality))
        _check_choice("device", self.device, get_args(Device))
        _check_guide(self.guide)
        _check_number("steps", self.steps, 1, 100_000)
        _check_number("size", self.size, SMALLEST_SIZE, LARGEST_SIZE)
        _check_number("seed", self.seed, 0, LARGEST_SEED)


@dataclass(frozen=True)
class SubjectMatte(Job):
    """Find the matte of a subject from its word alone."""

    kind: ClassVar[str] = "subject_matte"
    interactive: ClassVar[bool] = True

    picture: str
    subject: str
    guide: str = "starter"
    device: Device = "auto"

    def __post_init__(self) -> None:
        _check_texts(self)
        _check_path("picture", self.picture, "open one first")
        if not self.subject.strip():
            raise UserError("The subject is empty; name what the matte should cover, for instance “horse”.")
        _check_choice("device", self.device, get_args(Device))
        _check_guide(self.guide)


@dataclass(frozen=True)
class StillExport(Job):
    """Write one picture of a saved project of one frame to ``out``.

    ``project`` is a .patina folder; ``layer`` the id of a layer, empty for the composite only. The layer's opacity
    is part of what is written; ``alpha`` matters to a layer alone.
    """

    kind: ClassVar[str] = "still_export"
    interactive: ClassVar[bool] = True

    project: str
    out: str
    what: Content = "composite"
    layer: str = ""
    format: StillFormat = "png"
    bits: BitDepth = 16
    alpha: AlphaMode = "straight"

    def __post_init__(self) -> None:
        _check_texts(self)
        _check_path("project", self.project, "save it first")
        _check_path("file to write", self.out, "choose where the picture should go")
        _check_choice("content", self.what, get_args(Content))
        _check_choice("format", self.format, get_args(StillFormat))
        _check_choice("alpha", self.alpha, get_args(AlphaMode))
        if type(self.bits) is not int or self.bits not in get_args(BitDepth):
            raise UserError(f"The bit depth {self.bits!r} is unknown; choose 8 or 16.")
        if self.what != "composite" and not self.layer:
            raise UserError(f"No layer was named for the {self.what}; choose one, or export the composite.")
        if Path(self.out).suffix.lower() not in SUFFIXES[self.format]:
            raise UserError(f"The name {Path(self.out).name!r} must end in {SUFFIXES[self.format][0]} for this format.")


@dataclass(frozen=True)
class ModelPull(Job):
    """Download the model ``name`` from the hub and install it.

    ``name`` is one of the catalogue's, a repository (ORGANISATION/REPOSITORY), or open_clip's ARCHITECTURE:TAG.
    """

    kind: ClassVar[str] = "model_pull"

    name: str

    def __post_init__(self) -> None:
        _check_texts(self)
        require_model_name(self.name)


@dataclass(frozen=True)
class ModelImport(Job):
    """Install the model that the file or folder ``path`` holds, under ``name``; empty: what the path tells."""

    kind: ClassVar[str] = "model_import"
    interactive: ClassVar[bool] = True

    path: str
    name: str = ""

    def __post_init__(self) -> None:
        _check_texts(self)
        _check_path("model", self.path, "choose a file of weights or a folder with one")
        if self.name:
            require_model_name(self.name)


@dataclass(frozen=True)
class ModelCheck(Job):
    """Show the guide the sample photograph, and see whether it recognises what is in it."""

    kind: ClassVar[str] = "model_check"
    interactive: ClassVar[bool] = True

    guide: str
    device: Device = "auto"

    def __post_init__(self) -> None:
        _check_texts(self)
        _check_choice("device", self.device, get_args(Device))
        _check_guide(self.guide)


JOBS: tuple[type[Job], ...] = (ImageEdit, SubjectMatte, StillExport, ModelPull, ModelImport, ModelCheck)


def job_from_json(values: object) -> Job:
    """Return the job of whatever kind ``values`` holds; UserError where it holds none."""
    kind = values.get("kind") if isinstance(values, dict) else None
    for job in JOBS:
        if job.kind == kind:
            return job.from_json(values)  # type: ignore[arg-type]
    raise UserError(f"There is no job of the kind {kind!r}; was it written by a newer Patina?")


def _check_texts(job: Job) -> None:
    for field in dataclasses.fields(job):
        value = getattr(job, field.name)
        if field.type in (str, "str") and not isinstance(value, str):
            raise UserError(f"The setting {field.name!r} must be a text, not {value!r}.")


def _check_path(name: str, path: str, advice: str) -> None:
    if not path.strip():
        raise UserError(f"No {name} was named; {advice}.")
    if "\0" in path:
        raise UserError(f"The name of the {name} holds a character that no file name may hold; {advice}.")


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise UserError(f"The {name} {value!r} is unknown; choose one of {', '.join(choices)}.")


def _check_guide(guide: str) -> None:
    family, _, name = guide.partition(":")
    if guide != "starter" and not (family == "openclip" and name.strip()):
        raise UserError(f"The guide {guide!r} is unknown; choose starter or openclip:NAME.")


def _options(given: object) -> Options:
    """Return the options, sorted by name, numbers as floats; JSON gives them as lists."""
    try:
        options = {str(name): value for name, value in given}  # type: ignore[attr-defined]
    except (TypeError, ValueError) as error:
        raise UserError("The job's options are damaged; add the job again.") from error
    return tuple((name, _option(name, options[name])) for name in sorted(options))


def _option(name: str, value: object) -> float | str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise UserError(f"The option {name!r} must be a number or a word, not {value!r}.")
    return float(value) + 0.0  # no -0.0, which equals 0.0 and is written otherwise


def _check_number(name: str, value: object, smallest: int, largest: int) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int) or not smallest <= value <= largest:
        raise UserError(f"The {name} must be a whole number from {smallest} to {largest}, not {value!r}.")
