"""`export`: write layers, the composite, mattes, textures or UV maps of a saved project."""

import argparse
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from engine.commands.clip_options import frame_range
from engine.commands.formats import format_named
from engine.commands.parser import Commands, OneLineParser
from engine.commands.progress import ProgressLine
from engine.context import RunContext
from engine.delivery.presets import DESTINATIONS
from engine.errors import UserError
from engine.jobs import ClipDelivery, Delivery, HandoffName, StillDelivery
from engine.jobs.deliveries import DEFAULT_NAME, HANDOFF_CONTENTS, PASSES_CONTENTS, RGBA_CONTENTS, Content
from engine.media.formats import FORMATS, FormatName
from engine.media.writers.slate import AlphaMode

if TYPE_CHECKING:
    from engine.project import Project
    from engine.results import DeliveryResult

# What may follow the point in a file's name, other than a folder's: png, tiff or mp4, but not v002.
FILE_SUFFIX = re.compile(r"\.[a-z]{2}[a-z0-9]{1,2}")
WITH_LAYER: tuple[Content, ...] = ("layer", "alpha", "greenscreen", "matte")
HANDOFFS: dict[str, HandoffName] = {name.replace("_", "-"): name for name in get_args(HandoffName)}


def add_export(commands: Commands) -> None:
    """Add the command `export`."""
    parser = commands.add_parser(
        "export",
        help="write layers or the composite of a project",
        epilog="The files get a sidecar, NAME.patina.json, that tells how they were made and how they are to be read.",
        allow_abbrev=False,
    )
    parser.add_argument("project", type=Path, metavar="PROJECT", help="a .patina folder")
    parser.add_argument(
        "--out", required=True, metavar="PATH", help="the file to write (of frames: gold.exr), or a folder"
    )
    _add_contents(parser)
    _add_format(parser)
    parser.add_argument("--range", metavar="A-B", help="frame numbers of a clip, instead of its work area")
    parser.add_argument(
        "--start", type=int, metavar="N", help="number of the first picture, instead of the source's own"
    )
    parser.add_argument(
        "--name",
        metavar="PATTERN",
        help=f"names of the files in a folder, of {{clip}}, {{layer}}, {{version}}, {{date}} (default: {DEFAULT_NAME})",
    )
    parser.set_defaults(run=_export)


def _add_contents(parser: OneLineParser) -> None:
    parser.add_argument("--layer", metavar="NAME", help="write this layer alone, with its alpha")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--composite",
        action="store_const",
        const="composite",
        dest="what",
        help="write all layers over the footage (default)",
    )
    what.add_argument(
        "--all-layers", action="store_const", const="layers", dest="what", help="write each visible layer alone"
    )
    what.add_argument(
        "--what", choices=get_args(Content), help="write this; alpha and greenscreen are those of --layer"
    )


def _add_format(parser: OneLineParser) -> None:
    names = ", ".join(("prores", *FORMATS))
    parser.add_argument("--format", metavar="NAME", help=f"one of {names}")
    parser.add_argument("--preset", choices=tuple(DESTINATIONS), help="format and scripts that suit a destination")
    parser.add_argument("--alpha", choices=get_args(AlphaMode), help="instead of the format's convention")
    parser.add_argument("--no-opacity", action="store_true", help="leave the layers' own opacity out of their alpha")
    parser.add_argument(
        "--passes", action="store_true", help="of OpenEXR: write foreground, background and matte along"
    )
    parser.add_argument(
        "--hand-off",
        action="append",
        default=[],
        choices=tuple(HANDOFFS),
        help="a script that builds the composition; may be given several times",
    )
    parser.add_argument("--no-sound", action="store_true", help="leave the sound out of movies of composites")


def _export(options: argparse.Namespace) -> None:
    if options.format is None and options.preset is None:
        raise UserError("Neither --format nor --preset was given; name one, for instance --format png.")
    from engine.delivery.outputs import next_version
    from engine.project_folder import load_project
    from engine.runs import run

    project = load_project(options.project)
    is_clip = project.footage is not None and project.footage.is_clip
    job = _job(options, project, is_clip)
    job = replace(job, version=next_version(job, project))
    result: Any = ProgressLine().follow(run(job, RunContext()))
    print(_told(result))


def _job(options: argparse.Namespace, project: "Project", is_clip: bool) -> Delivery:
    preset: dict[str, Any] = {} if options.preset is None else dict(DESTINATIONS[options.preset].settings(is_clip))
    layer = "" if options.layer is None else _layer_id(project, options.layer)
    what: Content = options.what or ("layer" if layer else preset.get("what", "composite"))
    if layer and what not in WITH_LAYER:
        raise UserError(f"--layer names one layer, and {what} is of more; leave one of the two out.")
    form = preset["format"] if options.format is None else format_named(options.format, what in RGBA_CONTENTS)
    folder, name = _place(options.out, options.name, form)
    usual_passes = form in ("exr", "exr32") and what in PASSES_CONTENTS and preset.get("passes", False)
    usual_handoffs = preset.get("handoffs", ()) if what in HANDOFF_CONTENTS else ()
    settings: dict[str, Any] = {
        "project": str(options.project.absolute()),
        "folder": str(folder.absolute()),
        "what": what,
        "layer": layer,
        "format": form,
        "name": name,
        "alpha": options.alpha or "",
        "bake_opacity": not options.no_opacity,
        "passes": options.passes or usual_passes,
        "handoffs": tuple(dict.fromkeys((*usual_handoffs, *(HANDOFFS[each] for each in options.hand_off)))),
    }
    if is_clip:
        first, last = frame_range(options.range)
        return ClipDelivery(**settings, first=first, last=last, start=options.start, sound=not options.no_sound)
    if options.range is not None or options.start is not None:
        raise UserError("--range and --start are for projects of clips; leave them out.")
    return StillDelivery(**settings)


def _place(out: str, pattern: str | None, form: FormatName) -> tuple[Path, str]:
    """Return the folder and the name that --out and --name say."""
    path, suffixes = Path(out), FORMATS[form].suffixes
    if path.is_dir() or out.endswith(("/", "\\")) or not FILE_SUFFIX.fullmatch(path.suffix.lower()):
        return path, pattern or DEFAULT_NAME
    if path.suffix.lower() not in suffixes:
        raise UserError(f"The name {path.name!r} must end in {' or '.join(suffixes)} for this format.")
    if pattern is not None:
        raise UserError(f"--out names the file {path.name} already; leave --name out, or name a folder.")
    return path.parent, path.name


def _layer_id(project: "Project", name: str) -> str:
    """Return the id of the one layer called ``name``; raises UserError where there is none, or more than one."""
    found = [layer.id for layer in project.layers if layer.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(f"{len(found)} layers are called {name}; rename them in the window so that one is meant.")
    names = ", ".join(layer.name for layer in project.layers) or "none"
    raise UserError(f"The project has no layer called {name}; its layers are: {names}.")


def _told(result: "DeliveryResult") -> str:
    """Return what was written, in one sentence."""
    first, last = result.files[0], result.files[-1]
    what = f"{first}" if first == last else f"{first} … {last.name} ({len(result.files)} files)"
    beside = ", ".join(path.name for path in (*result.scripts, result.sidecar))
    return f"Wrote {what}, and beside that {beside}."
