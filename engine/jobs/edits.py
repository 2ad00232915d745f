"""Edits with words: of a picture, and of one layer of an atlas."""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from engine.errors import UserError
from engine.jobs.base import Job
from engine.jobs.checks import LARGEST_SEED, Device, check_choice, check_guide, check_number, check_path, check_types

Quality = Literal["draft", "standard", "best", "paper"]
Target = Literal["foreground", "background"]

SMALLEST_SIZE, LARGEST_SIZE = 64, 2048

# Settings of the method that differ from the quality's own, by name.
Options = tuple[tuple[str, float | str], ...]

DAMAGED = "The job's options are damaged; add the job again."


@dataclass(frozen=True, kw_only=True)
class WordEdit(Job):
    """What every edit with words asks.

    ``prompt`` describes the edited picture, ``layer`` the edit alone (the prompt where empty), ``source`` the
    picture as it is, ``avoid`` what it should not come to show, ``subject`` the region of interest, ``spare`` what in
    the picture is not to be edited; each may hold several texts, parted by semicolons. ``steps``, ``size`` (the short
    side in pixels, in training) and ``options`` (by name, see engine.text2live.settings) override the quality's own.
    """

    prompt: str
    layer: str = ""
    source: str = ""
    avoid: str = ""
    subject: str = ""
    spare: str = ""
    guide: str = "starter"
    quality: Quality = "standard"
    steps: int | None = None
    size: int | None = None
    seed: int = 0
    device: Device = "auto"
    options: Options = ()

    def __post_init__(self) -> None:
        check_types(self)
        object.__setattr__(self, "options", _options(self.options))
        if not self.prompt.replace(";", " ").strip():
            raise UserError("The prompt is empty; say what the picture should become, for instance “golden”.")
        check_choice("quality", self.quality, get_args(Quality))
        check_choice("device", self.device, get_args(Device))
        check_guide(self.guide)
        check_number("steps", self.steps, 1, 100_000)
        check_number("size", self.size, SMALLEST_SIZE, LARGEST_SIZE)
        check_number("seed", self.seed, 0, LARGEST_SEED)


@dataclass(frozen=True, kw_only=True)
class ImageEdit(WordEdit):
    """Train an edit layer for one picture (Text2LIVE, section 3).

    ``mask`` is a file that overrides the subject's matte; ``target`` the side of the matte that is edited.
    """

    kind: ClassVar[str] = "image_edit"

    picture: str
    mask: str = ""
    target: Target = "foreground"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_path("picture", self.picture, "open one first")
        if self.mask:
            check_path("mask", self.mask, "choose a picture file")
        check_choice("target", self.target, get_args(Target))


@dataclass(frozen=True, kw_only=True)
class LayerEdit(WordEdit):
    """Train an edit of one layer of an atlas (Text2LIVE, section 4).

    ``atlas`` is the atlas's folder, ``atlas_layer`` the name of its layer, such as background or foreground.
    """

    kind: ClassVar[str] = "layer_edit"

    atlas: str
    atlas_layer: str = "foreground"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_path("atlas", self.atlas, "fit one to the clip first")
        if not self.atlas_layer.strip():
            raise UserError("No layer of the atlas was named; choose one, for instance foreground.")

    @property
    def needs(self) -> str:
        """The atlas."""
        return self.atlas


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
        check_types(self)
        check_path("picture", self.picture, "open one first")
        if not self.subject.strip():
            raise UserError("The subject is empty; name what the matte should cover, for instance “horse”.")
        check_choice("device", self.device, get_args(Device))
        check_guide(self.guide)


def _options(given: object) -> Options:
    """Return the options, sorted by name, numbers as floats; JSON gives them as lists."""
    if not isinstance(given, (list, tuple)):
        raise UserError(DAMAGED)
    try:
        options = {str(name): value for name, value in given}
    except (TypeError, ValueError) as error:
        raise UserError(DAMAGED) from error
    return tuple((name, _option(name, options[name])) for name in sorted(options))


def _option(name: str, value: object) -> float | str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise UserError(f"The option {name!r} must be a number or a word, not {value!r}.")
    return float(value) + 0.0  # no -0.0, which equals 0.0 and is written otherwise
