"""A small picture, and the services behind the window with a run that a test scripts."""

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import qasync
import shiboken6
from pytestqt.qtbot import QtBot

from desktop.background import Background
from desktop.document import Document
from desktop.services import Services
from desktop.settings import Settings
from desktop.window import FIRST_SIZE, MainWindow
from engine.media.png import write_png
from tests.desktop.restart import Restart
from tests.desktop.scripted_run import ScriptedRun


@pytest.fixture(scope="session", autouse=True)
def collector_knows_what_stays() -> Iterator[None]:
    """Take all that was imported out of the collector's sight: it would look through torch after every test."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def garbage_dies_here() -> Iterator[None]:
    """Let cycles be collected on this thread alone: a QObject that dies on another one leaves its timers ticking."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Return a picture of 96 × 64 pixels with a red left and a blue right half."""
    rgb = np.zeros((64, 96, 3), np.float32)
    rgb[:, :48, 0] = rgb[:, 48:, 2] = 0.8
    path = tmp_path / "shore.png"
    write_png(path, rgb)
    return path


@pytest.fixture
def background(loop: qasync.QEventLoop) -> Iterator[Background]:
    """Return a file thread."""
    background = Background(loop)
    yield background
    background.close()


@pytest.fixture
def document(background: Background, tmp_path: Path) -> Document:
    """Return a document without footage."""
    return Document(background, tmp_path / "sessions")


@pytest.fixture
def open_document(document: Document, picture: Path, qtbot: QtBot) -> Iterator[Document]:
    """Return a document with the small picture."""
    with qtbot.waitSignal(document.opened):
        document.open_picture(picture)
    yield document
    document.close()


@pytest.fixture
def script() -> ScriptedRun:
    """Return the script that all jobs follow."""
    return ScriptedRun()


@pytest.fixture
def services(loop: qasync.QEventLoop, script: ScriptedRun, tmp_path: Path) -> Iterator[Services]:
    """Return what works behind the window, whose jobs follow the script."""
    services = Services.start(loop, tmp_path / "data", Settings(tmp_path / "settings.ini"), script)
    yield services
    script.end_all()
    if not services.background.closed:
        services.close()


@pytest.fixture
def window(services: Services, tmp_path: Path) -> Iterator[MainWindow]:
    """Return the window, at its first start."""
    window = MainWindow(services, tmp_path / "data")
    window.resize(*FIRST_SIZE)  # the virtual screen has less room
    window.show()
    yield window
    shiboken6.delete(window)  # closing it may ask a question


@pytest.fixture
def open_window(window: MainWindow, picture: Path, qtbot: QtBot) -> MainWindow:
    """Return the window with the small picture."""
    with qtbot.waitSignal(window.document.opened):
        window.start(picture)
    return window


@pytest.fixture
def restart(loop: qasync.QEventLoop, tmp_path: Path) -> Iterator[Restart]:
    """Return a Patina that a test restarts."""
    restart = Restart(loop, tmp_path)
    yield restart
    restart.close()
