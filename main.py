#!/usr/bin/env python3
"""Patina: without a command the window opens; a command runs the engine without one."""

import os
import sys

from engine.commands import command_line
from engine.errors import UserError


def main() -> int:
    """Run the command line and return the exit code."""
    # Nothing is fetched unasked: the libraries that can reach a model hub read this when they are imported.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    return command_line.run(sys.argv[1:], open_window)


def open_window(project_or_picture: str | None) -> int:
    """Open the desktop, with a project or a picture where one is named; return the exit code when it closes.

    Raises UserError where there is no screen, or Qt or one of its libraries is missing.
    """
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in screens):
        # Qt would end the process itself, with a page of advice about its plugins.
        raise UserError("There is no screen to open the window on; `main.py --help` lists what works without one.")
    try:
        from desktop.app import main as run_desktop
    except ImportError as error:
        raise UserError(
            f"The window cannot open ({error}); run `python3 installers/bootstrap.py app`, which mends that."
        ) from error
    return run_desktop(project_or_picture)


if __name__ == "__main__":
    sys.exit(main())
