"""The real window on movies whose rate varies and whose pixels are not square."""

from fractions import Fraction
from pathlib import Path

import pytest
from av.video.stream import VideoStream
from pytestqt.qtbot import QtBot

from desktop.window import MainWindow
from tests.engine.media.movie_making import HEIGHT, WIDTH, write_movie

TIMES = [0, 1, 2, 3, 6, 9, 12, 20]  # in ticks of a tenth of a second


def anamorphic(stream: VideoStream) -> None:
    stream.codec_context.sample_aspect_ratio = Fraction(2)


@pytest.fixture
def movie_window(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    movie = write_movie(tmp_path / "shot.mkv", frames=len(TIMES), times=TIMES, rate=Fraction(10), prepare=anamorphic)
    with qtbot.waitSignal(window.document.opened):
        window.start(movie)
    return window


def test_a_varying_rate_is_played_as_it_is(movie_window: MainWindow) -> None:
    timing = movie_window.services.player.timing
    assert [timing.seconds(number) for number in (1, 4, 7)] == pytest.approx([0.1, 0.3, 0.8], abs=0.002)


def test_pixels_are_shown_as_wide_as_they_are(movie_window: MainWindow, picture: Path, qtbot: QtBot) -> None:
    viewer, action = movie_window.viewer, movie_window.actions_by_name["pixel_aspect"]
    assert action.isEnabled()
    assert action.isChecked()
    covered = viewer.view.covered(viewer.scene.size)
    assert covered.width / covered.height == pytest.approx(2 * WIDTH / HEIGHT, rel=0.01)
    action.trigger()
    covered = viewer.view.covered(viewer.scene.size)
    assert covered.width / covered.height == pytest.approx(WIDTH / HEIGHT, rel=0.01)
    action.trigger()
    with qtbot.waitSignal(movie_window.document.opened):
        movie_window.document.open_picture(picture)
    assert viewer.view.aspect == 1
    assert not action.isEnabled()
