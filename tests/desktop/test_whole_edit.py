"""The real window and the real engine, from a prompt to an exported file that another library composites again."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import qasync
import shiboken6
import tifffile
from pytestqt.qtbot import QtBot

from desktop.export.dialog import ExportDialog
from desktop.services import Services
from desktop.settings import Settings
from desktop.window import MainWindow
from engine.media.png import write_png
from tests.desktop.window_helpers import dialog, press

PATIENCE_MS = 240_000


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """Return a picture of a bright ball on a dark ground, 96 × 80."""
    y, x = np.mgrid[:80, :96]
    ball = np.clip(1 - ((x - 48) ** 2 + (y - 40) ** 2) / 30**2, 0, 1)
    rgb = np.stack([0.2 + 0.7 * ball, 0.25 + 0.4 * ball, 0.3 + 0 * ball], axis=-1).astype(np.float32)
    path = tmp_path / "ball.png"
    write_png(path, rgb, 8)
    return path


@pytest.fixture
def real_window(loop: qasync.QEventLoop, tmp_path: Path) -> Iterator[MainWindow]:
    """Return the window over the engine's own runs."""
    services = Services.start(loop, tmp_path / "data", Settings(tmp_path / "settings.ini"))
    window = MainWindow(services, tmp_path)
    window.show()
    yield window
    services.close()
    shiboken6.delete(window)


def export(window: MainWindow, qtbot: QtBot, what: str, kind: str, folder: Path, name: str) -> Path:
    """Export through the dialog, and return the file once it is there."""
    window.actions_by_name["export"].trigger()
    qtbot.waitUntil(lambda: window.findChild(ExportDialog) is not None)
    asked = window.findChild(ExportDialog)
    asked.destinations.choose("custom")  # without a script, the opacity is in the alpha
    asked.content.what.choose(what)
    asked.format.format.choose(kind)
    asked.place.folder.setText(str(folder))
    asked.place.name.setText(name)
    with qtbot.waitSignal(window.services.bridge.ended, timeout=PATIENCE_MS):
        asked.export_button.click()
    qtbot.waitUntil(lambda: window.findChild(ExportDialog) is None)
    suffix = ".png" if kind == "png" else ".tif"
    return next(folder.glob(f"{name}{suffix}*"))


def test_a_prompt_becomes_a_layer_that_another_library_composites_again(
    qtbot: QtBot, real_window: MainWindow, photograph: Path, tmp_path: Path
) -> None:
    window, document = real_window, real_window.document
    with qtbot.waitSignal(document.opened):
        window.start(photograph)
    window.prompt.prompt.set_text("golden")
    window.prompt.settings.steps_field.setText("4")
    window.prompt.settings.size_field.setText("64")
    steps: list[int] = []
    window.services.bridge.progressed.connect(lambda _id, progress: steps.append(progress.step))
    window.prompt.generate_button.click()
    qtbot.waitUntil(lambda: len(document.project.layers) == 1, timeout=PATIENCE_MS)
    assert max(steps) == 4
    window.layers.opacity.setValue(80)

    layer = tifffile.imread(export(window, qtbot, "layer", "tiff", tmp_path, "layer")) / 65535
    composite = cv2.imread(str(export(window, qtbot, "composite", "png", tmp_path, "composite")), cv2.IMREAD_UNCHANGED)
    source = cv2.imread(str(photograph))[..., ::-1] / 255
    again = layer[..., :3] * layer[..., 3:] + source * (1 - layer[..., 3:])
    assert layer.shape == (80, 96, 4)
    assert layer[..., 3].max() > 0.01
    assert np.abs(again - composite[..., ::-1] / 65535).max() < 1e-3

    window.close()
    press(dialog(qtbot), "Don’t Save")
    qtbot.waitUntil(lambda: not window.isVisible())
