"""What can be asked of the engine: one frozen dataclass a job, holding all that determines the result.

A job validates itself when it is made (`UserError`), and goes to JSON and back unchanged.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, get_args

from engine.errors import UserError

Quality = Literal["draft", "standard", "best"]
Target = Literal["foreground", "background"]
Device = Literal["auto", "cpu", "cuda"]

SMALLEST_SIZE, LARGEST_SIZE = 64, 2048
LARGEST_SEED = 2**63 - 1


@dataclass(frozen=True)
class Job:
    """The base of all jobs."""

    kind: ClassVar[str]

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
    picture as it is, ``subject`` the region of interest; ``mask`` is a file that overrides the subject's matte.
    ``steps`` and ``size`` (the short side in pixels, in training) override the quality's own.
    """

    kind: ClassVar[str] = "image_edit"

    picture: str
    prompt: str
    layer: str = ""
    source: str = ""
    subject: str = ""
    mask: str = ""
    target: Target = "foreground"
    guide: str = "starter"
    quality: Quality = "standard"
    steps: int | None = None
    size: int | None = None
    seed: int = 0
    device: Device = "auto"

    def __post_init__(self) -> None:
        _check_texts(self)
        _check_picture(self.picture)
        if not self.prompt.strip():
            raise UserError("The prompt is empty; say what the picture should become, for instance “golden”.")
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

    picture: str
    subject: str
    guide: str = "starter"
    device: Device = "auto"

    def __post_init__(self) -> None:
        _check_texts(self)
        _check_picture(self.picture)
        if not self.subject.strip():
            raise UserError("The subject is empty; name what the matte should cover, for instance “horse”.")
        _check_choice("device", self.device, get_args(Device))
        _check_guide(self.guide)


JOBS: tuple[type[Job], ...] = (ImageEdit, SubjectMatte)


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


def _check_picture(picture: str) -> None:
    if not picture.strip():
        raise UserError("No picture was named; open one first.")


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise UserError(f"The {name} {value!r} is unknown; choose one of {', '.join(choices)}.")


def _check_guide(guide: str) -> None:
    if guide != "starter" and not guide.removeprefix("openclip:").strip() != guide:
        raise UserError(f"The guide {guide!r} is unknown; choose starter or openclip:NAME.")


def _check_number(name: str, value: object, smallest: int, largest: int) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int) or not smallest <= value <= largest:
        raise UserError(f"The {name} must be a whole number from {smallest} to {largest}, not {value!r}.")
