"""A clip of four small frames, and the atlas that explains it, for tests of the window."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.window import MainWindow
from engine.atlas.atlas_folder import save_atlas
from engine.atlas.rendering import reconstructed
from engine.filters import resize
from engine.media.png import write_png
from tests.small_atlas import FIRST, FRAMES, HEIGHT, WIDTH, small_atlas

CLIP_WIDTH, CLIP_HEIGHT = 2 * WIDTH, 2 * HEIGHT
NUMBERS = range(FIRST, FIRST + FRAMES)


def write_clip(folder: Path) -> Path:
    """Write the frames that the small atlas explains, numbered from 11, into a folder of their own."""
    clip = folder / "square"
    clip.mkdir()
    atlas = small_atlas(clip)
    for index, number in enumerate(NUMBERS):
        frame = np.clip(resize(reconstructed(atlas, index), CLIP_WIDTH, CLIP_HEIGHT), 0, 1)
        write_png(clip / f"square.{number:04}.png", frame, 8)
    return clip


def square(index: int) -> np.ndarray:
    """Return the mask of the foreground's square in a frame of the clip."""
    return resize(small_atlas().matte("foreground", index), CLIP_WIDTH, CLIP_HEIGHT).round()


def open_clip(window: MainWindow, clip: Path, qtbot: QtBot) -> None:
    """Open a clip and wait until it is shown."""
    with qtbot.waitSignal(window.document.opened, timeout=20_000):
        window.start(clip)


def go(window: MainWindow, number: int, qtbot: QtBot) -> None:
    """Go to a frame and wait until it is shown at rest."""
    if window.document.playhead.number != number:
        with qtbot.waitSignal(window.document.frame_shown, timeout=20_000):
            window.document.playhead.go(number)


def give_atlas(window: MainWindow, qtbot: QtBot) -> None:
    """Give the open clip its atlas, as a fitting would."""
    document = window.document
    save_atlas(small_atlas(document.project.footage.path), document.folder / "atlases" / "known")
    document.apply("Fit an Atlas", document.project.with_atlas("atlases/known"))
    qtbot.waitUntil(lambda: window.atlas.present.atlas is not None, timeout=20_000)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Return the folder of the clip's frames."""
    return write_clip(tmp_path)


@pytest.fixture
def clip_window(window: MainWindow, clip: Path, qtbot: QtBot) -> MainWindow:
    """Return the window with the clip, without an atlas."""
    open_clip(window, clip, qtbot)
    return window


@pytest.fixture
def atlas_window(clip_window: MainWindow, qtbot: QtBot) -> MainWindow:
    """Return the window with the clip and its atlas."""
    give_atlas(clip_window, qtbot)
    return clip_window
