"""Where a script finds its media: beside itself first, so that a delivery can move to another machine."""

import os
from pathlib import Path

from engine.handoff.composition import Media


def relative_to(path: Path, folder: Path) -> str:
    """Return an absolute path as seen from a folder, with forward slashes; "" where they lie on different drives."""
    try:
        return Path(os.path.relpath(path, folder.absolute())).as_posix()
    except ValueError:
        return ""


def inside(path: Path, folder: Path) -> str:
    """Return a path as seen from a folder that it lies in, with forward slashes; "" for one that lies elsewhere.

    What was delivered with a script moves with it; the source stays where it is.
    """
    relative = relative_to(path, folder)
    return "" if relative.split("/")[0] == ".." else relative


def places(media: Media, folder: Path) -> list[str]:
    """Return where to look for the (first) file of media: as seen from the script's folder, then absolutely."""
    relative = relative_to(media.first_file, folder)
    absolute = media.first_file.as_posix()
    return [relative, absolute] if relative else [absolute]
