"""Exporting a saved project of a clip, frame by frame: a layer, its alpha, its green screen, or the composite."""

import shutil
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import numpy as np

from engine.atlas.atlas_folder import load_atlas
from engine.clip_frames import layer_at, layers_at
from engine.colour import from_uint
from engine.compositing import bleed, composite, on_green_screen, premultiply
from engine.context import RunContext
from engine.errors import UserError
from engine.events import Notice, Progress
from engine.files import writing
from engine.jobs import ClipExport
from engine.media.clip_info import ClipInfo
from engine.media.clips import open_clip
from engine.media.movie_writer import MovieCodec, MovieWriter
from engine.media.png import write_png
from engine.media.stills import read_still
from engine.project import Footage, Project
from engine.project_folder import PROJECT_FILE, load_project

PHASE = "export"
CODECS: dict[str, MovieCodec] = {"prores": "prores_422_hq", "h264": "h264"}
# Pictures of layers that are kept at hand; with more of them, some are read anew for each frame.
PICTURES, ATLASES = 8, 2

Write = Callable[[int, np.ndarray], None]


class _Frames:
    """The frames of a project as an export wants them."""

    def __init__(self, job: ClipExport, project: Project) -> None:
        self._job, self._project = job, project
        folder = Path(job.project)
        self._pictures = lru_cache(PICTURES)(lambda name: _rgba(folder / name))
        self._atlases = lru_cache(ATLASES)(lambda name: load_atlas(folder / name))

    def at(self, number: int, source: np.ndarray) -> np.ndarray:
        """Return what is to be written for the frame of that number, whose own picture is ``source`` (H, W, 3)."""
        if self._job.what == "composite":
            return composite(source, layers_at(self._project, number, source, self._pictures, self._atlases))
        rgba = self._layer(number, source)
        if self._job.what == "alpha":
            return rgba[..., 3]
        if self._job.what == "greenscreen":
            return on_green_screen(rgba)
        return premultiply(rgba) if self._job.alpha == "premultiplied" else bleed(rgba)

    def _layer(self, number: int, source: np.ndarray) -> np.ndarray:
        """Return the layer with its opacity in its alpha; transparent where it does not show."""
        layer = self._project.layer(self._job.layer)
        atlas = self._atlases(self._project.atlas_of(layer)) if layer.atlas_layer else None
        shown = layer_at(layer, number, source, self._pictures(layer.picture), atlas)
        if shown is None or not layer.shows_at(number):
            return np.zeros((*source.shape[:2], 4), np.float32)
        rgba = shown.copy()
        rgba[..., 3] *= layer.opacity_at(number)
        return rgba


def run_clip_export(job: ClipExport, _context: RunContext) -> Generator[Progress | Notice, None, Path]:
    """Write the frames that ``job`` asks for, all or none; returns the movie, or the folder of the pictures.

    Raises UserError where the project, its clip or one of its pictures cannot be read, where the layer or a frame does
    not exist, and where a file cannot be written or must not be, because it belongs to a project or is its footage.
    """
    project, out, start = load_project(Path(job.project)), Path(job.out), time.monotonic()
    footage = _footage(project, job.project)
    _check_layer(project, job)
    _check_target(out, footage)
    frames = _Frames(job, project)
    with open_clip(footage.path, footage.rate) as clip:
        numbers = _numbers(job, project, clip.info)
        with _writer(job, clip.info, numbers) as write:
            for done, number in enumerate(numbers, 1):
                write(number, frames.at(number, from_uint(clip.read(clip.info.index(number)))))
                seconds = time.monotonic() - start
                yield Progress(PHASE, done, len(numbers), seconds, seconds / done * (len(numbers) - done))
        if clip.damaged:
            shown = ", ".join(str(clip.info.number(place)) for place in clip.damaged[:5])
            yield Notice(f"Frames that could not be decoded show their predecessors: {shown}.")
    return out if job.format != "png" else out.parent


def frame_file(out: Path, number: int) -> Path:
    """Return the file of one frame of the sequence that ``out`` names."""
    return out.with_name(f"{out.stem}.{number:04d}{out.suffix}")


@contextmanager
def _writer(job: ClipExport, info: ClipInfo, numbers: range) -> Iterator[Write]:
    """Yield what writes the frame of a number; all of them take their names when the block has gone well."""
    out = Path(job.out)
    if job.format != "png":
        audio = info.path if info.has_audio else None
        with MovieWriter(out, info, CODECS[job.format], audio, info.index(numbers[0])) as movie:
            yield lambda _number, picture: movie.write(picture)
        return
    shift = 0 if job.start is None else job.start - numbers[0]
    part = out.parent / f".{uuid4().hex}"
    with writing(out):
        part.mkdir()
    try:
        yield lambda number, picture: write_png(part / frame_file(out, number + shift).name, picture, job.bits)
        with writing(out):
            for path in sorted(part.iterdir()):
                path.replace(out.parent / path.name)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _numbers(job: ClipExport, project: Project, info: ClipInfo) -> range:
    area = project.work_area
    first = area[0] if job.first is None else job.first
    last = area[-1] if job.last is None else job.last
    if last < first:
        raise UserError(f"The range ends at frame {last}, before it begins at {first}; swap the two.")
    info.index(first)
    info.index(last)
    return range(first, last + 1)


def _footage(project: Project, name: str) -> Footage:
    if project.footage is None or not project.footage.is_clip:
        raise UserError(f"The project {name} has no clip; export its picture as a still.")
    return project.footage


def _check_layer(project: Project, job: ClipExport) -> None:
    if job.what != "composite" and job.layer not in {layer.id for layer in project.layers}:
        raise UserError("The layer to export is no longer in the project; choose another one.")


def _check_target(out: Path, footage: Footage) -> None:
    target, source = out.resolve(), footage.path.resolve()
    if target == source:
        raise UserError(f"{out} is the project's own clip; choose another name for the export.")
    if target.parent == (source if source.is_dir() else source.parent) and not source.is_file():
        raise UserError(f"{out} lies among the project's own frames; choose another folder.")
    if any((folder / PROJECT_FILE).exists() for folder in target.parents[:2]):
        raise UserError(f"{out} lies inside a project, whose files must stay as they are; choose another folder.")


def _rgba(path: Path) -> np.ndarray:
    """Return a layer's picture, (h, w, 4) float32, straight alpha."""
    still = read_still(path)
    alpha = np.ones(still.rgb.shape[:2], np.float32) if still.alpha is None else still.alpha
    return np.dstack([still.rgb, alpha])
