"""What every test gets: no screen, no network, folders of its own, and a check that it leaves nothing running."""

import gc
import os
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

# Read when Qt and the hub's client are first imported.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
if "PYTEST_XDIST_WORKER" in os.environ:
    # Read when torch is imported. Threads of several processes that wait for each other take turns very badly.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
import qasync
from PySide6 import QtWidgets
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

GRACE_SECONDS = 2.0
# Threads that a library starts once and keeps for the whole process; nobody can end them.
LIBRARY_POOLS = ("TMonitor", "QueueFeederThread", "pydevd")
# Widgets that Qt itself keeps for the next time, for instance the one tool tip.
QT_OWN_WIDGETS = ("QTipLabel",)
# Where a caller's file is not looked for, when the place of a start is told.
LIBRARIES = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), "<", __file__)
FAILED = pytest.StashKey[bool]()


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a timer or a top-level widget behind, and say where it began."""
    before = LEDGER.running()
    yield
    if request.node.stash.get(FAILED, False):
        return  # its traceback still holds its widgets, and its failure is news enough
    if leaks := LEDGER.leaks(before):
        lines = "\n".join(f"  {leak}, which began at {LEDGER.origin(leak.thing)}" for leak in leaks)
        pytest.fail(f"The test left something running:\n{lines}", pytrace=False)


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a home, a cache and settings of its own; returns the home."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name, folder in (
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("APPDATA", "data"),
        ("LOCALAPPDATA", "data"),
    ):
        monkeypatch.setenv(name, str(home / folder))
    for format_ in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
        QSettings.setPath(format_, QSettings.Scope.UserScope, str(home / "config"))
    return home


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[qasync.QEventLoop]:
    """Return asyncio's loop over Qt's; qtbot's waits keep it going."""
    loop = qasync.QEventLoop(qapp)
    yield loop
    loop.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note on the test whether it failed."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@dataclass(frozen=True)
class Leak:
    """Something that still runs: the thing itself, and words for it."""

    thing: object
    words: str

    def __str__(self) -> str:
        return self.words


class Ledger:
    """Notes where threads, timers and widgets begin, and finds those that go on."""

    def __init__(self) -> None:
        self._origins: WeakKeyDictionary[object, str] = WeakKeyDictionary()
        self._timers: WeakKeyDictionary[QTimer, None] = WeakKeyDictionary()
        self._modules = 0

    def watch(self) -> None:
        """Note every start from now on. Python's and Qt's classes are patched once, for the whole session."""
        self._note(threading.Thread, "start")
        self._note(QThread, "start")
        self._note(QTimer, "start", self._timers)
        # vars() would miss the classes that the module has not loaded yet.
        for kind in (getattr(QtWidgets, name) for name in dir(QtWidgets)):
            if isinstance(kind, type) and issubclass(kind, QWidget):
                self._note(kind, "__init__")

    def running(self) -> set[int]:
        """Return the identities of all that runs now."""
        return {id(leak.thing) for leak in self._found()}

    def leaks(self, before: set[int]) -> list[Leak]:
        """Return what runs now and did not ``before``, after a moment to end."""
        if not self._new(before):
            return []
        self._collect()  # a window in a reference cycle is only waiting for this
        if not self._new(before):
            return []
        gc.unfreeze()
        gc.collect()
        deadline = time.monotonic() + GRACE_SECONDS
        while leaks := self._new(before):
            threads = [leak.thing for leak in leaks if isinstance(leak.thing, threading.Thread)]
            if not threads or time.monotonic() > deadline:
                return leaks
            threads[0].join(0.05)
        return []

    def _collect(self) -> None:
        gc.collect()
        # Of what torch brings, half a second's search a test would find nothing.
        if len(sys.modules) > self._modules:
            self._modules = len(sys.modules)
            gc.freeze()

    def origin(self, thing: object) -> str:
        """Return the place in the project's files where ``thing`` began."""
        return self._origins.get(thing, "an unknown place")

    def _new(self, before: set[int]) -> list[Leak]:
        if QCoreApplication.instance() is not None:
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return [leak for leak in self._found() if id(leak.thing) not in before]

    def _found(self) -> list[Leak]:
        threads = [
            Leak(thread, f"the thread {thread.name!r}")
            for thread in threading.enumerate()
            if not thread.name.startswith(LIBRARY_POOLS) and type(thread).__name__ not in LIBRARY_POOLS
        ]
        qthreads = [
            Leak(thing, f"the QThread {_name(thing)}")
            for thing in list(self._origins)
            if isinstance(thing, QThread) and isValid(thing) and thing.isRunning()
        ]
        timers = [
            Leak(timer, f"a QTimer of {timer.interval()} ms")
            for timer in list(self._timers)
            if isValid(timer) and timer.isActive()
        ]
        return [*threads, *qthreads, *timers, *_windows()]

    def _note(self, kind: type, method: str, also: "WeakKeyDictionary[Any, None] | None" = None) -> None:
        original: Callable[..., Any] = getattr(kind, method)

        def noting(self_: object, *given: Any, **named: Any) -> Any:
            result = original(self_, *given, **named)
            self._origins.setdefault(self_, _place())
            if also is not None:
                also[self_] = None
            return result

        setattr(kind, method, noting)


def _windows() -> list[Leak]:
    if not isinstance(QCoreApplication.instance(), QApplication):
        return []
    return [
        Leak(widget, f"the {'visible' if widget.isVisible() else 'hidden'} window {_name(widget)}")
        for widget in QApplication.topLevelWidgets()
        if widget.parent() is None and widget.metaObject().className() not in QT_OWN_WIDGETS
    ]


def _name(thing: QObject) -> str:
    return f"{type(thing).__name__} {thing.objectName()!r}" if thing.objectName() else type(thing).__name__


def _place() -> str:
    """Return the innermost two calls outside of libraries, as FILE:LINE (FUNCTION)."""
    places: list[str] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and len(places) < 2:
        code = frame.f_code
        if not code.co_filename.startswith(LIBRARIES):
            places.append(f"{code.co_filename}:{frame.f_lineno} ({code.co_name})")
        frame = frame.f_back
    return ", called from ".join(places) or "a library"


LEDGER = Ledger()
LEDGER.watch()
