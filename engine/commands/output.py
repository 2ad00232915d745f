"""The folder for results, proven usable before the work that fills it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import UserError
from engine.files import make_folder

MEGABYTE = 1_000_000


@contextmanager
def output_folder(folder: Path, room: int) -> Iterator[None]:
    """Make ``folder``, and see that ``room`` bytes can be written there before the block works for them.

    Where the block fails, the folders made here that stayed empty are removed. Raises UserError.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        make_folder(folder)
        _check_writable(folder)
        _check_room(folder, room)
        yield
    except BaseException:
        with suppress(OSError):
            for path in made:
                path.rmdir()
        raise


def _check_writable(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UserError(f"Nothing can be written to {folder} ({error.strerror}); choose another folder.") from error


def _check_room(folder: Path, room: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < room:
        raise UserError(
            f"The disk of {folder} has {free // MEGABYTE} MB free, and the result can need {room // MEGABYTE} MB; "
            "free some space or choose another folder."
        )
