"""The command line as a whole: which command is asked for, and which exit code answers."""

import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.commands import atlas, demo, edit, export, import_layer, models
from engine.commands.parser import OneLineParser
from engine.devices import out_of_memory_advice
from engine.errors import UserError

SUCCESS, BUG, USER_ERROR, INTERRUPTED = 0, 1, 2, 130
COMMANDS = {
    "demo": demo.add_demo,
    "edit": edit.add_edit,
    "atlas": atlas.add_atlas,
    "export": export.add_export,
    "import": import_layer.add_import,
    "models": models.add_models,
}

OpenWindow = Callable[[str | None], int]


def run(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Carry out ``arguments`` and return the exit code: 0, 2 for what the user can mend, 1 for a bug, 130 for Ctrl+C.

    ``open_window`` opens the desktop, with a project or picture or None, where no command is named.
    """
    if not sys.warnoptions:
        # Libraries warn their developers on standard error, which belongs to the progress and the one clear line.
        warnings.simplefilter("ignore")
    try:
        return _run(arguments, open_window)
    except UserError as error:
        return _complain(str(error), USER_ERROR)
    except KeyboardInterrupt:
        return _complain("Interrupted.", INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the last stop before the user would see a traceback
        if advice := out_of_memory_advice(error):
            return _complain(advice, USER_ERROR)
        return _complain(f"This is a bug in Patina, not yours; what went wrong is written in {_write_log()}.", BUG)


def _run(arguments: Sequence[str], open_window: OpenWindow) -> int:
    if not arguments:
        return open_window(None)
    parser, first = _parser(), arguments[0]
    if first in COMMANDS or first.startswith("-"):
        options = parser.parse_args(arguments)
        options.run(options)
        return SUCCESS
    if not Path(first).exists():
        parser.error(f"there is no file and no command named {first}")
    if len(arguments) > 1:
        parser.error("the window opens one picture or project at a time")
    return open_window(first)


def _parser() -> OneLineParser:
    parser = OneLineParser(
        description="Edit local footage with words. Without a command, the window opens, with FILE in it if given.",
        usage="%(prog)s [FILE] | demo | edit | atlas | export | import | models [-h] ...",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", prog=parser.prog)
    for add in COMMANDS.values():
        add(commands)
    return parser


def _complain(sentence: str, code: int) -> int:
    print(" ".join(sentence.split()), file=sys.stderr)
    return code


def _write_log() -> str:
    """Write the traceback of the exception in hand to a file of its own; return the file's path."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="patina-", suffix=".log", delete=False) as log:
        log.write(traceback.format_exc())
    return log.name
