"""`models`: what the guides are made of, and what can be had beside."""

import argparse
from collections.abc import Generator
from typing import TypeVar, get_args

from engine.commands.parser import Commands
from engine.commands.progress import ProgressLine
from engine.context import RunContext
from engine.errors import UserError
from engine.events import RunEvent
from engine.jobs import Device, ModelCheck, ModelImport, ModelPull

MEGABYTE = 1_000_000
Result = TypeVar("Result")


def add_models(commands: Commands) -> None:
    """Add the command `models`."""
    parser = commands.add_parser("models", help="list, pull, import, remove and check models", allow_abbrev=False)
    actions = parser.add_subparsers(required=True, metavar="ACTION", prog=parser.prog)

    listing = actions.add_parser("list", help="show what is installed, and what there is to have", allow_abbrev=False)
    listing.set_defaults(run=lambda _options: _list())

    pulling = actions.add_parser("pull", help="download a model from the hub", allow_abbrev=False)
    pulling.add_argument("name", metavar="NAME", help="as listed, or ORGANISATION/REPOSITORY, or ARCHITECTURE:TAG")
    pulling.set_defaults(run=_pull)

    importing = actions.add_parser("import", help="install a model from a file or folder", allow_abbrev=False)
    importing.add_argument("path", metavar="PATH", help="a file of weights, a model folder, or the hub's cache")
    importing.add_argument("--name", default="", metavar="NAME", help="what to call it; tells its architecture, too")
    importing.set_defaults(run=_import)

    removing = actions.add_parser("remove", help="remove an installed model", allow_abbrev=False)
    removing.add_argument("name", metavar="NAME")
    removing.set_defaults(run=_remove)

    checking = actions.add_parser("check", help="see whether a model can see", allow_abbrev=False)
    checking.add_argument("name", metavar="NAME", help="starter, or the name of an installed model")
    checking.add_argument("--device", choices=get_args(Device), default=ModelCheck.device, help="default: auto")
    checking.set_defaults(run=_check)


def _list() -> None:
    from engine.guidance.models.catalogue import entries
    from engine.guidance.models.guides import installed_models
    from engine.guidance.models.store import ModelStore

    store = ModelStore()
    print("Installed")
    for model in installed_models(store):
        print(f"  {model.guide}: {model.title}")
        print(f"      licence {model.licence}, {_size(model.bytes)}, {model.place}")
    if incomplete := store.incomplete():
        print("\nIncomplete (`patina models pull NAME` goes on)")
        for name in incomplete:
            print(f"  {name}: {_size(store.incomplete_bytes(name))} here")
    print("\nAvailable (`patina models pull NAME`)")
    for entry in entries():
        if store.find(entry.name) is None:
            print(f"  {entry.name}: {entry.title}{', recommended' if entry.recommended else ''}")
            print(f"      {_size(entry.bytes)} to download, {entry.memory_mb} MB of memory, {entry.speed}")
            print(f"      licence {entry.licence}, {entry.source}")
    print(f"\nModels are kept in {store.folder}.")


def _pull(options: argparse.Namespace) -> None:
    job = ModelPull(options.name.removeprefix("openclip:"))
    from engine.guidance.models.downloading import run_model_pull

    result = _follow(run_model_pull(job, RunContext()))
    print(f"{result.name} is installed in {result.folder}; use it with --guide openclip:{result.name}.")


def _import(options: argparse.Namespace) -> None:
    job = ModelImport(options.path, options.name.removeprefix("openclip:"))
    from engine.guidance.models.importing import run_model_import

    result = _follow(run_model_import(job, RunContext()))
    print(f"{result.name} is installed in {result.folder}; use it with --guide openclip:{result.name}.")


def _remove(options: argparse.Namespace) -> None:
    from engine.guidance.models.store import ModelStore

    name = options.name.removeprefix("openclip:")
    print(f"{name} is removed; {_size(ModelStore().remove(name))} are free again.")


def _check(options: argparse.Namespace) -> None:
    name = options.name
    job = ModelCheck(name if name == "starter" or name.startswith("openclip:") else f"openclip:{name}", options.device)
    from engine.devices import choose_device, set_up_command_line
    from engine.guidance.models.checking import run_model_check

    set_up_command_line()
    result = _follow(run_model_check(job, RunContext(choose_device(job.device))))
    for caption, probability in result.scores:
        print(f"{probability:7.1%}  {caption}")
    if not result.sees:
        raise UserError(result.verdict)
    print(f"{result.verdict} It took {result.seconds:.0f} seconds.")


def _follow(run: Generator[RunEvent, None, Result]) -> Result:
    return ProgressLine().follow(run)


def _size(count: int) -> str:
    return f"{count / MEGABYTE:.1f} MB"
