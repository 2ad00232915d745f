"""Clip jobs that were interrupted are taken up again at the next start."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop.window import MainWindow
from engine.events import Progress
from tests.desktop.atlas.clip_jobs import WAIT, edited, made, wait_for_jobs
from tests.desktop.clip_helpers import clip, open_clip, square
from tests.desktop.restart import Restart
from tests.desktop.window_helpers import dialogs, generate

__all__ = ["clip"]


def interrupt(restart: Restart, offers: int, qtbot: QtBot) -> MainWindow:
    """Let the first job begin, restart, and wait for ``offers`` in the new window."""
    restart.script.go_on(Progress("fitting", 1, 9, 0.1))
    qtbot.waitUntil(lambda: len(restart.script.contexts) == 1, timeout=WAIT)
    window = restart.again()
    qtbot.waitUntil(lambda: len(window.recovery_bar._offers) == offers, timeout=WAIT)
    return window


def test_unfinished_clip_jobs_go_on(restart: Restart, clip: Path, qtbot: QtBot) -> None:
    open_clip(restart.window, clip, qtbot)
    restart.window.subjects.paint(square(0))
    generate(restart.window, "golden")
    fit, edit = wait_for_jobs(restart.window, 2, qtbot)
    window = interrupt(restart, 3, qtbot)
    bar = window.recovery_bar
    wanted = next(offer for offer in bar._offers if offer.about == edit)
    bar._answer(wanted, wanted.take)  # the fitting that it needs is taken up before it
    assert wait_for_jobs(window, 2, qtbot) == [fit, edit]
    assert bar.isHidden()
    assert not list(dialogs())
    assert window.subjects.current.key_numbers == (11,)
    restart.script.end(made(fit))
    restart.script.end(edited())
    qtbot.waitUntil(lambda: len(window.document.project.layers) == 1, timeout=WAIT)
    assert window.document.folder / window.document.project.atlas == Path(fit.out)


def test_an_atlas_whose_session_was_discarded_comes_to_the_new_one(restart: Restart, clip: Path, qtbot: QtBot) -> None:
    open_clip(restart.window, clip, qtbot)
    room = restart.window.atlas
    room.jobs.take_over(clip / "checkpoint", room.panel.fit.settings)
    (job,) = wait_for_jobs(restart.window, 1, qtbot)
    window = interrupt(restart, 2, qtbot)
    work, offer = window.recovery_bar._offers
    assert offer.text == "Taking over the published atlas of square was interrupted"
    window.recovery_bar._answer(work, work.discard)
    window.recovery_bar._answer(offer, offer.take)
    assert wait_for_jobs(window, 1, qtbot) == [job]
    restart.script.end(made(job))
    qtbot.waitUntil(lambda: window.atlas.present.atlas is not None, timeout=WAIT)
    assert (window.document.folder / window.document.project.atlas / "atlas.json").is_file()
