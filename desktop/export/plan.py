"""Where an export goes, how large it may get, and what speaks against it. Free of Qt."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from engine.jobs import SUFFIXES, AlphaMode, BitDepth, Content, StillExport, StillFormat
from engine.project import Project

DEFAULT_NAME = "{picture}_{layer}_v{version}"
TOKENS = ("{picture}", "{layer}", "{version}")
TOKEN = re.compile(r"\{[^{}]*\}")
# What Windows forbids in names, so that a file can be handed on to any system.
FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
LONGEST_PART = 80
LAST_VERSION = 9999
CHANNELS: dict[Content, int] = {"layer": 4, "composite": 3, "alpha": 1, "greenscreen": 3}


@dataclass(frozen=True)
class ExportChoices:
    """What the user chose; ``name`` is a pattern that may hold TOKENS, without suffix."""

    what: Content
    layer: str
    format: StillFormat
    bits: BitDepth
    alpha: AlphaMode
    folder: Path
    name: str


@dataclass(frozen=True)
class ExportPlan:
    """What would happen: ``size`` is the most that the file can take, ``free`` the room on its disk, both in bytes.

    ``free`` is None where there is no such folder; ``problem`` is one sentence, empty where nothing hinders.
    """

    path: Path
    size: int
    free: int | None
    replaces: bool
    problem: str

    def job(self, choices: ExportChoices, project_folder: Path) -> StillExport:
        """Return the job; raises UserError where a choice is not valid."""
        return StillExport(
            str(project_folder),
            str(self.path),
            what=choices.what,
            layer="" if choices.what == "composite" else choices.layer,
            format=choices.format,
            bits=choices.bits,
            alpha=choices.alpha if choices.what == "layer" else "straight",
        )


def plan(choices: ExportChoices, project: Project) -> ExportPlan:
    """Return the plan for ``choices``; looks at the disk."""
    path = choices.folder / f"{_file_name(choices, project)}{SUFFIXES[choices.format][0]}"
    size = _largest_size(choices, project)
    free = shutil.disk_usage(choices.folder).free if choices.folder.is_dir() else None
    problem = _name_problem(choices) or _path_problem(path, size, free)
    return ExportPlan(path, size, free, path.is_file(), problem)


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
    picture = project.footage.path.stem if project.footage else ""
    known = {"{picture}": safe_part(picture), "{layer}": safe_part(_content_name(choices, project))}
    name = TOKEN.sub(lambda token: known.get(token[0], token[0]), choices.name.strip())
    if "{version}" not in name:
        return name
    suffix = SUFFIXES[choices.format][0]
    versions = (name.replace("{version}", f"{number:03}") for number in range(1, LAST_VERSION))
    free = (version for version in versions if not (choices.folder / f"{version}{suffix}").exists())
    return next(free, name.replace("{version}", str(LAST_VERSION)))


def _content_name(choices: ExportChoices, project: Project) -> str:
    if choices.what == "composite":
        return "composite"
    name = next((layer.name for layer in project.layers if layer.id == choices.layer), "")
    return name if choices.what == "layer" else f"{name} {choices.what}"


def _largest_size(choices: ExportChoices, project: Project) -> int:
    """Return the size without compression; what compression saves is not known before."""
    if project.footage is None:
        return 0
    pixels = project.footage.width * project.footage.height
    return pixels * CHANNELS[choices.what] * choices.bits // 8


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
