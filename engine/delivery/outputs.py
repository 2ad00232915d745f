"""What a delivery writes: every file or sequence by its name, before anything is rendered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from engine.atlas.atlas import BACKGROUND
from engine.atlas.atlas_folder import read_layer_names
from engine.delivery.naming import (
    NameParts,
    footage_name,
    frame_names,
    is_frame_of,
    stem_of,
    version_after,
    version_text,
)
from engine.errors import UserError
from engine.jobs.deliveries import ClipDelivery, Delivery
from engine.media.formats import FORMATS, Format
from engine.project import LAYERS_FOLDER, EditLayer, Footage, Project
from engine.project_folder import PROJECT_FILE

Kind = Literal["composite", "layer", "alpha", "greenscreen", "matte", "texture", "edit", "uv"]

SIDECAR_SUFFIX = ".patina.json"
# The one name of a delivery of several things, for its sidecar and its scripts.
TOGETHER = {"layers": "layers", "matte": "mattes", "texture": "textures", "uv": "uv"}
GONE = "The layer to export is no longer in the project; choose another one."
NO_ATLAS = "The project has no atlas, to which {what} belong; fit one to the clip first."


@dataclass(frozen=True)
class Shown:
    """One thing that can be written, called ``label`` in names.

    ``layer`` is the edit layer that it is made of; ``atlas`` and ``atlas_layer`` are an atlas's folder in the project
    and its layer, for mattes, textures and UV maps. An "edit" is the picture of a layer over its atlas's texture.
    """

    kind: Kind
    label: str
    layer: EditLayer | None = None
    atlas: str = ""
    atlas_layer: str = ""

    @property
    def is_of_no_frame(self) -> bool:
        """Whether it is one picture for the whole clip."""
        return self.kind in ("texture", "edit")


@dataclass(frozen=True)
class Output:
    """A file, or a sequence with ``numbers``: its ``path`` is then gold.exr where the files are gold.1001.exr."""

    shown: Shown
    path: Path
    format: Format
    numbers: range | None = None

    def names(self) -> Iterator[str]:
        """Return the names of all files, in the order of the frames."""
        return iter((self.path.name,)) if self.numbers is None else frame_names(self.path, self.numbers)


@dataclass(frozen=True)
class DeliveryPlan:
    """``outputs`` of the frames of ``numbers``, the source's own, None for a still.

    ``stem`` names what is written beside them: the ``sidecar`` and the hand-off scripts.
    """

    outputs: tuple[Output, ...]
    numbers: range | None
    folder: Path
    stem: str

    @property
    def sidecar(self) -> Path:
        """The file that tells how the others were made and how they are to be read."""
        return self.folder / f"{self.stem}{SIDECAR_SUFFIX}"

    def names(self) -> tuple[str, ...]:
        """Return the names of all files but the sidecar and the scripts."""
        return tuple(name for output in self.outputs for name in output.names())

    def files(self) -> tuple[Path, ...]:
        """Return all files but the sidecar and the scripts."""
        return tuple(self.folder / name for name in self.names())

    def existing(self) -> tuple[Path, ...]:
        """Return those of the files that there are already, and that the delivery would replace."""
        there = _names_in(self.folder)
        return tuple(self.folder / name for name in self.names() if name in there)

    def left_over(self) -> tuple[Path, ...]:
        """Return the frames of an earlier delivery under the same names that this one would not replace."""
        planned = frozenset(self.names())
        sequences = [output for output in self.outputs if output.numbers is not None]
        return tuple(
            self.folder / name
            for name in sorted(_names_in(self.folder) - planned)
            if any(is_frame_of(output.path, name) for output in sequences)
        )


def plan_delivery(job: Delivery, project: Project, day: date | None = None) -> DeliveryPlan:
    """Return what ``job`` would write of ``project``, which lies in the job's folder; ``day`` is today's date.

    Raises UserError where a name or a number is none, where two files would have the same name, and where a file must
    not be written, because it belongs to a project or is its footage.
    """
    footage = _footage(job, project)
    shown = shown_by(job, project)
    numbers = _numbers(job, project, footage) if isinstance(job, ClipDelivery) else None
    suffix, pattern = _suffix_and_pattern(job)
    day = day or date.today()
    outputs = []
    for each in shown:
        form = FORMATS["png"] if each.is_of_no_frame and job.in_format.is_movie else job.in_format
        stem = stem_of(pattern, _parts(job, footage, each.label, day))
        of_frames = numbers is not None and not form.is_movie and not each.is_of_no_frame
        path = Path(job.folder) / f"{stem}{suffix if form is job.in_format else form.suffix}"
        outputs.append(Output(each, path, form, _file_numbers(job, numbers) if of_frames else None))
    _check_names(outputs, pattern)
    one = outputs[0].path.stem if len(outputs) == 1 else ""
    stem = one or stem_of(pattern, _parts(job, footage, TOGETHER[job.what], day))
    plan = DeliveryPlan(tuple(outputs), numbers, Path(job.folder), stem)
    _check_targets(plan, footage)
    return plan


def next_version(job: Delivery, project: Project, day: date | None = None) -> int:
    """Return the version behind the last one in the job's folder; 1 where the name has none. UserError as above."""
    footage = _footage(job, project)
    names, day = _names_in(Path(job.folder)), day or date.today()
    suffix, pattern = _suffix_and_pattern(job)
    suffixes = {suffix, *([FORMATS["png"].suffix] if job.what == "texture" else [])}
    parts = [_parts(job, footage, each.label, day) for each in shown_by(job, project)]
    return max(version_after(names, pattern, each, ending) for each in parts for ending in suffixes)


def shown_by(job: Delivery, project: Project) -> tuple[Shown, ...]:
    """Return what ``job`` shows of ``project``, one for each file or sequence; UserError where there is none."""
    match job.what:
        case "composite":
            return (Shown("composite", "composite"),)
        case "layer":
            layer = _layer(job, project)
            return (Shown("layer", layer.name, layer),)
        case "alpha" | "greenscreen":
            layer = _layer(job, project)
            return (Shown(job.what, f"{layer.name} {job.what}", layer),)
        case "layers":
            if not (seen := project.seen_layers()):
                raise UserError("No layer is visible; show one, or export the composite.")
            return tuple(Shown("layer", layer.name, layer) for layer in seen)
        case "matte":
            return _mattes(job, project)
        case "texture":
            return _textures(job, project)
        case "uv":
            return tuple(
                Shown("uv", f"{name} uv", None, project.atlas, name) for name in _atlas_layers(job, project, "UV maps")
            )


def _mattes(job: Delivery, project: Project) -> tuple[Shown, ...]:
    if isinstance(job, ClipDelivery):
        names = [name for name in _atlas_layers(job, project, "mattes") if name != BACKGROUND]
        if not names:
            raise UserError("The project's atlas has no objects with mattes; fit one with an object named.")
        return tuple(Shown("matte", f"{name} matte", None, project.atlas, name) for name in names)
    layers = (_layer(job, project),) if job.layer else project.layers
    with_matte = [layer for layer in layers if layer.matte]
    if not with_matte:
        raise UserError("No layer has a matte, as the edits were free; export a layer or its alpha.")
    return tuple(Shown("matte", f"{layer.name} matte", layer) for layer in with_matte)


def _textures(job: Delivery, project: Project) -> tuple[Shown, ...]:
    names = _atlas_layers(job, project, "textures")
    own = (Shown("texture", f"{name} texture", None, project.atlas, name) for name in names)
    edits = (
        Shown("edit", f"{layer.name} edit", layer, project.atlas_of(layer), layer.atlas_layer)
        for layer in project.layers
        if layer.atlas_layer
    )
    return (*own, *edits)


def _atlas_layers(job: Delivery, project: Project, what: str) -> tuple[str, ...]:
    if not project.atlas:
        raise UserError(NO_ATLAS.format(what=what))
    return read_layer_names(Path(job.project) / project.atlas)


def _layer(job: Delivery, project: Project) -> EditLayer:
    try:
        return project.layer(job.layer)
    except KeyError:
        raise UserError(GONE) from None


def _footage(job: Delivery, project: Project) -> Footage:
    footage, of_clip = project.footage, isinstance(job, ClipDelivery)
    if footage is None:
        raise UserError(f"The project {job.project} has no footage yet; open some before you export.")
    if footage.is_clip != of_clip:
        held, wanted = ("a clip", "its frames") if footage.is_clip else ("a picture", "it as a still")
        raise UserError(f"The project {job.project} is of {held}; export {wanted}.")
    return footage


def _numbers(job: ClipDelivery, project: Project, footage: Footage) -> range:
    area = project.work_area
    first = area[0] if job.first is None else job.first
    last = area[-1] if job.last is None else job.last
    if last < first:
        raise UserError(f"The range ends at frame {last}, before it begins at {first}; swap the two.")
    for number in (first, last):
        if number not in footage.numbers:
            raise UserError(
                f"{footage.path} has no frame {number}; choose one from {footage.numbers[0]} to {footage.numbers[-1]}."
            )
    return range(first, last + 1)


def _file_numbers(job: Delivery, numbers: range | None) -> range | None:
    start = job.start if isinstance(job, ClipDelivery) else None
    return numbers if numbers is None or start is None else range(start, start + len(numbers))


def _suffix_and_pattern(job: Delivery) -> tuple[str, str]:
    """Return the files' suffix, and the name without it: of a format with several, the name may have one."""
    name = job.name.strip()
    for suffix in job.in_format.suffixes:
        if name.lower().endswith(suffix):
            return suffix, name[: -len(suffix)]
    return job.in_format.suffix, name


def _parts(job: Delivery, footage: Footage, label: str, day: date) -> NameParts:
    return NameParts(footage_name(footage), label, version_text(job.version), day)


def _check_names(outputs: list[Output], pattern: str) -> None:
    by_name: dict[str, list[Output]] = {}
    for output in outputs:
        # Some systems take upper and lower case for one.
        by_name.setdefault(output.path.name.casefold(), []).append(output)
    same = next((each for each in by_name.values() if len(each) > 1), None)
    if same is None:
        return
    first, second = same[0].shown.label, same[1].shown.label
    if "{layer}" in pattern:
        raise UserError(f"“{first}” and “{second}” would have the same file name; rename one of them.")
    name = same[0].path.name
    raise UserError(f"“{first}” and “{second}” would both be written to {name}; add {{layer}} to the name.")


def _check_targets(plan: DeliveryPlan, footage: Footage) -> None:
    source, folder = footage.path.resolve(), plan.folder.resolve()
    if not source.is_file() and folder == (source if source.is_dir() else source.parent):
        raise UserError(f"{plan.folder} holds the project's own frames; choose another folder.")
    if any(_is_project(above) for above in (folder, *folder.parents)):
        raise UserError(
            f"{plan.folder} lies inside a project, whose files must stay as they are; choose another folder."
        )
    for file in plan.existing():
        if file.resolve() == source:
            raise UserError(f"{file} is the project's own footage; choose another name for the export.")
        if file.is_dir():
            raise UserError(f"{file.name} is a folder; choose another name.")


def _is_project(folder: Path) -> bool:
    # Other programs call files project.json, too.
    return (folder / PROJECT_FILE).is_file() and (folder / LAYERS_FOLDER).is_dir()


def _names_in(folder: Path) -> frozenset[str]:
    try:
        return frozenset(path.name for path in folder.iterdir())
    except OSError:
        return frozenset()  # what hinders the writing is said when it is tried
