"""`models`: what the guides are made of."""

from engine.commands.parser import Commands

MEGABYTE = 1_000_000


def add_models(commands: Commands) -> None:
    """Add the command `models`."""
    parser = commands.add_parser("models", help="the models on this machine", allow_abbrev=False)
    actions = parser.add_subparsers(required=True, metavar="ACTION", prog=parser.prog)
    listing = actions.add_parser("list", help="show each model's licence, size and place", allow_abbrev=False)
    listing.set_defaults(run=lambda _options: _list())


def _list() -> None:
    from engine.guidance.models.guides import installed_models

    for model in installed_models():
        print(f"{model.guide}: {model.title}")
        print(f"    licence {model.licence}, {model.bytes / MEGABYTE:.1f} MB, {model.place}")
