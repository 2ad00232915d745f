from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.export.dialog import ExportDialog
from desktop.export.plan import ExportSource
from engine.media.png import write_png
from engine.project import EditLayer, Footage, Project
from engine.project_folder import save_project

Opener = Callable[..., ExportDialog]


@pytest.fixture
def still(tmp_path: Path) -> ExportSource:
    """Return a saved project with two layers, red in the middle, over a gray picture of 48 × 32 pixels."""
    write_png(tmp_path / "horse.png", np.full((32, 48, 3), 0.5, np.float32))
    layer = np.zeros((32, 48, 4), np.float32)
    layer[8:24, :, 0] = layer[8:24, :, 3] = 1.0
    work = tmp_path / "work"
    (work / "layers").mkdir(parents=True)
    for name in "ab":
        write_png(work / "layers" / f"{name}.png", layer)
    made = tuple(EditLayer(name, f"layer {name}", f"layers/{name}.png") for name in "ab")
    project = Project(Footage(tmp_path / "horse.png", 48, 32), made)
    save_project(project, tmp_path / "horse.patina", work)
    return ExportSource(project, tmp_path / "horse.patina")


@pytest.fixture
def opened(qtbot: QtBot, still: ExportSource) -> Opener:
    """Return what opens the dialog on a source, the saved still at first."""
    dialogs: list[ExportDialog] = []  # else they might go before a question that stands over them

    def open_dialog(source: ExportSource = still, current: str = "a") -> ExportDialog:
        dialog = ExportDialog(source, current)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        dialogs.append(dialog)
        with qtbot.waitExposed(dialog):
            dialog.open()
        return dialog

    return open_dialog
