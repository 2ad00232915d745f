"""Reading and writing files so that nothing is lost: whole or not at all, and every refusal in one clear sentence."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from engine.errors import UserError

WRITING_ADVICE = {
    errno.ENOSPC: "There is no room left on the disk for {path}; free some space and try again.",
    errno.EDQUOT: "Your disk quota leaves no room for {path}; free some space and try again.",
    errno.EFBIG: "{path} is too large for this disk; choose a folder on another one.",
    errno.EACCES: "{path} may not be written; choose another folder or change the permissions.",
    errno.EPERM: "{path} may not be written; choose another folder or change the permissions.",
    errno.EROFS: "{path} cannot be written, as its disk is read-only; choose another folder.",
    errno.ENOENT: "The folder {folder} does not exist; make it or choose another one.",
    errno.ENOTDIR: "{folder} is not a folder; choose another one.",
    errno.EEXIST: "{path} is a file, not a folder; choose another folder.",
    errno.EISDIR: "{path} is a folder; choose another name for the file.",
    errno.ENOTEMPTY: "{path} is a folder; choose another name for the file.",
    errno.ENAMETOOLONG: "The name {path} is too long; choose a shorter one.",
}
READING_ADVICE = {
    errno.ENOENT: "There is no file {path}; check its name and folder.",
    errno.ENOTDIR: "There is no file {path}; check its name and folder.",
    errno.EISDIR: "{path} is a folder; choose a file in it.",
    errno.EACCES: "{path} may not be read; change its permissions or choose another file.",
    errno.EPERM: "{path} may not be read; change its permissions or choose another file.",
}


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the system refuses while the block writes ``path`` (no room, no permission) into a UserError."""
    try:
        yield
    except OSError as error:
        raise _refusal(WRITING_ADVICE, "written", path, error) from error


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a path in the same folder to write to; it takes the name ``path`` once it is whole and on the disk.

    Where anything goes wrong before that, whatever had the name ``path`` keeps it, and the part written is removed.
    Raises UserError for what the system refuses (no room, no permission, no folder).
    """
    part = path.with_name(f".{uuid4().hex}{path.suffix}")
    try:
        with writing(path):
            yield part
            # Without this, a power cut soon after the renaming can leave an empty file under the final name.
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file atomically; raises UserError as `atomic_path` does."""
    with atomic_path(path) as part:
        part.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 file atomically, line ends as they are; raises UserError as `atomic_path` does."""
    write_bytes(path, text.encode())


def make_folder(path: Path) -> None:
    """Make a folder, and those above it; one that exists is left as it is. Raises UserError where that fails."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refusal(WRITING_ADVICE, "made", path, error) from error


def open_to_read(path: Path) -> BinaryIO:
    """Return the file, open to be read as bytes; raises UserError where it is missing, a folder or forbidden."""
    try:
        return path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise _refusal(READING_ADVICE, "read", path, error) from error


def _refusal(advice: dict[int, str], done: str, path: Path, error: OSError | ValueError) -> UserError:
    sentence = advice.get(getattr(error, "errno", None) or 0)
    if sentence is None:
        reason = getattr(error, "strerror", None) or error
        return UserError(f"{path} could not be {done} ({reason}); choose another place and try again.")
    return UserError(sentence.format(path=path, folder=path.parent))
