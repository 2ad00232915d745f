import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.recovery import Offer, RecoveryBar, described_job, described_work
from desktop.services import Services
from desktop.window import MainWindow
from engine.jobs import ImageEdit, LayerImport, StillDelivery, SubjectMatte
from engine.project import Footage, Project
from engine.sessions import Recoverable
from tests.desktop.restart import Restart
from tests.desktop.scripted_run import ScriptedRun
from tests.desktop.window_helpers import dialog, generate, make_layer, press, result, training

# Unsaved work of a process that was killed.
CRASH = """
import os, sys
from pathlib import Path
from engine.project import Footage, Project
from engine.sessions import Session
session = Session.create(Path(sys.argv[1]))
session.autosave(Project(Footage(Path(sys.argv[2]), 96, 64)))
os._exit(1)
"""


def crash(sessions: Path, picture: Path) -> None:
    """Leave unsaved work as a killed process would."""
    subprocess.run([sys.executable, "-c", CRASH, str(sessions), str(picture)], check=False)


def buttons(bar: RecoveryBar, text: str) -> list[QPushButton]:
    return [button for button in bar.findChildren(QPushButton) if button.text() == text and button.isVisibleTo(bar)]


def offer(name: str, heard: list[str]) -> Offer:
    return Offer(name, "Take", lambda: heard.append(f"take {name}"), lambda: heard.append(f"discard {name}"))


def test_the_bar_shows_a_few_offers_and_goes_when_all_are_answered(qtbot: QtBot) -> None:
    bar, heard = RecoveryBar(), []
    qtbot.addWidget(bar)
    assert bar.isHidden()
    bar.offer([offer(name, heard) for name in "abcd"])
    assert len(buttons(bar, "Take")) == 3
    buttons(bar, "Take")[1].click()
    buttons(bar, "Discard")[0].click()
    assert heard == ["take b", "discard a"]
    assert len(buttons(bar, "Take")) == 2
    bar.clear()
    assert bar.isHidden()


def test_unsaved_work_of_a_crash_is_offered_and_comes_back(
    qtbot: QtBot, window: MainWindow, services: Services, picture: Path
) -> None:
    crash(services.sessions, picture)
    window.start(None)
    qtbot.waitUntil(window.recovery_bar.isVisible)
    assert window.welcome.isVisible()  # it stands in nobody's way
    with qtbot.waitSignal(window.document.opened):
        buttons(window.recovery_bar, "Recover")[0].click()
    assert window.document.project.footage.path == picture
    assert window.isWindowModified()
    assert window.recovery_bar.isHidden()
    assert services.settings.recent() == [picture]


def test_discarded_work_is_gone(qtbot: QtBot, window: MainWindow, services: Services, picture: Path) -> None:
    crash(services.sessions, picture)
    window.start(None)
    qtbot.waitUntil(window.recovery_bar.isVisible)
    buttons(window.recovery_bar, "Discard")[0].click()
    qtbot.waitUntil(lambda: not any(services.sessions.iterdir()))


def test_nothing_is_offered_where_nothing_is_left(qtbot: QtBot, window: MainWindow, picture: Path) -> None:
    with qtbot.waitSignal(window.document.opened):
        window.start(picture)
    window.services.background.drain()
    assert window.recovery_bar.isHidden()


@pytest.fixture
def restarted(restart: Restart, qtbot: QtBot, picture: Path, tmp_path: Path) -> MainWindow:
    """Return the window of a Patina that was closed during the first of two edits, and offers both."""
    with qtbot.waitSignal(restart.window.document.opened):
        restart.window.start(picture)
    with qtbot.waitSignal(restart.services.bridge.progressed):
        generate(restart.window, "golden")
        restart.script.say(training())
    generate(restart.window, "rusty")
    restart.script.go_on(training(2))
    restart.stop()
    shutil.rmtree(restart.services.sessions)  # the edits are of the picture, and need no session
    restart.start()
    restart.window.start(None)
    qtbot.waitUntil(restart.window.recovery_bar.isVisible)
    return restart.window


def test_interrupted_edits_go_on_at_the_next_start(qtbot: QtBot, restarted: MainWindow, restart: Restart) -> None:
    bar, layers = restarted.recovery_bar, lambda: [layer.name for layer in restarted.document.project.layers]
    buttons(bar, "Go On")[0].click()
    qtbot.waitUntil(lambda: restarted.document.is_open)
    buttons(bar, "Go On")[0].click()
    assert bar.isHidden()
    restart.script.end(result())
    qtbot.waitUntil(lambda: layers() == ["golden"])
    restart.script.end(result())
    qtbot.waitUntil(lambda: layers() == ["golden", "rusty"])
    assert restarted.services.bridge.unfinished() == []


def test_edits_told_to_go_on_before_their_picture_is_open_all_do(qtbot: QtBot, restarted: MainWindow) -> None:
    for _ in range(2):
        buttons(restarted.recovery_bar, "Go On")[0].click()
    qtbot.waitUntil(lambda: restarted.services.bridge.unfinished() == [])
    assert [record.job.prompt for record in restarted.services.bridge.records()] == ["golden", "rusty"]


def test_one_edit_is_discarded_and_the_other_still_offered(restarted: MainWindow) -> None:
    buttons(restarted.recovery_bar, "Discard")[0].click()
    assert [job.prompt for job in restarted.services.bridge.unfinished()] == ["rusty"]
    assert len(buttons(restarted.recovery_bar, "Go On")) == 1
    buttons(restarted.recovery_bar, "Discard")[0].click()
    assert restarted.services.bridge.unfinished() == []
    assert restarted.recovery_bar.isHidden()


def test_recovering_over_unsaved_changes_asks_first(
    qtbot: QtBot, open_window: MainWindow, script: ScriptedRun, services: Services, picture: Path
) -> None:
    crash(services.sessions, picture)
    make_layer(open_window, script, qtbot)
    open_window.recovery.look()
    qtbot.waitUntil(open_window.recovery_bar.isVisible)
    buttons(open_window.recovery_bar, "Recover")[0].click()
    press(dialog(qtbot), "Cancel")
    assert len(open_window.document.project.layers) == 1


def test_what_is_offered_is_said_in_words() -> None:
    footage = Footage(Path("/pictures/horse.jpg"), 10, 10)
    when = datetime(2026, 3, 4, 21, 5).astimezone()
    work = Recoverable(Path("/s"), None, when, Project(footage))
    assert described_work(work) == "Unsaved work on “horse.jpg” of 04 March, 21:05 (0 layers)"
    saved = Recoverable(Path("/s"), Path("/projects/zebra.patina"), when, Project(footage))
    assert "“zebra”" in described_work(saved)
    assert described_job(ImageEdit(picture="/p/a.png", prompt="golden")) == "The edit “golden” of a.png was interrupted"
    assert described_job(SubjectMatte("/p/a.png", "cat")) == "Finding “cat” in a.png was interrupted"
    assert described_job(LayerImport("/s", "/out/a.mov", "1")) == "Importing a.mov was interrupted"
    assert described_job(StillDelivery("/p/a.patina", "/out", name="b")) == "The export of b.png was interrupted"
