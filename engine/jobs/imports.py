"""Layers that come in from other programs."""

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from engine.errors import UserError
from engine.jobs.base import Job
from engine.jobs.checks import check_choice, check_number, check_path, check_types

ImportedAlpha = Literal["auto", "straight", "premultiplied"]
Transfer = Literal["auto", "display", "linear"]
LARGEST_NUMBER = 9_999_999


@dataclass(frozen=True)
class LayerImport(Job):
    """Bring an RGBA picture, sequence or movie into a project as the files of a new layer, see `engine.layer_import`.

    ``project`` is a .patina folder or a session's; ``source`` a still, a movie, or a folder or pattern of stills;
    ``layer`` the id of the layer to make. ``name`` is "" for the source's own. ``alpha`` and ``transfer``, how colour
    lies under alpha and whether it is linear light, are found out where they are "auto". ``start`` is the number of the
    clip's frame at which the source begins, None for what the source says. ``atlas_layer`` names the layer of the
    project's atlas on which a picture lies, "" for one in the frame, or of a size that tells.
    """

    kind: ClassVar[str] = "layer_import"
    interactive: ClassVar[bool] = True

    project: str
    source: str
    layer: str
    name: str = ""
    alpha: ImportedAlpha = "auto"
    transfer: Transfer = "auto"
    start: int | None = None
    atlas_layer: str = ""

    def __post_init__(self) -> None:
        check_types(self)
        check_path("project", self.project, "save it first")
        check_path("file to import", self.source, "choose a picture, a sequence or a movie with alpha")
        if not (self.layer.isascii() and self.layer.isalnum()):
            raise UserError("The layer to make has no name that a file can have; import the file again.")
        check_choice("alpha", self.alpha, get_args(ImportedAlpha))
        check_choice("transfer", self.transfer, get_args(Transfer))
        check_number("start", self.start, 0, LARGEST_NUMBER)
