from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import qasync
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from desktop.export.dialog import ExportDialog
from desktop.jobs.bridge import EngineBridge
from engine.events import Done
from engine.export import run_export
from engine.jobs import StillExport
from engine.media.png import write_png
from engine.media.stills import read_still
from engine.project import EditLayer, Footage, Project
from engine.project_folder import save_project

LEFT = Qt.MouseButton.LeftButton
Opener = Callable[..., ExportDialog]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a saved project with two layers over a gray picture of 48 × 32 pixels."""
    write_png(tmp_path / "horse.png", np.full((32, 48, 3), 0.5, np.float32))
    layer = np.zeros((32, 48, 4), np.float32)
    layer[8:24, :, 0] = layer[8:24, :, 3] = 1.0
    work = tmp_path / "work"
    (work / "layers").mkdir(parents=True)
    for name in "ab":
        write_png(work / "layers" / f"{name}.png", layer)
    saved = tmp_path / "horse.patina"
    save_project(project(tmp_path), saved, work)
    return saved


def project(tmp_path: Path, layers: str = "ab") -> Project:
    made = tuple(EditLayer(name, f"layer {name}", f"layers/{name}.png") for name in layers)
    return Project(Footage(tmp_path / "horse.png", 48, 32), made)


@pytest.fixture
def opened(qtbot: QtBot, folder: Path, tmp_path: Path) -> Opener:
    def open_dialog(layers: str = "ab", current: str = "a") -> ExportDialog:
        dialog = ExportDialog(project(tmp_path, layers), folder, current)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.open()
        return dialog

    return open_dialog


def click(button: QAbstractButton) -> None:
    assert button.isEnabled()
    QTest.mouseClick(button, LEFT)


def sent(qtbot: QtBot, dialog: ExportDialog) -> StillExport:
    with qtbot.waitSignal(dialog.export_requested) as requested:
        click(dialog.export_button)
    job = requested.args[0]
    assert isinstance(job, StillExport)
    return job


def question(qtbot: QtBot, dialog: ExportDialog) -> QMessageBox:
    qtbot.waitUntil(lambda: bool(dialog.findChildren(QMessageBox)))
    box = dialog.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    return box


def answer(box: QMessageBox, text: str) -> None:
    click(next(button for button in box.buttons() if button.text() == text))


def test_at_first_it_exports_the_current_layer_beside_the_picture(
    qtbot: QtBot, opened: Opener, folder: Path, tmp_path: Path
) -> None:
    dialog = opened(current="b")
    assert dialog.file_label.text() == "horse_layer_b_v001.png"
    assert sent(qtbot, dialog) == StillExport(
        str(folder), str(tmp_path / "horse_layer_b_v001.png"), what="layer", layer="b"
    )
    assert not dialog.isVisible()


def test_every_choice_is_in_the_job(qtbot: QtBot, opened: Opener, folder: Path, tmp_path: Path) -> None:
    dialog = opened()
    click(dialog.format.button("tiff"))
    click(dialog.bits.button(8))
    click(dialog.alpha.button("premultiplied"))
    dialog.layer.setCurrentIndex(dialog.layer.findText("layer b"))
    dialog.name.clear()
    QTest.keyClicks(dialog.name, "my ")
    click(next(chip for chip in dialog.findChildren(QPushButton) if chip.text() == "{layer}"))

    assert sent(qtbot, dialog) == StillExport(
        str(folder),
        str(tmp_path / "my layer_b.tif"),
        what="layer",
        layer="b",
        format="tiff",
        bits=8,
        alpha="premultiplied",
    )


def test_only_what_matters_can_be_chosen(opened: Opener) -> None:
    dialog = opened()
    assert dialog.alpha.isEnabled()
    click(dialog.what.button("greenscreen"))
    assert dialog.layer.isEnabled()
    assert not dialog.alpha.isEnabled()
    click(dialog.what.button("composite"))
    assert not dialog.layer.isEnabled()
    assert dialog.file_label.text() == "horse_composite_v001.png"


def test_without_layers_there_is_the_composite(qtbot: QtBot, opened: Opener) -> None:
    dialog = opened(layers="", current="")
    assert not dialog.what.button("layer").isEnabled()
    assert sent(qtbot, dialog).what == "composite"


def test_settings_are_remembered(qtbot: QtBot, opened: Opener, tmp_path: Path) -> None:
    dialog = opened()
    (tmp_path / "exports").mkdir()
    dialog.folder.setText(str(tmp_path / "exports"))
    dialog.name.setText("{layer}")
    click(dialog.what.button("alpha"))
    click(dialog.format.button("tiff"))
    click(dialog.bits.button(8))
    first = sent(qtbot, dialog)

    again = opened(current="b")
    assert again.layer.currentData() == "b"
    assert again.choices() == dialog.choices().__class__(
        "alpha", "b", "tiff", 8, "straight", Path(first.out).parent, "{layer}"
    )


def test_damaged_settings_and_a_folder_that_is_gone_give_way_to_the_usual(opened: Opener, tmp_path: Path) -> None:
    store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "patina", "patina")
    for name, value in (("what", "sculpture"), ("bits", "many"), ("format", 7), ("folder", str(tmp_path / "gone"))):
        store.setValue(f"export/{name}", value)
    choices = opened().choices()
    assert (choices.what, choices.bits, choices.format, choices.folder) == ("layer", 16, "png", tmp_path)


def test_a_cancelled_export_is_not_remembered(opened: Opener) -> None:
    dialog = opened()
    click(dialog.bits.button(8))
    dialog.reject()
    assert opened().bits.value == 16


def test_what_hinders_is_said_and_nothing_is_sent(qtbot: QtBot, opened: Opener) -> None:
    dialog = opened()
    dialog.folder.setText("/nowhere/at/all")
    assert dialog.problem.isVisible()
    assert "/nowhere/at/all does not exist" in dialog.problem.text()
    assert not dialog.export_button.isEnabled()
    with qtbot.assertNotEmitted(dialog.export_requested):
        dialog.export()
    assert dialog.isVisible()


@pytest.mark.parametrize("reply", ["Replace", "Cancel"])
def test_a_file_is_replaced_only_when_the_user_agrees(qtbot: QtBot, opened: Opener, tmp_path: Path, reply: str) -> None:
    (tmp_path / "old.png").touch()
    dialog = opened()
    dialog.name.setText("old")
    assert "old.png exists" in dialog.problem.text()
    jobs: list[StillExport] = []
    dialog.export_requested.connect(jobs.append)
    click(dialog.export_button)
    box = question(qtbot, dialog)
    assert not jobs
    answer(box, reply)
    qtbot.waitUntil(lambda: not box.isVisible())

    assert len(jobs) == (reply == "Replace")
    assert dialog.isVisible() == (reply == "Cancel")


def test_the_job_makes_the_file_that_was_announced(
    qtbot: QtBot, loop: qasync.QEventLoop, opened: Opener, tmp_path: Path
) -> None:
    bridge = EngineBridge(loop, run=run_export)
    with qtbot.waitSignal(bridge.ended) as ended:
        bridge.submit(sent(qtbot, opened()))
    bridge.close()

    written = tmp_path / "horse_layer_a_v001.png"
    assert ended.args[1] == Done(written)
    still = read_still(written)
    assert still.bits == 16
    assert still.alpha is not None
    assert still.alpha.mean() == 0.5
