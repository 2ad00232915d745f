"""Reading from an address on a thread of its own, so that a run may pause or end while the network is silent."""

import http.client
import re
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass
from email.message import Message
from queue import Empty, Full, Queue
from typing import IO, Any
from urllib.parse import urlsplit

from engine.errors import UserError
from engine.guidance.models.hub import require_safe

HEARTBEAT_SECONDS = 0.1
CHUNK_BYTES = 256 * 1024
WAITING_CHUNKS = 16
PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
RANGE_REFUSED = 416


class ReadingError(Exception):
    """What kept an address from being read; the message is a part of a sentence.

    ``passing`` says that another try may do; ``reached`` that the server was there; ``status`` is HTTP's, 0 for none.
    """

    def __init__(self, message: str, passing: bool, reached: bool = True, status: int = 0) -> None:
        super().__init__(message)
        self.passing, self.reached, self.status = passing, reached, status


@dataclass(frozen=True)
class Head:
    """What the server says before the bytes.

    They begin at ``start``, and the whole file has ``total`` bytes (None: not said). ``validator`` proves that a later
    answer is of the same file; ``sha256`` is the checksum that the hub states. Both are empty where not given.
    """

    start: int
    total: int | None
    validator: str
    sha256: str


def read_address(
    address: str, start: int, validator: str, stall_seconds: float
) -> Generator[Head | bytes | None, None, None]:
    """Yield the head, then the bytes from ``start`` on, and None now and then while nothing comes.

    Where the server cannot begin at ``start``, or the file is another one than ``validator`` says, the head begins
    at 0. Raises ReadingError; closing the generator ends the reading.
    """
    answers: Queue[Head | bytes | Exception | None] = Queue(WAITING_CHUNKS)
    stopped = threading.Event()
    request = _request(address, start, validator)
    # A daemon, as nobody can interrupt a name look-up; it holds nothing but its connection.
    thread = threading.Thread(
        target=_read, args=(request, stall_seconds, answers, stopped), name="patina-download", daemon=True
    )
    thread.start()
    silent = 0.0
    try:
        while True:
            try:
                answer = answers.get(timeout=HEARTBEAT_SECONDS)
            except Empty:
                # Counted in waits, not by the clock: a paused run waits for nothing.
                silent += HEARTBEAT_SECONDS
                if silent > stall_seconds:
                    raise ReadingError(f"nothing came for {stall_seconds:g} seconds", passing=True) from None
                yield None
                continue
            silent = 0.0
            if answer is None:
                return
            if isinstance(answer, Exception):
                raise _meaning(answer) from answer
            yield answer
    finally:
        stopped.set()


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirections to safe addresses only, and keeps what the hub states of a large file on its own."""

    def __init__(self) -> None:
        self.stated: Message | None = None

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Return the request for the next address."""
        try:
            require_safe(newurl)
        except UserError:
            fp.close()
            raise
        if self.stated is None and "X-Linked-Etag" in headers:
            self.stated = headers
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _StoppedError(Exception):
    """Nobody waits for the answers any more."""


def _request(address: str, start: int, validator: str) -> urllib.request.Request:
    headers = {"User-Agent": "patina", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
        if validator:
            headers["If-Range"] = validator
    return urllib.request.Request(address, headers=headers)


def _read(
    request: urllib.request.Request,
    stall_seconds: float,
    answers: "Queue[Head | bytes | Exception | None]",
    stopped: threading.Event,
) -> None:
    """Put all that the server answers into ``answers``: the head, the bytes, and None or an error at the end."""

    def put(answer: Head | bytes | Exception | None) -> None:
        while not stopped.is_set():
            try:
                return answers.put(answer, timeout=HEARTBEAT_SECONDS)
            except Full:
                continue
        raise _StoppedError

    redirects = _SafeRedirects()
    try:
        try:
            opener = urllib.request.build_opener(redirects)  # with the environment's proxies
            with opener.open(request, timeout=stall_seconds) as response:
                put(_head(response, redirects.stated))
                # read1 returns what there is; read would wait for a whole chunk, however slowly it comes.
                while chunk := response.read1(CHUNK_BYTES):
                    put(chunk)
            put(None)
        except Exception as error:  # noqa: BLE001  it is raised where the answers are waited for
            put(error)
    except _StoppedError:
        pass


def _head(response: http.client.HTTPResponse, stated: Message | None) -> Head:
    headers = response.headers
    start, total = 0, _number(headers.get("Content-Length"))
    if response.status == http.HTTPStatus.PARTIAL_CONTENT:
        place = re.match(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("Content-Range", ""))
        if place is None:
            raise ReadingError("it answered with a piece from an unknown place", passing=False)
        start, total = int(place[1]), _number(place[2])
    linked = stated or headers
    etag = headers.get("ETag", "")
    return Head(
        start,
        _number(linked.get("X-Linked-Size")) or total,
        "" if etag.startswith("W/") else etag,
        _sha256(linked.get("X-Linked-Etag", "")),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _sha256(etag: str) -> str:
    """Return the checksum that the hub's ETag of a large file is; empty for small files, which have another kind."""
    digits = etag.strip('"').lower()
    return digits if re.fullmatch(r"[0-9a-f]{64}", digits) else ""


def _meaning(error: Exception) -> Exception:
    """Return what ``error`` of urllib, or below, means."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return ReadingError(f"it answers {error.code} {error.reason}", error.code in PASSING_STATUS, status=error.code)
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return ReadingError(f"its certificate is not trusted: {cause.verify_message}", passing=False)
    if isinstance(cause, socket.gaierror):
        return ReadingError("its name cannot be looked up", passing=True, reached=False)
    if isinstance(cause, TimeoutError):
        return ReadingError(
            "it does not answer in time", passing=True, reached=not isinstance(error, urllib.error.URLError)
        )
    if isinstance(error, urllib.error.URLError):
        reason = getattr(cause, "strerror", None) or str(cause) or "no connection"
        return ReadingError(reason[:1].lower() + reason[1:], passing=True, reached=False)
    if isinstance(error, (OSError, http.client.HTTPException)):
        return ReadingError("the connection broke off", passing=True)
    return error


def host_of(address: str) -> str:
    """Return the name of the machine in ``address``."""
    return urlsplit(address).hostname or address
