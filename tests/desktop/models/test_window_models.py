"""How the window and its models hang together."""

import json
from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop.window import MainWindow
from engine.guidance.models.catalogue import CONFIG_FILE, WEIGHTS_FILE
from engine.guidance.models.store import Manifest, ModelStore
from engine.jobs import ModelImport
from engine.results import ModelResult
from tests.desktop.scripted_run import ScriptedRun
from tests.desktop.window_helpers import dialog, generate, press, training


def put_in(store: ModelStore, name: str) -> None:
    with store.writing(), store.new_folder() as made:
        for file in (CONFIG_FILE, WEIGHTS_FILE):
            (made / file).write_text(json.dumps({}))
        store.complete(made, Manifest(name, f"the model {name}", "CC0", "/somewhere"))


def guides(window: MainWindow) -> list[str]:
    box = window.prompt.settings.guide
    return [data for place in range(box.count()) if (data := box.itemData(place))]


def test_the_guide_list_follows_what_is_installed(window: MainWindow, script: ScriptedRun, qtbot: QtBot) -> None:
    assert guides(window) == ["starter"]
    put_in(ModelStore(), "mine")
    script.end(ModelResult("mine", Path("/models/mine"), 4))
    window.services.models.submit(ModelImport("/somewhere"))
    qtbot.waitUntil(lambda: guides(window) == ["starter", "openclip:mine"])
    assert "mine is installed" in window.status.currentMessage()

    window.actions_by_name["about"].trigger()
    box = dialog(qtbot)
    assert "openclip:mine: the model mine (CC0)" in box.informativeText()
    press(box, "OK")

    with qtbot.waitSignal(window.services.models.changed):
        window.services.models.remove("mine")
    assert guides(window) == ["starter"]


def test_the_menu_and_the_guide_list_lead_to_the_models(window: MainWindow, qtbot: QtBot) -> None:
    assert not window.models.isVisible()
    window.actions_by_name["models"].trigger()
    assert window.models.isVisible()
    window.models.close_button.click()
    assert not window.models.isVisible()
    window.prompt.settings.guide.models_requested.emit()
    assert window.models.isVisible()


def test_a_long_training_does_not_hold_up_a_check(open_window: MainWindow, script: ScriptedRun, qtbot: QtBot) -> None:
    with qtbot.waitSignal(open_window.services.bridge.progressed):
        script.say(training())
        generate(open_window)
    open_window.models.present()
    open_window.models.table.choose("starter")
    open_window.models.details.check_button.click()
    qtbot.waitUntil(lambda: len(script.contexts) == 2)  # both have begun, and neither has ended
    script.end()
    script.end()
    qtbot.waitUntil(lambda: open_window.services.models.job is None)
