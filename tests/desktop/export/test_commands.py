"""The real window: from the menu to files that other libraries read."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import qasync
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.export.dialog import ExportDialog
from desktop.services import Services
from desktop.settings import Settings
from desktop.timeline.frame_range import FrameRange
from desktop.window import MainWindow
from engine.jobs import Delivery
from engine.project_folder import load_project
from engine.results import DeliveryResult
from engine.runner import JobState
from tests.desktop.clips import add_green, give_atlas, shade, write_clip
from tests.desktop.scripted_run import ScriptedRun
from tests.desktop.window_helpers import make_layer

PATIENCE_MS = 60_000


@pytest.fixture
def real_window(loop: qasync.QEventLoop, tmp_path: Path) -> Iterator[MainWindow]:
    """Return the window over the engine's own runs."""
    services = Services.start(loop, tmp_path / "data", Settings(tmp_path / "settings.ini"))
    window = MainWindow(services, tmp_path)
    window.show()
    yield window
    services.close()
    shiboken6.delete(window)


@pytest.fixture
def clip_window(real_window: MainWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """Return the window with a clip of twelve frames and a half transparent green layer on its left half."""
    with qtbot.waitSignal(real_window.document.opened, timeout=PATIENCE_MS):
        real_window.start(write_clip(tmp_path / "red"))
    give_atlas(real_window.document)
    add_green(real_window.document, alpha=0.5)
    return real_window


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return an empty folder."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def opened(window: MainWindow, qtbot: QtBot, destination: str, out: Path) -> ExportDialog:
    """Open the dialog as a user does."""
    qtbot.waitUntil(lambda: window.findChild(ExportDialog) is None)
    window.actions_by_name["export"].trigger()
    qtbot.waitUntil(lambda: window.findChild(ExportDialog) is not None)
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    dialog.destinations.row.button(destination).click()
    dialog.place.folder.setText(str(out))
    return dialog


def finished(window: MainWindow, qtbot: QtBot) -> DeliveryResult:
    """Let the dialog's export run to its end."""
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    with qtbot.waitSignal(window.services.bridge.ended, timeout=PATIENCE_MS) as ended:
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    return ended.args[1].result


def test_frames_of_the_work_area_become_pictures(clip_window: MainWindow, qtbot: QtBot, out: Path) -> None:
    clip_window.clip_timeline.commands.set_work_area(FrameRange(1003, 1005))
    dialog = opened(clip_window, qtbot, "custom", out)
    dialog.content.what.choose("composite")
    dialog.place.name.setText("out")
    assert dialog.summary.files.text() == "out.1003.png … out.1005.png"
    result = finished(clip_window, qtbot)
    assert [file.name for file in result.files] == ["out.1003.png", "out.1004.png", "out.1005.png"]
    for number, file in zip(range(1003, 1006), result.files, strict=True):
        pixels = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)[..., ::-1] / 65535
        assert pixels[5, 5] == pytest.approx([shade(number) / 2, 0.5, 0], abs=0.01)
        assert pixels[5, -5] == pytest.approx([shade(number), 0, 0], abs=0.01)
    assert json.loads(result.sidecar.read_text(encoding="utf-8"))


def test_a_movie_with_alpha_and_its_script(clip_window: MainWindow, qtbot: QtBot, out: Path) -> None:
    opened(clip_window, qtbot, "after-effects", out)
    result = finished(clip_window, qtbot)
    (movie,), (script,) = result.files, result.scripts
    assert movie.suffix == ".mov"
    assert movie.name in script.read_text(encoding="utf-8-sig")
    with av.open(str(movie)) as container:
        stream = container.streams.video[0]
        frames = [frame.to_ndarray(format="gbrap16le") for frame in container.decode(stream)]
        assert stream.average_rate == Fraction(24)
    assert len(frames) == 12
    assert frames[0][5, 5, -1] / 65535 == pytest.approx(0.5, abs=0.01)
    assert frames[0][5, -5, -1] == 0


def test_the_job_panel_tells_what_was_exported(clip_window: MainWindow, qtbot: QtBot, out: Path) -> None:
    opened(clip_window, qtbot, "review", out)
    finished(clip_window, qtbot)
    (row,) = clip_window.jobs.rows()
    assert row.title_label.text() == "Export red_composite_v001.mp4"
    qtbot.waitUntil(lambda: row.record.state is JobState.DONE)
    assert row.status_label.text() == "Done · 1 file"
    assert not row.folder_button.isHidden()
    assert clip_window.status.currentMessage() == f"Exported red_composite_v001.mp4 to {out}"


def test_exports_wait_in_the_queue_with_what_they_were_asked_for(
    open_window: MainWindow, script: ScriptedRun, qtbot: QtBot, out: Path
) -> None:
    window, bridge = open_window, open_window.services.bridge
    make_layer(window, script, qtbot)
    jobs: list[Delivery] = []
    for opacity, version in ((60, "v001"), (20, "v002")):
        window.layers.opacity.setValue(opacity)
        dialog = opened(window, qtbot, "web", out)
        assert dialog.summary.files.text() == f"shore_golden_{version}.png"
        dialog.export_button.click()
        words = f"In the queue: Export shore_golden_{version}.png"
        qtbot.waitUntil(lambda words=words: window.status.currentMessage() == words)
        jobs.append(bridge.records()[-1].job)

    dialog = opened(window, qtbot, "web", out)
    dialog.place.version.setValue(2)
    assert "in the queue writes shore_golden_v002.png" in dialog.summary.message.text()
    dialog.reject()

    window.layers.opacity.setValue(100)
    copies = [Path(job.project) for job in jobs]
    assert [load_project(copy).layers[0].opacity for copy in copies] == [0.6, 0.2]
    for _ in jobs:
        with qtbot.waitSignal(bridge.ended):
            script.end(DeliveryResult((), out / "a.json", ()))
    qtbot.waitUntil(lambda: not any(copy.exists() for copy in copies))
    assert np.any(window.document.layer_pixels(window.document.current_layer))
