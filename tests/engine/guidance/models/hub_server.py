"""A hub on 127.0.0.1, whose answers can be planned: slow, cut, stalling, lying, forgetful."""

import hashlib
import re
import threading
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

CHUNK = 1024


@dataclass(frozen=True)
class Answer:
    """How one request is answered.

    ``cut`` and ``stall`` are the bytes after which the connection is closed, or falls silent; ``pause`` the seconds
    between pieces; ``body`` is sent in place of the file; ``declared`` is the length that is said in place of the true
    one; ``etag`` that of the file's version.
    """

    status: int = 200
    cut: int | None = None
    stall: int | None = None
    pause: float = 0.0
    ranges: bool = True
    redirect: bool = True
    body: bytes | None = None
    declared: int | None = None
    etag: str = '"first"'
    states_checksum: bool = True
    target: str = ""


@dataclass
class HubServer:
    """Serves ``files`` (ORGANISATION/REPOSITORY/FILE to bytes); each request takes the next of the ``plan``, if any."""

    files: dict[str, bytes] = field(default_factory=dict)
    plan: list[Answer] = field(default_factory=list)
    usual: Answer = Answer()
    requests: list[tuple[str, Message]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.closing = threading.Event()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, format: str, *values: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # the client left: that is the test
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def ranges(self) -> list[str | None]:
        """Return the ranges that were asked for, None for a whole file, without those before a redirection."""
        return [headers["Range"] for path, headers in self.requests if path.startswith("/blob/")]

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        request.path = urlsplit(request.path).path  # a proxy is asked with the whole address
        self.requests.append((request.path, request.headers))
        match = re.fullmatch(r"/(?:blob/)?([^/]+/[^/]+)/resolve/[^/]+/(.+)", request.path)
        assert match
        name = f"{match[1]}/{match[2]}"
        if request.path.startswith("/blob/"):
            self._send(request, self.files[name], self._next)
            return
        answer = self.plan.pop(0) if self.plan else self.usual
        if name not in self.files and answer.status == 200:
            answer = Answer(status=404)
        if answer.status != 200:
            self._refuse(request, answer.status)
        elif answer.redirect:
            self._next = answer
            self._redirect(request, answer, self.files[name] if answer.body is None else answer.body)
        else:
            self._send(request, self.files[name], answer)

    def _refuse(self, request: BaseHTTPRequestHandler, status: int) -> None:
        request.send_response(status)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def _redirect(self, request: BaseHTTPRequestHandler, answer: Answer, body: bytes) -> None:
        request.send_response(302)
        request.send_header("Location", answer.target or f"/blob{request.path}")
        if answer.states_checksum:
            request.send_header("X-Linked-Etag", f'"{hashlib.sha256(body).hexdigest()}"')
            request.send_header("X-Linked-Size", str(answer.declared or len(body)))
        request.send_header("Content-Length", "0")
        request.end_headers()

    def _send(self, request: BaseHTTPRequestHandler, content: bytes, answer: Answer) -> None:
        body = content if answer.body is None else answer.body
        start = self._start(request.headers, answer)
        if start >= len(body) > 0 and start:
            return self._refuse(request, 416)
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        request.send_header("ETag", answer.etag)
        request.send_header("Content-Length", str((answer.declared or len(body)) - start))
        request.end_headers()
        for place in range(start, len(body), CHUNK):
            if answer.stall is not None and place >= answer.stall:
                self.closing.wait(5)
            if answer.cut is not None and place >= answer.cut:
                return None
            request.wfile.write(body[place : place + CHUNK])
            request.wfile.flush()
            self.closing.wait(answer.pause)
        return None

    def _start(self, headers: Message, answer: Answer) -> int:
        asked = re.fullmatch(r"bytes=(\d+)-", headers["Range"] or "")
        changed = headers["If-Range"] not in (None, answer.etag)
        return int(asked[1]) if asked and answer.ranges and not changed else 0
