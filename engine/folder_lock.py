"""One process a folder: a lock that the system ends with the process, however that ends."""

from pathlib import Path

from filelock import FileLock, Timeout

from engine.errors import UserError

LOCK_FILE = "in-use.lock"


def lock_folder(folder: Path) -> FileLock:
    """Return the folder's lock, taken; any thread may release it.

    Raises UserError where it is taken already, or where the folder cannot be written.
    """
    lock = FileLock(folder / LOCK_FILE, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UserError(f"Another Patina works in {folder}; close that one first.") from error
    except OSError as error:
        raise UserError(f"{folder} cannot be used ({error.strerror}); check its permissions.") from error
    return lock
