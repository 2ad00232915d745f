"""A small picture, and the services behind the window with a run that a test scripts."""

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import qasync
from pytestqt.qtbot import QtBot

from desktop.background import Background
from desktop.document import Document
from engine.media.png import write_png


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
