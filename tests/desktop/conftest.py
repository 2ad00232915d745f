"""A small picture, and the services behind the window with a run that a test scripts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import qasync

from desktop.background import Background
from desktop.document import Document
from engine.media.png import write_png


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
def open_document(document: Document, picture: Path, qtbot: object) -> Iterator[Document]:
    """Return a document with the small picture."""
    with qtbot.waitSignal(document.opened):  # type: ignore[attr-defined]
        document.open_picture(picture)
    yield document
    document.close()
