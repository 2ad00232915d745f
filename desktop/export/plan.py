"""Where an export goes, how large it may get, and what speaks against it. Free of Qt."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from engine.clip_export import frame_file
from engine.jobs import (
    CLIP_SUFFIXES,
    SUFFIXES,
    AlphaMode,
    BitDepth,
    ClipExport,
    ClipFormat,
    Content,
    StillExport,
    StillFormat,
)
from engine.project import Footage, Project

AnyFormat = StillFormat | ClipFormat

DEFAULT_NAME = "{picture}_{layer}_v{version}"
TOKENS = ("{picture}", "{layer}", "{version}")
TOKEN = re.compile(r"\{[^{}]*\}")
# What Windows forbids in names, so that a file can be handed on to any system.
FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
LONGEST_PART = 80
LAST_VERSION = 9999
# Of a movie's frames, by trials with fine grain; a still's bytes are known.
MOVIE_BYTES_A_PIXEL = {"prores": 0.6, "h264": 0.3}
PLACEHOLDER = re.compile(r"[._ -]*(%\d*d|#+)")
CHANNELS: dict[Content, int] = {"layer": 4, "composite": 3, "alpha": 1, "greenscreen": 3}


@dataclass(frozen=True)
class ExportChoices:
    """What the user chose; ``name`` is a pattern that may hold TOKENS, without suffix."""

    what: Content
    layer: str
    format: AnyFormat
    bits: BitDepth
    alpha: AlphaMode
    folder: Path
    name: str


@dataclass(frozen=True)
class ExportPlan:
    """What would happen: ``size`` is the most that the files can take, ``free`` the room on the disk, both in bytes.

    ``frames`` are the numbers of a clip's frames, None for a still; ``path`` names a sequence as `ClipExport` does.
    ``free`` is None where there is no such folder; ``problem`` is one sentence, empty where nothing hinders.
    """

    path: Path
    size: int
    free: int | None
    replaces: bool
    problem: str
    frames: range | None = None

    def job(self, choices: ExportChoices, project_folder: Path) -> StillExport | ClipExport:
        """Return the job; raises UserError where a choice is not valid."""
        kind = StillExport if self.frames is None else ClipExport
        return kind(
            str(project_folder),
            str(self.path),
            what=choices.what,
            layer="" if choices.what == "composite" else choices.layer,
            format=choices.format,  # type: ignore[arg-type]  # the job itself refuses another kind's formats
            bits=choices.bits,
            alpha=choices.alpha if choices.what == "layer" else "straight",
        )

    def file_words(self) -> str:
        """Return the name of what is written; of a sequence, of its first and last picture."""
        if self.frames is None or self.path.suffix != ".png":
            return self.path.name
        first, last = (frame_file(self.path, number).name for number in (self.frames[0], self.frames[-1]))
        return first if first == last else f"{first} … {last}"


def plan(choices: ExportChoices, project: Project) -> ExportPlan:
    """Return the plan for ``choices``; looks at the disk."""
    path = choices.folder / f"{_file_name(choices, project)}{_suffix(choices)}"
    footage = project.footage
    frames = project.work_area if footage is not None and footage.is_clip else None
    size = _largest_size(choices, project) * (1 if frames is None else len(frames))
    free = shutil.disk_usage(choices.folder).free if choices.folder.is_dir() else None
    problem = _name_problem(choices) or _content_problem(choices) or _path_problem(path, size, free)
    if not problem and frames is not None and footage is not None:
        problem = _among_frames_problem(path, footage)
    return ExportPlan(path, size, free, _exists(path, frames, choices), problem, frames)


def footage_name(footage: Footage) -> str:
    """Return what footage is called in names: without its ending, and without a pattern's number."""
    return PLACEHOLDER.sub("", footage.path.stem) or footage.path.parent.name


def size_text(size: int) -> str:
    """Return a number of bytes in words."""
    for unit, one in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= one:
            return f"{size / one:.1f} {unit}" if size < 100 * one else f"{size / one:.0f} {unit}"
    return f"{size} bytes"


def safe_part(text: str) -> str:
    """Return ``text`` as a part of a file name that every system takes."""
    return FORBIDDEN.sub("_", "_".join(text.split())).strip("._")[:LONGEST_PART] or "unnamed"


def _file_name(choices: ExportChoices, project: Project) -> str:
    """Return the name without suffix: the first version that does not exist, where the pattern asks for one."""
    picture = footage_name(project.footage) if project.footage else ""
    known = {"{picture}": safe_part(picture), "{layer}": safe_part(_content_name(choices, project))}
    name = TOKEN.sub(lambda token: known.get(token[0], token[0]), choices.name.strip())
    if "{version}" not in name:
        return name
    frames = project.work_area if project.footage is not None and project.footage.is_clip else None
    versions = (name.replace("{version}", f"{number:03}") for number in range(1, LAST_VERSION))
    suffix = _suffix(choices)
    free = (each for each in versions if not _exists(choices.folder / f"{each}{suffix}", frames, choices))
    return next(free, name.replace("{version}", str(LAST_VERSION)))


def _content_name(choices: ExportChoices, project: Project) -> str:
    if choices.what == "composite":
        return "composite"
    name = next((layer.name for layer in project.layers if layer.id == choices.layer), "")
    return name if choices.what == "layer" else f"{name} {choices.what}"


def _largest_size(choices: ExportChoices, project: Project) -> int:
    """Return a frame's size without compression; what that saves is not known before."""
    if project.footage is None:
        return 0
    pixels = project.footage.width * project.footage.height
    if choices.format in MOVIE_BYTES_A_PIXEL:
        return round(pixels * MOVIE_BYTES_A_PIXEL[choices.format])
    return pixels * CHANNELS[choices.what] * choices.bits // 8


def _suffix(choices: ExportChoices) -> str:
    return {**CLIP_SUFFIXES, **SUFFIXES}[choices.format][0]


def _exists(path: Path, frames: range | None, choices: ExportChoices) -> bool:
    if frames is None or choices.format != "png":
        return path.is_file()
    return any(frame_file(path, number).is_file() for number in frames)


def _content_problem(choices: ExportChoices) -> str:
    if choices.format in MOVIE_BYTES_A_PIXEL and choices.what in ("layer", "alpha"):
        return "This movie has no alpha; choose PNG for the layer, or the green screen."
    return ""


def _among_frames_problem(path: Path, footage: Footage) -> str:
    source = footage.path if footage.path.is_dir() else footage.path.parent
    if not footage.path.is_file() and path.parent.resolve() == source.resolve():
        return f"{source} holds the clip’s own frames; choose another folder."
    return ""


def _name_problem(choices: ExportChoices) -> str:
    name = choices.name.strip()
    if not name:
        return "The name is empty; write one, for instance {picture}_{layer}."
    if unknown := [token for token in TOKEN.findall(name) if token not in TOKENS]:
        return f"The name holds {unknown[0]}, which is unknown; use {', '.join(TOKENS)}."
    if found := FORBIDDEN.search(name):
        return f"The name holds “{found[0]}”, which no file name may hold; leave it out."
    return ""


def _path_problem(path: Path, size: int, free: int | None) -> str:
    folder = path.parent
    if free is None:
        return f"The folder {folder} does not exist; choose another one."
    if not os.access(folder, os.W_OK):
        return f"The folder {folder} cannot be written to; choose another one."
    if path.is_dir():
        return f"{path.name} is a folder; choose another name."
    if free < size:
        return f"The export may need {size_text(size)}, but only {size_text(free)} are free; choose another disk."
    return ""
