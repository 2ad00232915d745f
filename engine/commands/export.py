"""`export`: write a picture, a sequence or a movie of a saved project."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from engine.commands.clip_options import frame_range
from engine.commands.parser import Commands
from engine.commands.progress import ProgressLine
from engine.context import RunContext
from engine.errors import UserError
from engine.jobs import AlphaMode, ClipExport, ClipFormat, StillExport, StillFormat

if TYPE_CHECKING:
    from engine.project import Project


FORMATS = tuple(dict.fromkeys((*get_args(StillFormat), *get_args(ClipFormat))))


def add_export(commands: Commands) -> None:
    """Add the command `export`."""
    parser = commands.add_parser("export", help="write a layer or the composite of a project", allow_abbrev=False)
    parser.add_argument("project", type=Path, metavar="PROJECT", help="a .patina folder")
    parser.add_argument("--out", required=True, metavar="PATH", help="the file to write")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--layer", metavar="NAME", help="write this layer alone, with its alpha")
    what.add_argument("--composite", action="store_true", help="write all layers over the footage (default)")
    parser.add_argument(
        "--format", required=True, choices=FORMATS, help="of clips: png a sequence, prores or h264 a movie"
    )
    parser.add_argument("--alpha", choices=get_args(AlphaMode), default=StillExport.alpha, help="default: straight")
    parser.add_argument("--range", metavar="A-B", help="frame numbers of a clip, instead of its work area")
    parser.add_argument(
        "--start", type=int, metavar="N", help="number of the first picture, instead of the source's own"
    )
    parser.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> None:
    from engine.project_folder import load_project
    from engine.runs import run

    project = load_project(options.project)
    layer = "" if options.layer is None else _layer_id(project, options.layer)
    is_clip = project.footage is not None and project.footage.is_clip
    job = _clip_export(options, layer) if is_clip else _still_export(options, layer)
    written = ProgressLine().follow(run(job, RunContext()))
    print(f"Wrote {options.out}." if written == Path(options.out) else f"Wrote the frames into {written}.")


def _still_export(options: argparse.Namespace, layer: str) -> StillExport:
    if options.range is not None or options.start is not None:
        raise UserError("--range and --start are for projects of clips; leave them out.")
    return StillExport(
        project=str(options.project),
        out=options.out,
        what="layer" if layer else "composite",
        layer=layer,
        format=options.format,
        alpha=options.alpha,
    )


def _clip_export(options: argparse.Namespace, layer: str) -> ClipExport:
    first, last = frame_range(options.range)
    return ClipExport(
        project=str(options.project),
        out=options.out,
        what="layer" if layer else "composite",
        layer=layer,
        format=options.format,
        alpha=options.alpha,
        first=first,
        last=last,
        start=options.start,
    )


def _layer_id(project: "Project", name: str) -> str:
    """Return the id of the one layer called ``name``; raises UserError where there is none, or more than one."""
    found = [layer.id for layer in project.layers if layer.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(f"{len(found)} layers are called {name}; rename them in the window so that one is meant.")
    names = ", ".join(layer.name for layer in project.layers) or "none"
    raise UserError(f"The project has no layer called {name}; its layers are: {names}.")
