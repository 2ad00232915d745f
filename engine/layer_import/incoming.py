"""What is to be imported, checked against the project before anything is written."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.atlas.atlas_folder import load_atlas
from engine.atlas.painting import picture_size as fine_size
from engine.colour import srgb_to_linear
from engine.errors import UserError
from engine.handoff.counting import counted
from engine.jobs import LayerImport
from engine.layer_import.evidence import Evidence, evidence_of, step_of
from engine.layer_import.sidecar import Told, told_of
from engine.media.rgba_frames import RgbaFrames, open_rgba
from engine.media.rgba_info import RgbaInfo
from engine.media.stills import picture_size
from engine.media.writers.slate import AlphaMode
from engine.project import Footage, Project
from engine.project_folder import read_project_file

SAMPLES = 7


@dataclass(frozen=True)
class Incoming:
    """A source that can become a layer; what the job leaves open and the source does not tell is for the user to say.

    ``alpha`` is how its colour lies under alpha, None where that cannot be told. ``first`` is the number of the clip's
    frame at which a sequence or movie begins, None where its own numbers or timecode do not lie in the clip.
    ``atlas_layers`` are the layers of the atlas on which the picture may lie, of which one is to be chosen; none where
    it lies in the frame. ``told`` is what a sidecar says.
    """

    info: RgbaInfo
    alpha: AlphaMode | None
    first: int | None
    atlas_layers: tuple[str, ...]
    notices: tuple[str, ...]
    told: Told

    @property
    def frames(self) -> tuple[int, int] | None:
        """The numbers of the first and the last frame of a layer with a picture for each, None for a single one."""
        return None if self.info.is_still or self.first is None else (self.first, self.first + self.info.frames - 1)


def inspect(job: LayerImport) -> Incoming:
    """Look at the source of a job, and into enough of its frames to tell how it has to be read.

    Raises UserError for a source that cannot be read, has no alpha, or does not fit the project's footage.
    """
    folder, source = Path(job.project), Path(job.source)
    project = read_project_file(folder)
    if project.footage is None:
        raise UserError(f"The project {folder} has no footage; open a picture or a clip first.")
    with closing(open_rgba(source)) as frames:
        info = frames.info
        told = told_of(source, info.first)
        atlas_layers = _atlas_layers(job.atlas_layer or told.atlas_layer, project, folder, info)
        if not atlas_layers:
            _check_size(info, project.footage)
        first = _first(job.start, told.first, info, project.footage)
        alpha = _alpha(job, frames, told)
    return Incoming(info, alpha, first, atlas_layers, tuple(_notices(info, project.footage)), told)


def require_answers(incoming: Incoming) -> None:
    """Raise UserError, which says what to add, where something is left for the user to say."""
    path = incoming.info.path
    if incoming.alpha is None:
        raise UserError(
            f"{path} does not show whether its colour is straight or premultiplied; "
            "say --alpha straight or --alpha premultiplied."
        )
    if incoming.first is None and not incoming.info.is_still:
        raise UserError(
            f"{path} does not say at which of the clip's frames it begins; say --start with that frame's number."
        )
    if len(incoming.atlas_layers) > 1:
        names = " or ".join(f"“{name}”" for name in incoming.atlas_layers)
        raise UserError(f"{path} may lie on {names} of the atlas; say --atlas-layer with one of them.")


def _atlas_layers(name: str, project: Project, folder: Path, info: RgbaInfo) -> tuple[str, ...]:
    """Return the atlas layers on which the source may lie: the one of that ``name``, or those of the picture's size."""
    footage, size = project.footage, (info.width, info.height)
    if footage is None or not (name or size != (footage.width, footage.height)):
        return ()
    if not project.atlas:
        if name:
            raise UserError(f"The project has no atlas to lay {info.path} on; fit one to the clip first.")
        return ()
    sizes = _texture_sizes(project, folder)
    if not name:
        return tuple(each for each, known in sizes.items() if info.is_still and size in known)
    if name not in sizes:
        raise UserError(f"The atlas has no layer “{name}” for {info.path}; its layers are: {', '.join(sizes)}.")
    if not info.is_still:
        raise UserError(f"{info.path} is a clip, and a layer of the atlas takes one picture; choose a single picture.")
    return (name,)


def _texture_sizes(project: Project, folder: Path) -> dict[str, set[tuple[int, int]]]:
    """Return by atlas layer the sizes of its texture, of a painting on it, and of the edits that lie on it."""
    atlas = load_atlas(folder / project.atlas)
    sizes = {layer.name: {layer.size, fine_size(atlas, layer.name)} for layer in atlas.layers}
    for layer in project.layers:
        if layer.atlas_layer in sizes and project.atlas_of(layer) == project.atlas:
            sizes[layer.atlas_layer].add(picture_size(folder / layer.picture))
    return sizes


def _check_size(info: RgbaInfo, footage: Footage) -> None:
    if (info.width, info.height) != (footage.width, footage.height):
        raise UserError(
            f"{info.path} is {info.width} × {info.height} pixels and the footage {footage.width} × {footage.height}; "
            "render it again at the footage's size."
        )


def _first(start: int | None, told: int | None, info: RgbaInfo, footage: Footage) -> int | None:
    """Return at which of the footage's frames a source begins, None where nothing says so.

    ``start`` is where the user says, ``told`` where the sidecar does.
    """
    if info.is_still:
        return None
    if not footage.is_clip:
        raise UserError(f"{info.path} is a clip and the project's footage a picture; choose one frame of it.")
    numbers = footage.numbers
    if info.frames > len(numbers):
        raise UserError(
            f"{info.path} has {info.frames} frames and the project's clip {len(numbers)}; "
            "leave out those that lie before or after it."
        )
    if start is None:
        return next((each for each in _own_firsts(told, info, footage) if _lies_in(numbers, each, info.frames)), None)
    if not _lies_in(numbers, start, info.frames):
        raise UserError(
            f"{info.path} would last from frame {start} to {start + info.frames - 1}, but the clip has "
            f"the frames {numbers[0]} to {numbers[-1]}; choose another start."
        )
    return start


def _own_firsts(told: int | None, info: RgbaInfo, footage: Footage) -> Iterator[int]:
    """Yield where the source may begin, what says it most surely first."""
    if told is not None:
        yield told
    if info.first is not None:
        yield info.first
    elif info.timecode and footage.timecode and footage.rate is not None:
        begin, clip_begin = (counted(timecode, footage.rate) for timecode in (info.timecode, footage.timecode))
        if begin is not None and clip_begin is not None:
            yield footage.first_frame + begin - clip_begin
    if info.frames == footage.frames:
        yield footage.first_frame


def _lies_in(numbers: range, first: int, frames: int) -> bool:
    return first in numbers and first + frames - 1 in numbers


def _alpha(job: LayerImport, frames: RgbaFrames, told: Told) -> AlphaMode | None:
    if job.alpha != "auto":
        return job.alpha
    declared, is_linear = frames.info.declared, frames.info.is_linear
    if is_linear and declared == "premultiplied" and _looks_straight(frames.info.path):
        return None  # some programs write OpenEXR straight, in spite of its convention
    if declared is not None:
        return declared
    detected = detected_alpha(frames)
    # The file may have been made anew since the sidecar was written; colour above alpha proves that it is straight.
    return detected if detected == "straight" else told.alpha or detected


def detected_alpha(frames: RgbaFrames) -> AlphaMode | None:
    """Return how colour lies under alpha, told from some frames, or all where those would look the same either way."""
    info, total = frames.info, Evidence()
    step = step_of(info)
    places = {round(place * (info.frames - 1) / (SAMPLES - 1)) for place in range(SAMPLES)}
    for place in sorted(places):
        total += evidence_of(next(frames.frames(place)), step)
    if not total.differing and len(places) < info.frames:
        for rgba in frames.frames():
            total += evidence_of(rgba, step)
            if total.differing:
                break
    return total.alpha


def _notices(info: RgbaInfo, footage: Footage) -> Iterator[str]:
    if info.rate is not None and info.rate != footage.rate:
        yield f"{info.path.name} runs at another rate than the clip; its frames were taken one by one."


def _looks_straight(path: Path) -> bool:
    """Return whether files of linear light have more colour above their alpha than premultiplied ones should."""
    with closing(open_rgba(path, "straight")) as frames:
        rgba = next(frames.frames(frames.info.frames // 2))
        light = np.dstack([srgb_to_linear(rgba[..., :3]), rgba[..., 3]])
        found = evidence_of(light, step_of(frames.info))
    return found.alpha == "straight" and found.differing > 0
