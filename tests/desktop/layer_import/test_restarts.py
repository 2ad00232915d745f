"""An import that was interrupted by closing the window goes on in the work that was left."""

from pathlib import Path

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.media.png import write_png
from engine.project import EditLayer
from engine.results import ImportResult
from tests.desktop.restart import Restart
from tests.desktop.window_helpers import layer_pixels, training


def test_an_interrupted_import_goes_on(restart: Restart, picture: Path, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(restart.window.document.opened):
        restart.window.start(picture)
    write_png(tmp_path / "green.png", layer_pixels())
    with qtbot.waitSignal(restart.services.bridge.progressed):
        restart.window.layer_imports.take(tmp_path / "green.png")
        restart.script.say(training())
    restart.script.go_on(training(2))
    window = restart.again()
    qtbot.waitUntil(window.recovery_bar.isVisible)
    shown = {button.text(): button for button in window.recovery_bar.findChildren(QPushButton)}
    assert {"Recover", "Go On"} <= set(shown)
    shown["Go On"].click()
    qtbot.waitUntil(lambda: bool(window.services.bridge.records()))
    (record,) = window.services.bridge.records()
    layer = EditLayer(record.job.layer, "green", f"layers/{record.job.layer}.png")
    assert Path(record.job.project) == window.document.folder
    write_png(window.document.folder / layer.picture, layer_pixels())
    restart.script.end(ImportResult(layer, "straight"))
    qtbot.waitUntil(lambda: window.document.project.layers == (layer,))
