from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import qasync
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from desktop.jobs.bridge import EngineBridge
from desktop.jobs.panel import JobPanel
from desktop.jobs.row import JobRow
from engine.errors import UserError
from engine.events import Notice, Progress
from engine.jobs import StillDelivery
from engine.report import Report
from engine.results import DeliveryResult, EditResult
from engine.runner import JobState
from tests.desktop.scripted_run import ScriptedRun, edit

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def script() -> ScriptedRun:
    return ScriptedRun()


@pytest.fixture
def bridge(loop: qasync.QEventLoop, script: ScriptedRun, tmp_path: Path) -> Iterator[EngineBridge]:
    bridge = EngineBridge(loop, tmp_path / "work", run=script)
    yield bridge
    script.end_all()
    bridge.close()


@pytest.fixture
def panel(qtbot: QtBot, bridge: EngineBridge) -> JobPanel:
    panel = JobPanel(bridge)
    qtbot.addWidget(panel)
    panel.resize(340, 900)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


class FolderOpener(QObject):
    """Stands where the desktop's file manager stands."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


def progress(step: int, remaining: float | None = None, **losses: float) -> Progress:
    return Progress("training", step, 10, 2.0 * step, remaining, losses)


def report(**seconds: float) -> Report:
    return Report({}, "starter", "cpu", 0, 10, (1, 1), (1, 1), seconds, 0.0)


def click(qtbot: QtBot, button: QAbstractButton) -> None:
    qtbot.waitUntil(button.isVisible)  # a new row shows itself a moment later
    QTest.mouseClick(button, LEFT)


def row(panel: JobPanel, prompt: str) -> JobRow:
    return next(row for row in panel.rows() if row.title_label.text() == prompt)


def start(qtbot: QtBot, bridge: EngineBridge, script: ScriptedRun, prompt: str = "golden", **losses: float) -> str:
    """Let a job run to the end of its first step."""
    with qtbot.waitSignal(bridge.progressed):
        job_id = bridge.submit(edit(prompt))
        script.say(progress(1, **losses))
    return job_id


def wait_for(qtbot: QtBot, row: JobRow, state: JobState) -> None:
    qtbot.waitUntil(lambda: row.record.state is state)


def test_a_job_is_followed_from_queue_to_end(
    qtbot: QtBot, panel: JobPanel, bridge: EngineBridge, script: ScriptedRun
) -> None:
    bridge.submit(edit("golden"))
    bridge.submit(edit("zebra"))
    qtbot.waitUntil(lambda: len(panel.rows()) == 2)
    wait_for(qtbot, row(panel, "golden"), JobState.RUNNING)
    assert row(panel, "golden").status_label.text() == "Preparing…"
    assert row(panel, "zebra").status_label.text() == "Waiting"
    with qtbot.waitSignal(bridge.progressed):
        script.say(progress(4, remaining=75))
    shown = row(panel, "golden")
    assert shown.status_label.text() == "Training · step 4 of 10 · 1 min 15 s left"
    assert shown.bar.isVisible()
    assert shown.bar.value() / shown.bar.maximum() == 0.4
    with qtbot.waitSignal(bridge.progressed):
        script.say(progress(10, remaining=0))
    script.end(EditResult(np.zeros((1, 1, 4)), None, report(matte=5.5, training=14.5)))
    wait_for(qtbot, shown, JobState.DONE)
    assert shown.status_label.text() == "Done in 20 s"
    assert not shown.bar.isVisible()
    wait_for(qtbot, row(panel, "zebra"), JobState.RUNNING)


def test_an_export_that_is_done_offers_its_folder(
    qtbot: QtBot, panel: JobPanel, bridge: EngineBridge, script: ScriptedRun, tmp_path: Path
) -> None:
    bridge.submit(StillDelivery("/projects/a.patina", str(tmp_path), name="horse"))
    qtbot.waitUntil(lambda: len(panel.rows()) == 1)
    shown = row(panel, "Export horse.png")
    assert not shown.folder_button.isVisible()
    files = tuple(tmp_path / f"horse.{number}.png" for number in range(1001, 1013))
    script.end(DeliveryResult(files, tmp_path / "horse.patina.json", ()))
    wait_for(qtbot, shown, JobState.DONE)
    assert shown.status_label.text() == "Done · 12 files"
    opener = FolderOpener()
    QDesktopServices.setUrlHandler("file", opener, "take")
    click(qtbot, shown.folder_button)
    QDesktopServices.unsetUrlHandler("file")
    assert opener.opened == [tmp_path]


def test_pause_and_resume(qtbot: QtBot, panel: JobPanel, bridge: EngineBridge, script: ScriptedRun) -> None:
    start(qtbot, bridge, script)
    shown = row(panel, "golden")
    click(qtbot, shown.pause_button)
    script.say(progress(2))
    qtbot.waitUntil(lambda: shown.status_label.text() == "Paused at step 2 of 10")
    assert not shown.pause_button.isVisible()
    script.say(progress(3))
    click(qtbot, shown.resume_button)
    wait_for(qtbot, shown, JobState.RUNNING)
    qtbot.waitUntil(lambda: shown.bar.value() == 3)


def test_cancelling_one_waiting_job_spares_the_others(
    qtbot: QtBot, panel: JobPanel, bridge: EngineBridge, script: ScriptedRun
) -> None:
    start(qtbot, bridge, script)
    for prompt in ("zebra", "fire"):
        bridge.submit(edit(prompt))
    qtbot.waitUntil(lambda: len(panel.rows()) == 3)
    click(qtbot, row(panel, "zebra").cancel_button)
    script.say(progress(2))
    wait_for(qtbot, row(panel, "zebra"), JobState.CANCELLED)

    assert row(panel, "golden").record.state is JobState.RUNNING
    assert row(panel, "fire").record.state is JobState.WAITING
    assert not row(panel, "zebra").cancel_button.isVisible()


def test_a_running_job_shows_that_it_is_being_cancelled(
    qtbot: QtBot, panel: JobPanel, bridge: EngineBridge, script: ScriptedRun
) -> None:
    start(qtbot, bridge, script)
    shown = row(panel, "golden")
    click(qtbot, shown.cancel_button)
    assert shown.status_label.text() == "Cancelling…"
    assert not shown.cancel_button.isVisible()
    assert not shown.pause_button.isVisible()
    script.say(progress(2))
    wait_for(qtbot, shown, JobState.CANCELLED)
    # The engine may have looked before the run went on.
    assert shown.status_label.text() in ("Cancelled at step 1 of 10", "Cancelled at step 2 of 10")


def test_all_waiting_jobs_are_cancelled_and_finished_ones_cleared(
    qtbot: QtBot, panel: JobPanel, bridge: EngineBridge, script: ScriptedRun
) -> None:
    assert not panel.cancel_waiting_button.isEnabled()
    assert not panel.clear_button.isEnabled()
    start(qtbot, bridge, script)
    bridge.submit(edit("zebra"))
    bridge.submit(edit("fire"))
    qtbot.waitUntil(panel.cancel_waiting_button.isEnabled)
    click(qtbot, panel.cancel_waiting_button)
    script.say(progress(2))
    for prompt in ("zebra", "fire"):
        wait_for(qtbot, row(panel, prompt), JobState.CANCELLED)
    assert not panel.cancel_waiting_button.isEnabled()
    click(qtbot, panel.clear_button)

    assert [shown.title_label.text() for shown in panel.rows()] == ["golden"]
    assert not panel.clear_button.isEnabled()


def test_a_cleared_job_does_not_come_back(
    qtbot: QtBot, panel: JobPanel, bridge: EngineBridge, script: ScriptedRun
) -> None:
    start(qtbot, bridge, script)
    bridge.submit(edit("zebra"))
    click(qtbot, row(panel, "zebra").cancel_button)
    click(qtbot, panel.clear_button)  # before the engine, in the midst of a step, has told of the end
    with qtbot.waitSignal(bridge.ended):
        script.say(progress(2))
    with qtbot.waitSignal(bridge.progressed):
        script.say(progress(3))

    assert [shown.title_label.text() for shown in panel.rows()] == ["golden"]


def test_a_failure_is_said_in_one_sentence(
    qtbot: QtBot, panel: JobPanel, bridge: EngineBridge, script: ScriptedRun
) -> None:
    bridge.submit(edit())
    script.fail(UserError("The disk is full; make room."))
    qtbot.waitUntil(lambda: len(panel.rows()) == 1)
    shown = row(panel, "golden")
    wait_for(qtbot, shown, JobState.FAILED)
    assert shown.status_label.text() == "Failed"
    assert shown.message_label.isVisible()
    assert shown.message_label.text() == "The disk is full; make room."


def test_no_traceback_reaches_the_user(
    qtbot: QtBot, panel: JobPanel, bridge: EngineBridge, script: ScriptedRun
) -> None:
    start(qtbot, bridge, script)
    script.fail(ZeroDivisionError("division by zero"))
    shown = row(panel, "golden")
    wait_for(qtbot, shown, JobState.FAILED)
    click(qtbot, shown.fold_button)
    assert shown.details_label.isVisible()
    texts = shown.message_label.text() + shown.details_label.text()
    assert "the log (Help menu)" in shown.details_label.text()
    assert "Traceback" not in texts
    assert ".py" not in texts
    assert "\n" not in shown.message_label.text()


def test_details_hold_settings_and_all_notices(
    qtbot: QtBot, panel: JobPanel, bridge: EngineBridge, script: ScriptedRun
) -> None:
    start(qtbot, bridge, script)
    script.say(Notice("The first notice."), Notice("The second notice."), progress(2))
    shown = row(panel, "golden")
    qtbot.waitUntil(lambda: shown.message_label.text() == "The second notice.")
    assert not shown.details_label.isVisible()
    click(qtbot, shown.fold_button)
    details = shown.details_label.text().splitlines()
    assert "Picture: horse.jpg" in details
    assert "Quality: standard" in details
    assert "The first notice." in details
    click(qtbot, shown.fold_button)
    assert not shown.details_label.isVisible()


def test_live_preview_is_switched_at_the_bridge(qtbot: QtBot, panel: JobPanel, bridge: EngineBridge) -> None:
    with qtbot.waitSignal(panel.live_preview_switched) as switched:
        QTest.mouseClick(panel.live_preview, LEFT, pos=QPoint(8, panel.live_preview.height() // 2))
    assert switched.args == [False]
    assert bridge.live_preview is False


def test_parameters_of_a_finished_edit_can_be_used_again(
    qtbot: QtBot, panel: JobPanel, bridge: EngineBridge, script: ScriptedRun
) -> None:
    start(qtbot, bridge, script)
    shown = row(panel, "golden")
    assert not shown.reuse_button.isVisible()
    script.end()
    wait_for(qtbot, shown, JobState.DONE)
    with qtbot.waitSignal(panel.reuse_requested) as requested:
        click(qtbot, shown.reuse_button)
    assert requested.args == [edit("golden")]


def hovered_values(panel: JobPanel) -> dict[str, float]:
    QTest.mouseMove(panel.curves, panel.curves.rect().center() + QPoint(0, 1))
    QTest.mouseMove(panel.curves, panel.curves.rect().center())
    found = panel.curves.hovered_values()
    return found[1] if found else {}


def test_the_losses_shown_are_those_of_the_running_or_the_chosen_job(
    qtbot: QtBot, panel: JobPanel, bridge: EngineBridge, script: ScriptedRun
) -> None:
    start(qtbot, bridge, script, "golden", screen=0.5)
    assert hovered_values(panel) == {"screen": 0.5}
    assert panel.curves_title.text() == "Losses of “golden”"
    with qtbot.waitSignal(bridge.ended):
        script.end()
    start(qtbot, bridge, script, "zebra", screen=0.25)
    assert hovered_values(panel) == {"screen": 0.25}
    QTest.mouseClick(row(panel, "golden"), LEFT, pos=QPoint(5, 5))
    assert hovered_values(panel) == {"screen": 0.5}
    with qtbot.waitSignal(bridge.progressed):
        script.say(progress(2, screen=0.1))
    assert hovered_values(panel) == {"screen": 0.5}
    click(qtbot, panel.clear_button)
    assert hovered_values(panel) == {}


def test_a_panel_that_comes_late_shows_the_queue(qtbot: QtBot, bridge: EngineBridge, script: ScriptedRun) -> None:
    start(qtbot, bridge, script)
    panel = JobPanel(bridge)
    qtbot.addWidget(panel)
    assert [shown.record.state for shown in panel.rows()] == [JobState.RUNNING]


@pytest.mark.parametrize(
    ("width", "height", "shown"), [(600, 200, True), (300, 200, False), (300, 800, True)], ids=["beside", "no", "below"]
)
def test_the_curves_give_way_where_there_is_little_room(panel: JobPanel, width: int, height: int, shown: bool) -> None:
    panel.resize(width, height)
    assert panel.width() == width
    assert panel.curves.isVisible() is shown
