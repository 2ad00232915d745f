"""Atlases: fitting one to a clip, and taking over a published one."""

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from engine.errors import UserError
from engine.jobs.base import Job
from engine.jobs.checks import LARGEST_SEED, Device, check_choice, check_guide, check_number, check_path, check_types

AtlasQuality = Literal["draft", "standard", "best"]
FlowName = Literal["dis", "raft"]

SMALLEST_WIDTH, LARGEST_WIDTH = 64, 4096


@dataclass(frozen=True)
class Subject:
    """One foreground object, and how it is found: by masks, by a mask on some frames, or by its word alone.

    ``masks`` is a folder with one mask a frame; ``keys`` are frame numbers, each with the file of a mask; of these
    and ``text`` the first that is given counts.
    """

    text: str = ""
    masks: str = ""
    keys: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", _keys(self.keys))
        if not (self.text.strip() or self.masks.strip() or self.keys):
            raise UserError("The subject has neither a word nor a mask; name it, or give a mask of one frame.")

    def __str__(self) -> str:
        return self.text or ("a mask a frame" if self.masks else f"a mask at frame {self.keys[0][0]}")


@dataclass(frozen=True, kw_only=True)
class AtlasJob(Job):
    """What every job asks that makes an atlas.

    ``out`` is the folder that the atlas will be; ``first`` and ``last`` are source frame numbers, None for the clip's
    ends.
    """

    clip: str
    out: str
    first: int | None = None
    last: int | None = None
    device: Device = "auto"

    def __post_init__(self) -> None:
        check_types(self)
        check_path("clip", self.clip, "open one first")
        check_path("folder for the atlas", self.out, "choose one")
        check_choice("device", self.device, get_args(Device))
        _check_range(self.first, self.last)

    @property
    def makes(self) -> str:
        """The atlas."""
        return self.out


@dataclass(frozen=True, kw_only=True)
class AtlasFit(AtlasJob):
    """Explain a clip by a background and one layer a subject: textures, mappings, mattes (layered atlases).

    ``subjects`` are the foreground layers, the nearest last; without any, the whole clip is background. ``width`` is
    that of the frames in fitting, None for the quality's own. ``light`` allows for changing light. ``guide`` finds
    subjects named by a word.
    """

    kind: ClassVar[str] = "atlas_fit"

    subjects: tuple[Subject, ...] = ()
    quality: AtlasQuality = "standard"
    width: int | None = None
    light: bool = True
    flow: FlowName = "dis"
    guide: str = "starter"
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "subjects", _subjects(self.subjects))
        check_choice("quality", self.quality, get_args(AtlasQuality))
        check_choice("flow", self.flow, get_args(FlowName))
        check_guide(self.guide)
        check_number("width", self.width, SMALLEST_WIDTH, LARGEST_WIDTH)
        check_number("seed", self.seed, 0, LARGEST_SEED)


@dataclass(frozen=True, kw_only=True)
class AtlasImport(AtlasJob):
    """Take over a published atlas: the checkpoint of Layered Neural Atlases that were trained on a clip.

    ``first`` and ``last`` are those of the frames they were trained on: a checkpoint does not say.
    """

    kind: ClassVar[str] = "atlas_import"

    checkpoint: str

    def __post_init__(self) -> None:
        super().__post_init__()
        check_path("checkpoint", self.checkpoint, "choose a file of Layered Neural Atlases")


def _check_range(first: object, last: object) -> None:
    for number in (first, last):
        if number is not None and type(number) is not int:
            raise UserError(f"A frame number must be a whole number, not {number!r}.")
    if isinstance(first, int) and isinstance(last, int) and last < first:
        raise UserError(f"The range ends at frame {last}, before it begins at {first}; swap the two.")


def _subjects(given: object) -> tuple[Subject, ...]:
    if not isinstance(given, (list, tuple)):
        raise UserError("The job's subjects are damaged; add the job again.")
    return tuple(map(_subject, given))


def _subject(given: object) -> Subject:
    """Return a subject, which JSON gives as a dictionary."""
    if isinstance(given, Subject):
        return given
    try:
        return Subject(**given)  # type: ignore[arg-type]
    except TypeError as error:
        raise UserError(f"The job's subject is damaged ({error}); add the job again.") from error


def _keys(given: object) -> tuple[tuple[int, str], ...]:
    try:
        return tuple(sorted((int(number), str(file)) for number, file in given))  # type: ignore[attr-defined]
    except (TypeError, ValueError) as error:
        raise UserError("A mask must come with the number of its frame, for instance 1=mask.png.") from error
