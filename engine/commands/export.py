"""`export`: write one picture of a saved project."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from engine.commands.parser import Commands
from engine.commands.progress import ProgressLine
from engine.context import RunContext
from engine.errors import UserError
from engine.jobs import AlphaMode, StillExport, StillFormat

if TYPE_CHECKING:
    from engine.project import Project


def add_export(commands: Commands) -> None:
    """Add the command `export`."""
    parser = commands.add_parser("export", help="write a layer or the composite of a project", allow_abbrev=False)
    parser.add_argument("project", type=Path, metavar="PROJECT", help="a .patina folder")
    parser.add_argument("--out", required=True, metavar="PATH", help="the file to write")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--layer", metavar="NAME", help="write this layer alone, with its alpha")
    what.add_argument("--composite", action="store_true", help="write all layers over the footage (default)")
    parser.add_argument("--format", required=True, choices=get_args(StillFormat), help="16 bits a channel")
    parser.add_argument("--alpha", choices=get_args(AlphaMode), default=StillExport.alpha, help="default: straight")
    parser.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> None:
    from engine.export import run_export
    from engine.project_folder import load_project

    layer = "" if options.layer is None else _layer_id(load_project(options.project), options.layer)
    job = StillExport(
        project=str(options.project),
        out=options.out,
        what="layer" if layer else "composite",
        layer=layer,
        format=options.format,
        alpha=options.alpha,
    )
    ProgressLine().follow(run_export(job, RunContext()))
    print(f"Wrote {options.out}.")


def _layer_id(project: "Project", name: str) -> str:
    """Return the id of the one layer called ``name``; raises UserError where there is none, or more than one."""
    found = [layer.id for layer in project.layers if layer.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(f"{len(found)} layers are called {name}; rename them in the window so that one is meant.")
    names = ", ".join(layer.name for layer in project.layers) or "none"
    raise UserError(f"The project has no layer called {name}; its layers are: {names}.")
