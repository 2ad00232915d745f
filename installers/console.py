"""Saying what is done, and running the programs that do it."""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

HEARTBEAT = 10.0
LONGEST_LINE = 90


class SetupError(Exception):
    """The setup cannot go on; the message says what is wrong and what to do."""


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


class Steps:
    """Numbered steps with the seconds each took."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Announce a step, and say at its end how long it took."""
        self._number += 1
        say(f"[{self._number}/{self._total}] {title}")
        start = time.monotonic()
        yield
        say(f"      took {time.monotonic() - start:.0f} s")


def run_logged(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> bool:
    """Run ``command`` with its output in ``log``, with a sign of life every few seconds; True where it ended well."""
    log.parent.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
        ) as process,
    ):
        while True:
            try:
                return process.wait(HEARTBEAT) == 0
            except subprocess.TimeoutExpired:
                say(f"      {time.monotonic() - start:4.0f} s  {last_line(log)}")


def run_shown(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> int:
    """Run ``command`` in ``folder`` with its output on the screen; return its exit code."""
    with subprocess.Popen(command, cwd=folder, env=environment) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                # The terminal interrupted the child too: let it tidy up and end by itself.
                continue


def last_line(log: Path) -> str:
    """Return the last line of ``log``, shortened to fit a terminal."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    line = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 3] + "..."
