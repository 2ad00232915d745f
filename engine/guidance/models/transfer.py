"""Bringing one file of the hub to the disk: it goes on where it stopped, tries again, and checks what came."""

import json
import os
import time
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from engine.errors import UserError
from engine.events import Notice, RunEvent
from engine.files import write_text, writing
from engine.guidance.models.catalogue import RemoteFile
from engine.guidance.models.checksums import sha256_of
from engine.guidance.models.reading import HEARTBEAT_SECONDS, RANGE_REFUSED, Head, ReadingError, host_of, read_address
from engine.guidance.models.tally import Tally

PART_SUFFIX = ".part"
NOTE_SUFFIX = ".part.json"
OFFER_IMPORT = "or import the model from a file: `patina models import PATH`"


@dataclass(frozen=True)
class Patience:
    """How long a silence counts as a stall, and how often a broken transfer is tried again.

    ``tries`` are those in a row that bring nothing new; a server that was never reached gets one. Between two tries
    lies ``pause``, then twice that, and so on, in seconds.
    """

    stall_seconds: float = 20.0
    tries: int = 5
    pause: float = 1.0


@dataclass(frozen=True)
class _Note:
    """What is known of a file that came in part: the proof that it is still the same, its checksum and its size."""

    validator: str = ""
    sha256: str = ""
    total: int | None = None


class MissingFileError(UserError):
    """The hub has no such file."""


def transfer(
    file: RemoteFile, address: str, folder: Path, tally: Tally, before: int, patience: Patience
) -> Generator[RunEvent, None, None]:
    """Bring ``file`` from ``address`` into ``folder``; until it is whole and checked, its name ends in .part.

    ``before`` is how many bytes of other files the ``tally`` counts already. Size and checksum are those of ``file``,
    else those that the hub states. Closing the generator leaves the part, from which the next transfer goes on.
    Raises MissingFileError, and UserError for all else that keeps the file from coming whole.
    """
    if (folder / file.name).exists():
        return
    attempts = _Attempts(file, address, folder, patience)
    while True:
        try:
            yield from attempts.attempt(tally, before)
            if (yield from attempts.is_sound()):
                break
        except ReadingError as error:
            yield from attempts.wait(error, tally)
    attempts.finish()


class _Attempts:
    """The tries to bring one file."""

    def __init__(self, file: RemoteFile, address: str, folder: Path, patience: Patience) -> None:
        self._file, self._address, self._patience = file, address, patience
        self._final = folder / file.name
        self._part = folder / (file.name + PART_SUFFIX)
        self._notes = folder / (file.name + NOTE_SUFFIX)
        self._note = self._read_note()
        self._furthest = self._here()
        self._fruitless = 0
        self._reached = False
        self._resumed = self._anew = False

    def attempt(self, tally: Tally, before: int) -> Generator[RunEvent, None, None]:
        """Read on from where the part ends, to the end of the file; raises ReadingError, UserError."""
        if not self._can_go_on():
            self._drop()
        start = self._here()
        if start and start == self._expected():
            self._resumed = True
            return
        answers = read_address(self._address, start, self._note.validator, self._patience.stall_seconds)
        with closing(answers):
            head = yield from _first(answers, tally)
            self._reached = True
            start = self._begin(head, start)
            total = self._expected() or 0
            tally.expect(before + total)
            tally.move(before + start, jump=True)
            yield tally.progress()
            with writing(self._part), self._part.open("ab") as part:
                for answer in answers:
                    if isinstance(answer, bytes):
                        part.write(answer)
                        start += len(answer)
                        tally.move(before + start)
                    if answer is None or tally.is_due():
                        yield tally.progress()
        if total and start < total:
            raise ReadingError("the connection broke off", passing=True)
        yield tally.progress()

    def is_sound(self) -> Generator[RunEvent, None, bool]:
        """Return whether the part is the file; one that an earlier attempt began is dropped where it is not.

        Raises UserError where a file that came in one go is another one than it should be.
        """
        size, expected, wanted = self._here(), self._expected(), self._sha256()
        problem = f"it has {size} bytes instead of {expected}" if expected not in (None, size) else ""
        if not problem and wanted and (yield from sha256_of(self._part, "checking what came")) != wanted:
            problem = "its checksum is another one"
        if not problem:
            return True
        self._drop()
        if self._resumed and not self._anew:
            self._anew = True
            yield Notice(f"The parts of {self._file.name} do not fit together, so it is downloaded anew.")
            return False
        raise self._foreign(problem)

    def wait(self, error: ReadingError, tally: Tally) -> Generator[RunEvent, None, None]:
        """Wait before the next try; raises UserError where there is none."""
        if error.status == RANGE_REFUSED:
            self._drop()  # longer than the file
        self._reached = self._reached or error.reached
        if self._here() > self._furthest:
            self._furthest, self._fruitless = self._here(), 0
        self._fruitless += 1
        tries = self._patience.tries if self._reached else 1
        passing = error.passing or error.status == RANGE_REFUSED
        if not passing or self._fruitless >= tries:
            raise self._refusal(error)
        yield Notice(f"{host_of(self._address)}: {error}; trying again.")
        until = time.monotonic() + self._patience.pause * 2 ** (self._fruitless - 1)
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, HEARTBEAT_SECONDS))
            yield tally.progress()

    def finish(self) -> None:
        """Give the file its name."""
        with writing(self._final):
            with self._part.open("rb+") as part:
                os.fsync(part.fileno())
            self._part.replace(self._final)
        self._notes.unlink(missing_ok=True)

    def _begin(self, head: Head, asked: int) -> int:
        """Note what the server says, and return where its bytes begin; a part that does not fit to them is dropped."""
        if self._file.bytes and head.total and head.total != self._file.bytes:
            raise self._foreign(f"it has {head.total} bytes instead of {self._file.bytes}")
        if self._file.sha256 and head.sha256 and head.sha256 != self._file.sha256:
            raise self._foreign("its checksum is another one")
        same = not (head.sha256 and self._note.sha256 and head.sha256 != self._note.sha256)
        note = _Note(head.validator, head.sha256 or (self._note.sha256 if same else ""), head.total)
        if asked and not (same and head.start == asked):
            self._drop()
        if head.start != self._here():
            raise ReadingError("the file changed meanwhile", passing=True)
        self._resumed = self._resumed or bool(head.start)
        self._note = note
        write_text(self._notes, json.dumps(asdict(note)))
        return head.start

    def _can_go_on(self) -> bool:
        """Say whether a part can be trusted: its end is checked, or the server can tell that it is the same file."""
        expected = self._expected()
        fits = expected is None or self._here() <= expected
        return fits and bool(self._sha256() or self._note.validator)

    def _foreign(self, problem: str) -> UserError:
        return UserError(
            f"What {host_of(self._address)} offers is not the file {self._file.name} that it should be ({problem}), "
            f"so it was not taken; try again later, {OFFER_IMPORT}."
        )

    def _refusal(self, error: ReadingError) -> UserError:
        host, file = host_of(self._address), self._file
        if error.status in (404, 410):
            return MissingFileError(
                f"{host} has no file {file.name} in {file.repository}; check the model's name, {OFFER_IMPORT}."
            )
        if error.status in (401, 403):
            return UserError(
                f"{host} refuses {file.repository} ({error.status}), which may need its owner's consent; "
                f"look at its page in a browser, {OFFER_IMPORT}."
            )
        if not self._reached:
            return UserError(f"{host} cannot be reached ({error}); check the network, {OFFER_IMPORT}.")
        kept = (
            f"; {self._here() // 1_000_000} MB are kept, and the next pull goes on from there" if self._here() else ""
        )
        return UserError(f"The download from {host} failed ({error}){kept}; try again later, {OFFER_IMPORT}.")

    def _expected(self) -> int | None:
        return self._file.bytes if self._file.bytes is not None else self._note.total

    def _sha256(self) -> str:
        return self._file.sha256 or self._note.sha256

    def _here(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    def _drop(self) -> None:
        self._part.unlink(missing_ok=True)
        self._note = replace(self._note, validator="", sha256="", total=None)

    def _read_note(self) -> _Note:
        with suppress(OSError, ValueError, TypeError):
            return _Note(**json.loads(self._notes.read_text(encoding="utf-8")))
        return _Note()


def _first(answers: Generator[Head | bytes | None, None, None], tally: Tally) -> Generator[RunEvent, None, Head]:
    """Return the head, telling the progress while it is waited for."""
    for answer in answers:
        if isinstance(answer, Head):
            return answer
        yield tally.progress()
    raise ReadingError("the connection broke off", passing=True)
