#!/usr/bin/env python3
"""Patina: without a command the window opens; a command runs the engine without one."""

import os
import sys
from collections.abc import Sequence

from engine.commands import command_line
from engine.errors import UserError


def main() -> int:
    """Run the command line and return the exit code."""
    # Nothing is fetched unasked: the libraries that can reach a model hub read this when they are imported.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    return command_line.run(sys.argv[1:], open_window)


def open_window(files: Sequence[str]) -> int:
    """Open the desktop, with the one file of ``files`` in it if there is one; return the exit code."""
    try:
        from desktop.app import main as run_desktop
    except ImportError as error:
        raise UserError(
            f"The window cannot open ({error}); run `python3 installers/bootstrap.py app`, which mends that."
        ) from error
    return run_desktop(files)


if __name__ == "__main__":
    sys.exit(main())
