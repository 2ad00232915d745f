"""Checksums of large files."""

import hashlib
import time
from collections.abc import Generator
from pathlib import Path

from engine.events import Progress, RunEvent
from engine.files import open_to_read

CHUNK_BYTES = 1 << 24


def sha256_of(path: Path, phase: str) -> Generator[RunEvent, None, str]:
    """Return the SHA-256 of a file as hex digits, telling the progress of ``phase`` in bytes; raises UserError."""
    start, done = time.monotonic(), 0
    digest = hashlib.sha256()
    with open_to_read(path) as file:
        size = path.stat().st_size
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            done += len(chunk)
            yield Progress(phase, done, size, time.monotonic() - start, unit="bytes")
    return digest.hexdigest()
