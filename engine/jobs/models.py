"""Models: pulled, imported, checked."""

from dataclasses import dataclass
from typing import ClassVar, get_args

from engine.jobs.base import Job
from engine.jobs.checks import Device, check_choice, check_guide, check_path, check_types
from engine.model_names import require_model_name


@dataclass(frozen=True)
class ModelPull(Job):
    """Download the model ``name`` from the hub and install it.

    ``name`` is one of the catalogue's, a repository (ORGANISATION/REPOSITORY), or open_clip's ARCHITECTURE:TAG.
    """

    kind: ClassVar[str] = "model_pull"

    name: str

    def __post_init__(self) -> None:
        check_types(self)
        require_model_name(self.name)


@dataclass(frozen=True)
class ModelImport(Job):
    """Install the model that the file or folder ``path`` holds, under ``name``; empty: what the path tells."""

    kind: ClassVar[str] = "model_import"
    interactive: ClassVar[bool] = True

    path: str
    name: str = ""

    def __post_init__(self) -> None:
        check_types(self)
        check_path("model", self.path, "choose a file of weights or a folder with one")
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
        check_types(self)
        check_choice("device", self.device, get_args(Device))
        check_guide(self.guide)
