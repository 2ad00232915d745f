"""`import`: bring a layer back from another program into a saved project."""

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from engine.commands.parser import Commands
from engine.commands.progress import ProgressLine
from engine.context import RunContext
from engine.jobs import ImportedAlpha, LayerImport, Transfer

if TYPE_CHECKING:
    from engine.results import ImportResult


def add_import(commands: Commands) -> None:
    """Add the command `import`."""
    parser = commands.add_parser(
        "import", help="add a picture, sequence or movie with alpha to a project", allow_abbrev=False
    )
    parser.add_argument("project", type=Path, metavar="PROJECT", help="a .patina folder")
    parser.add_argument("source", type=Path, metavar="PATH", help="a still, a movie, or a folder or pattern of stills")
    parser.add_argument("--name", default="", metavar="TEXT", help="the layer's name (default: the file's)")
    parser.add_argument(
        "--alpha", choices=get_args(ImportedAlpha), default="auto", help="how its colour lies under alpha"
    )
    parser.add_argument(
        "--transfer", choices=get_args(Transfer), default="auto", help="what its values are (default: by its kind)"
    )
    parser.add_argument("--start", type=int, metavar="N", help="number of the clip's frame at which it begins")
    parser.add_argument(
        "--atlas-layer", default="", metavar="NAME", help="the layer of the atlas on which the picture lies"
    )
    parser.set_defaults(run=_import)


def _import(options: argparse.Namespace) -> None:
    from engine.project import new_id
    from engine.project_folder import load_project, save_project
    from engine.runs import run

    folder: Path = options.project
    project = load_project(folder)
    job = LayerImport(
        project=str(folder),
        source=str(options.source),
        layer=new_id(),
        name=options.name,
        alpha=options.alpha,
        transfer=options.transfer,
        start=options.start,
        atlas_layer=options.atlas_layer,
    )
    result: ImportResult = ProgressLine().follow(run(job, RunContext()))  # type: ignore[assignment]
    try:
        save_project(project.add_layer(result.layer), folder, folder)
    except BaseException:
        _remove(folder / result.layer.picture)
        raise
    print(_told(result, folder))


def _told(result: "ImportResult", folder: Path) -> str:
    layer = result.layer
    frames = f", frames {layer.frames[0]} to {layer.frames[1]}" if layer.frames else ""
    place = f", on the atlas’s {layer.atlas_layer}" if layer.atlas_layer else ""
    return f"Added the layer “{layer.name}” to {folder} ({result.alpha} colour{frames}{place})."


def _remove(picture: Path) -> None:
    if picture.is_dir():
        shutil.rmtree(picture, ignore_errors=True)
    else:
        picture.unlink(missing_ok=True)
