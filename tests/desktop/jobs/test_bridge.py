import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
import qasync
from pytestqt.qtbot import QtBot

from desktop.jobs.bridge import EngineBridge
from engine.errors import UserError
from engine.events import Cancelled, Done, Failed, MatteFound, Notice, Preview, Progress
from engine.runner import JobState
from tests.desktop.scripted_run import ScriptedRun, edit


@pytest.fixture
def script() -> ScriptedRun:
    return ScriptedRun()


@pytest.fixture
def bridge(loop: qasync.QEventLoop, script: ScriptedRun) -> Iterator[EngineBridge]:
    bridge = EngineBridge(loop, run=script)
    yield bridge
    script.end_all()
    bridge.close()


def progress(step: int) -> Progress:
    return Progress("training", step, 10, 0.1 * step)


def preview(step: int) -> Preview:
    return Preview(np.zeros((4, 4, 4), np.float32), step)


def test_all_events_arrive_in_order_on_the_window_s_thread(
    qtbot: QtBot, bridge: EngineBridge, script: ScriptedRun
) -> None:
    heard: list[object] = []
    threads = set()

    def hear(*values: object) -> None:
        heard.append(values[-1])
        threads.add(threading.current_thread())

    for signal in (bridge.progressed, bridge.previewed, bridge.matte_found, bridge.noticed, bridge.ended):
        signal.connect(hear)
    matte, result, shown = np.ones((2, 3), np.float32), object(), preview(2)
    with qtbot.waitSignal(bridge.ended) as ended:
        job_id = bridge.submit(edit())
        script.say(progress(1), MatteFound(matte), shown, Notice("No gray is known."), progress(2))
        script.end(result)

    assert heard == [progress(1), matte, shown, "No gray is known.", progress(2), Done(result)]
    assert ended.args == [job_id, Done(result)]
    assert threads == {threading.main_thread()}


def test_records_follow_the_job(qtbot: QtBot, bridge: EngineBridge, script: ScriptedRun) -> None:
    states: list[JobState] = []
    bridge.record_changed.connect(lambda record: states.append(record.state))
    with qtbot.waitSignal(bridge.progressed):
        job_id = bridge.submit(edit())
        script.say(progress(1))
    bridge.pause(job_id)
    script.say(progress(2))
    qtbot.waitUntil(lambda: states[-1] is JobState.PAUSED)
    bridge.resume(job_id)
    with qtbot.waitSignal(bridge.ended):
        script.end()
    qtbot.waitUntil(lambda: states[-1] is JobState.DONE)

    told = [state for state, _ in groupby(states)]
    assert told == [JobState.WAITING, JobState.RUNNING, JobState.PAUSED, JobState.RUNNING, JobState.DONE]
    assert [record.state for record in bridge.records()] == [JobState.DONE]


def test_what_the_user_does_shows_before_the_present_step_ends(
    qtbot: QtBot, bridge: EngineBridge, script: ScriptedRun
) -> None:
    states: dict[str, JobState] = {}
    with qtbot.waitSignal(bridge.progressed):
        running = bridge.submit(edit("golden"))
        script.say(progress(1))
    # From here on the run says nothing: its step goes on.
    bridge.record_changed.connect(lambda record: states.__setitem__(record.id, record.state))
    zebra, fire = bridge.submit(edit("zebra")), bridge.submit(edit("fire"))
    assert states == {zebra: JobState.WAITING, fire: JobState.WAITING}
    bridge.pause(running)
    bridge.pause(fire)
    bridge.cancel_waiting()
    assert states == {running: JobState.PAUSED, zebra: JobState.CANCELLED, fire: states[fire]}
    bridge.resume(running)
    assert states[running] is JobState.RUNNING


def test_a_busy_window_hears_only_the_newest_preview(qtbot: QtBot, bridge: EngineBridge, script: ScriptedRun) -> None:
    steps: list[int] = []
    gone_by = threading.Event()
    bridge.previewed.connect(lambda _id, shown: steps.append(shown.step))

    def be_busy(_id: str, first: Progress) -> None:
        if first.step == 1:  # all that follows is said while this keeps the window's thread
            script.say(*(event for step in range(2, 7) for event in (preview(step), progress(step))))
            script.fail(SignallingError(gone_by))
            assert gone_by.wait(10)

    bridge.progressed.connect(be_busy)
    with qtbot.waitSignal(bridge.ended):
        bridge.submit(edit())
        script.say(progress(1))

    assert steps == [6]


class SignallingError(UserError):
    """Tells, when the engine asks for its sentence, that it has passed on everything before."""

    def __init__(self, reached: threading.Event) -> None:
        super().__init__("The test is over.")
        self._reached = reached

    def __str__(self) -> str:
        self._reached.set()
        return super().__str__()


def test_each_job_keeps_its_own_newest_preview(qtbot: QtBot, bridge: EngineBridge, script: ScriptedRun) -> None:
    shown: list[tuple[str, int]] = []
    bridge.previewed.connect(lambda job_id, preview: shown.append((job_id, preview.step)))
    first, second = bridge.submit(edit("golden")), bridge.submit(edit("zebra"))
    for step in (1, 2):
        with qtbot.waitSignal(bridge.ended):
            script.say(preview(step))
            script.end()

    assert shown == [(first, 1), (second, 2)]


def test_previews_can_be_switched_off_and_on(qtbot: QtBot, bridge: EngineBridge, script: ScriptedRun) -> None:
    steps: list[int] = []
    bridge.previewed.connect(lambda _id, shown: steps.append(shown.step))
    bridge.submit(edit())
    bridge.live_preview = False
    with qtbot.waitSignal(bridge.progressed):
        script.say(preview(1), progress(1))
    bridge.live_preview = True
    with qtbot.waitSignal(bridge.progressed):
        script.say(preview(2), progress(2))

    assert steps == [2]


def test_jobs_that_begin_without_a_preview_compute_none(
    qtbot: QtBot, bridge: EngineBridge, script: ScriptedRun
) -> None:
    for on in (True, False, True):
        bridge.live_preview = on
        with qtbot.waitSignal(bridge.ended):
            bridge.submit(edit())
            script.end()

    assert [context.preview_every > 0 for context in script.contexts] == [True, False, True]


def test_cancelling_a_waiting_job_leaves_the_running_one(
    qtbot: QtBot, bridge: EngineBridge, script: ScriptedRun
) -> None:
    endings: dict[str, object] = {}
    bridge.ended.connect(endings.__setitem__)
    with qtbot.waitSignal(bridge.progressed):
        running = bridge.submit(edit("golden"))
        script.say(progress(1))
    others = [bridge.submit(edit("zebra")), bridge.submit(edit("fire"))]
    bridge.cancel(others[0])
    bridge.cancel_waiting()
    with qtbot.waitSignal(bridge.progressed):
        script.say(progress(2))
    bridge.cancel(running)
    script.say(progress(3))
    qtbot.waitUntil(lambda: len(endings) == 3)

    assert endings == {others[0]: Cancelled(), others[1]: Cancelled(), running: Cancelled()}


def test_a_bug_is_logged_with_its_traceback(
    qtbot: QtBot, bridge: EngineBridge, script: ScriptedRun, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), qtbot.waitSignal(bridge.ended) as ended:
        bridge.submit(edit())
        script.fail(ZeroDivisionError("a bug"))

    failed = ended.args[1]
    assert isinstance(failed, Failed)
    assert failed.bug
    assert "Traceback" not in failed.message
    assert "Traceback" in caplog.text
    assert "ZeroDivisionError: a bug" in caplog.text


def test_what_the_user_can_mend_is_not_logged(
    qtbot: QtBot, bridge: EngineBridge, script: ScriptedRun, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignal(bridge.ended) as ended:
        bridge.submit(edit())
        script.fail(UserError("The disk is full; make room."))

    assert ended.args[1] == Failed("The disk is full; make room.")
    assert not caplog.records


def test_a_result_that_waits_while_the_window_closes_is_not_lost(
    qtbot: QtBot, loop: qasync.QEventLoop, script: ScriptedRun
) -> None:
    passed_on = threading.Event()
    bridge = EngineBridge(loop, run=script)
    endings: list[object] = []
    bridge.ended.connect(lambda _id, ending: endings.append(ending))
    script.end("the layer")
    script.fail(SignallingError(passed_on))
    bridge.submit(edit("golden"))
    bridge.submit(edit("zebra"))
    assert passed_on.wait(10)  # no event of Qt was handled meanwhile

    bridge.close()

    assert endings[0] == Done("the layer")


def test_unfinished_jobs_are_offered_after_a_restart(
    qtbot: QtBot, loop: qasync.QEventLoop, script: ScriptedRun, tmp_path: Path
) -> None:
    first = EngineBridge(loop, tmp_path, run=script)
    with qtbot.waitSignal(first.progressed):
        first.submit(edit("golden"))
        script.say(progress(1))
    first.submit(edit("zebra"))
    script.say(progress(2))
    first.close()

    second = EngineBridge(loop, tmp_path, run=ScriptedRun())
    left = second.unfinished()
    second.forget_unfinished(edit("golden"))
    remaining = second.unfinished()
    second.close()

    assert left == [edit("golden"), edit("zebra")]
    assert remaining == [edit("zebra")]


def test_the_bridge_starts_without_torch() -> None:
    code = "import sys, desktop.jobs.bridge; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[3]).returncode == 0
