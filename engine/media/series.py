"""Stills whose names are numbered: the series that one of them belongs to."""

from collections.abc import Sequence
from pathlib import Path

from engine.errors import UserError
from engine.media.sequences import NUMBERED, PLACEHOLDER, SUFFIXES, sequence_files
from engine.media.stills import picture_size

LEAST_FRAMES = 3  # two numbered photographs are no clip


def series_of(still: Path) -> Path | None:
    """Return the pattern, such as shot.%04d.png, that names a still and its neighbours as one clip.

    None where the name has no number, the numbers around it have a gap, or its neighbours are of another size.
    """
    parts = NUMBERED.fullmatch(still.stem)
    if parts is None or still.suffix.lower() not in SUFFIXES:
        return None
    before, digits, after = parts.groups()
    place = f"%0{len(digits)}d" if digits.startswith("0") or len(digits) >= 4 else "%d"
    pattern = still.with_name(f"{before}{place}{after}{still.suffix}")
    if PLACEHOLDER.sub("", before + after) != before + after:
        return None  # the name itself reads like a pattern
    try:
        files = sequence_files(pattern)
        at = next((index for index, file in enumerate(files) if file.path.name == still.name), None)
        if at is None or len(files) < LEAST_FRAMES:
            return None
        size = picture_size(still)
        neighbours = files[max(at - 1, 0) : at + 2]
        return pattern if all(picture_size(file.path) == size for file in neighbours) else None
    except (UserError, OSError):
        return None


def are_one_series(paths: Sequence[Path]) -> bool:
    """Return whether all of several paths are stills whose names, in one folder, differ in their number alone."""
    parts = [NUMBERED.fullmatch(path.stem) for path in paths]
    around = {
        (path.parent, part[1], part[3], path.suffix) if part else path for path, part in zip(paths, parts, strict=True)
    }
    return len(set(paths)) > 1 and len(around) == 1 and all(path.suffix.lower() in SUFFIXES for path in paths)
