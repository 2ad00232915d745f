#!/usr/bin/env python3
"""Set Patina up inside this repository, then run it: `python3 installers/bootstrap.py demo | test | app`."""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")


def main() -> int:
    """Check the Python, then hand over; this file alone must parse on old Pythons."""
    if sys.version_info < OLDEST_PYTHON:
        print(old_python_message(sys.version_info[:2]), file=sys.stderr)
        return 2
    # A script's path starts with its own folder; the modules beside it are imported from the repository's root.
    sys.path[0] = str(ROOT)
    from installers.commands import run

    return run(sys.argv[1:], ROOT)


def old_python_message(version: "tuple[int, ...]") -> str:
    """Return the sentence that refuses a Python older than Patina needs, naming a newer one where it is on PATH."""
    found = ".".join(str(number) for number in version)
    newer = next((name for name in NEWER_PYTHONS if shutil.which(name)), None)
    advice = f"run it as `{newer} installers/bootstrap.py`" if newer else "install a newer Python and run it with that"
    return f"Patina needs Python 3.11 or newer and this is {found}; {advice}."


if __name__ == "__main__":
    sys.exit(main())
