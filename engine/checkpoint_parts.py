"""What a job keeps outside its checkpoint's folder, and loses with it: folders of half-done files on other disks."""

import json
import shutil
from pathlib import Path

from engine.files import write_text

PARTS_FILE = "parts.json"
# What is removed must say by its name that it may be.
PART_SUFFIX = ".patina-part"


def note_part(checkpoint: Path, part: Path) -> None:
    """Let a folder, whose name ends in PART_SUFFIX, go with the checkpoint; UserError where that cannot be written."""
    if part.suffix != PART_SUFFIX:
        raise ValueError(f"{part} is not named as a part")
    known = [str(each) for each in parts_of(checkpoint)]
    write_text(checkpoint / PARTS_FILE, json.dumps([*(each for each in known if each != str(part)), str(part)]))


def parts_of(checkpoint: Path) -> tuple[Path, ...]:
    """Return the folders that go with a checkpoint; what is damaged names none."""
    try:
        names = json.loads((checkpoint / PARTS_FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return ()
    paths = [Path(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []
    return tuple(path for path in paths if path.is_absolute() and path.suffix == PART_SUFFIX)


def remove_parts(checkpoint: Path) -> None:
    """Remove the folders that go with a checkpoint, as far as they can be reached."""
    for part in parts_of(checkpoint):
        shutil.rmtree(part, ignore_errors=True)
