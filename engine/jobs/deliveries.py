"""Deliveries of a saved project: files for other programs."""

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from engine.errors import UserError
from engine.jobs.base import Job
from engine.jobs.checks import check_choice, check_number, check_path, check_types
from engine.media.formats import FORMATS, Format, FormatName
from engine.media.writers.slate import AlphaMode

Content = Literal["composite", "layer", "layers", "alpha", "greenscreen", "matte", "texture", "uv"]
HandoffName = Literal["after_effects", "nuke", "blender", "otio"]

# What has an opacity of its own, and so needs a format that can hold it.
RGBA_CONTENTS: tuple[Content, ...] = ("layer", "layers", "texture")
OF_ONE_LAYER: tuple[Content, ...] = ("layer", "alpha", "greenscreen")
PASSES_CONTENTS: tuple[Content, ...] = ("layer", "layers", "composite")
HANDOFF_CONTENTS: tuple[Content, ...] = ("layer", "layers")
DEFAULT_NAME = "{clip}_{layer}_v{version}"
LARGEST_VERSION = 9999
LARGEST_NUMBER = 9_999_999


@dataclass(frozen=True)
class Delivery(Job):
    """Write what a saved project holds into ``folder``, with a sidecar, see `engine.delivery`.

    ``project`` is a .patina folder. ``name`` is a pattern of `engine.delivery.naming` without suffix; ``version`` is
    what {version} stands for. ``what``: the composite; one ``layer`` (by its id), or all seen ones, RGBA; its alpha; it
    over green; the mattes of the objects; the textures of the atlas and of the edits on it; or its UV maps.

    ``alpha`` is "" for the format's convention. ``bake_opacity`` multiplies the layers' own opacity into their alpha;
    with a hand-off script, which sets the opacity itself, it is left out. ``passes`` writes foreground, background and
    matte into the same OpenEXR file, as layers of their own. ``handoffs`` are scripts that build the composition in
    other programs.
    """

    project: str
    folder: str
    what: Content = "composite"
    layer: str = ""
    format: FormatName = "png"
    name: str = DEFAULT_NAME
    version: int = 1
    alpha: AlphaMode | Literal[""] = ""
    bake_opacity: bool = True
    passes: bool = False
    handoffs: tuple[HandoffName, ...] = ()

    def __post_init__(self) -> None:
        check_types(self)
        check_path("project", self.project, "save it first")
        check_path("folder", self.folder, "choose where the files should go")
        check_path("file name", self.name, "write one, for instance {clip}_{layer}")
        check_choice("content", self.what, get_args(Content))
        check_choice("format", self.format, get_args(FormatName))
        check_choice("alpha", self.alpha, ("", *get_args(AlphaMode)))
        check_number("version", self.version, 1, LARGEST_VERSION)
        if not isinstance(self.handoffs, (list, tuple)):
            raise UserError("The job's hand-off scripts are damaged; add the job again.")
        object.__setattr__(self, "handoffs", tuple(self.handoffs))  # a list, where it comes from JSON
        for handoff in self.handoffs:
            check_choice("hand-off", handoff, get_args(HandoffName))
        self._check_together()

    @property
    def in_format(self) -> Format:
        """What is known of the format."""
        return FORMATS[self.format]

    @property
    def alpha_mode(self) -> AlphaMode:
        """How colour lies under alpha in the files; straight where they have none."""
        return self.alpha or self.in_format.alpha or "straight"

    def _check_together(self) -> None:
        if self.what in OF_ONE_LAYER and not self.layer:
            raise UserError(f"No layer was named for the {self.what}; choose one, or export the composite.")
        if self.what in RGBA_CONTENTS and self.in_format.alpha is None:
            raise UserError(
                f"{self.in_format.label} cannot hold alpha, which a layer needs; choose ProRes 4444, PNG or OpenEXR, "
                "or export the composite."
            )
        if self.what == "uv" and self.format != "exr32":
            raise UserError("UV maps need the precision of OpenEXR float; choose that format.")
        if self.passes and (self.format not in ("exr", "exr32") or self.what not in PASSES_CONTENTS):
            raise UserError("Only OpenEXR files of layers or composites can hold passes; choose OpenEXR, or no passes.")
        if self.handoffs and self.what not in HANDOFF_CONTENTS:
            raise UserError("Hand-off scripts build a composition of layers; export layers, or no scripts.")


@dataclass(frozen=True)
class StillDelivery(Delivery):
    """A delivery of a project whose footage is a still: pictures."""

    kind: ClassVar[str] = "still_delivery"
    interactive: ClassVar[bool] = True

    def _check_together(self) -> None:
        super()._check_together()
        if self.in_format.is_movie:
            raise UserError(f"{self.in_format.label} is for clips; choose PNG, TIFF or OpenEXR for a picture.")
        if self.what in ("texture", "uv"):
            raise UserError("Textures and UV maps belong to atlases, which are for clips; export a layer or its matte.")


@dataclass(frozen=True)
class ClipDelivery(Delivery):
    """A delivery of a project whose footage is a clip: one picture a frame, or movies.

    ``first`` and ``last`` are source frame numbers, None for the ends of the work area; ``start`` is the number of the
    first picture, None for the source's own. ``sound`` takes the source's sound along into movies of composites.
    """

    kind: ClassVar[str] = "clip_delivery"

    first: int | None = None
    last: int | None = None
    start: int | None = None
    sound: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, number in (("first frame", self.first), ("last frame", self.last), ("start number", self.start)):
            check_number(name, number, 0, LARGEST_NUMBER)
        if self.first is not None and self.last is not None and self.last < self.first:
            raise UserError(f"The range ends at frame {self.last}, before it begins at {self.first}; swap the two.")
