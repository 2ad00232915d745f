"""The brush with colour, the box, and what is laid over the picture, by mouse and pixel by pixel."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.viewer import Brush, Viewer
from desktop.viewer.view import Rect
from tests.desktop.viewer.test_viewer import (
    CORNER,
    LEFT,
    SOURCE,
    assert_shows,
    drag,
    picture,
    press_and_move,
)

GREEN = (0.0, 1.0, 0.0)


@pytest.fixture
def viewer(qtbot: QtBot) -> Viewer:
    """Return a viewer of 400 × 300 that shows the source at 1:1."""
    widget = Viewer()
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    widget.show()
    widget.set_source(SOURCE)
    widget.one_to_one()
    widget.settle()
    return widget


def place(x: int, y: int) -> QPoint:
    return CORNER + QPoint(x, y)


def test_a_stroke_of_colour_is_told_and_shown_until_a_layer_shows_it(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.set_brush(Brush(size=20, hardness=1.0, colour=GREEN, opacity=0.5))
    with qtbot.waitSignal(viewer.colour_painted) as told:
        drag(viewer, [place(60, 60), place(120, 60)])
    painted, token = told.args
    assert painted.strength.shape == (painted.part.height, painted.part.width)
    assert painted.strength[60 - painted.part.top, 90 - painted.part.left] == pytest.approx(0.5)
    assert painted.strength.max() == pytest.approx(0.5)  # also where the stroke crosses itself
    assert Rect(60, 52, 120, 68).cut(painted.part) == Rect(60, 52, 120, 68)
    shown = picture(viewer)
    assert_shows(shown[60, 90], SOURCE[60, 90] * 0.5 + np.array(GREEN) * 0.5)
    assert_shows(shown[100, 90], SOURCE[100, 90])
    viewer.drop_stroke(token)
    viewer.set_brush(None)
    assert_shows(picture(viewer), SOURCE)


def test_a_stroke_of_colour_leaves_the_matte_alone_and_untinted(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.set_matte(np.ones(SOURCE.shape[:2], np.float32))
    viewer.set_brush(Brush(size=20, colour=GREEN))
    with qtbot.assertNotEmitted(viewer.matte_edited):
        drag(viewer, [place(60, 60), place(70, 60)])
    assert_shows(picture(viewer)[150], SOURCE[150])


def test_escape_drops_a_stroke_of_colour(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.set_brush(Brush(size=20, colour=GREEN))
    with qtbot.assertNotEmitted(viewer.colour_painted):
        press_and_move(viewer, [place(60, 60), place(120, 60)])
        QTest.keyClick(viewer, Qt.Key.Key_Escape)
        QTest.mouseRelease(viewer, LEFT, Qt.KeyboardModifier.NoModifier, place(120, 60))
    viewer.set_brush(None)
    assert_shows(picture(viewer), SOURCE)


def test_a_drag_with_the_box_tells_what_it_holds_whichever_way_it_goes(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.set_boxing(True)
    for corners in ((place(20, 30), place(90, 100)), (place(90, 100), place(20, 30))):
        with qtbot.waitSignal(viewer.box_drawn) as told:
            drag(viewer, list(corners))
        assert told.args == [Rect(20, 30, 90, 100)]


def test_a_box_ends_at_the_pictures_rim_and_one_beside_it_is_none(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.set_boxing(True)
    with qtbot.waitSignal(viewer.box_drawn) as told:
        drag(viewer, [place(-20, -10), place(30, 40)])
    assert told.args == [Rect(0, 0, 30, 40)]
    with qtbot.assertNotEmitted(viewer.box_drawn):
        drag(viewer, [place(-30, -30), place(-10, -10)])


def test_the_box_and_the_brush_replace_each_other(viewer: Viewer) -> None:
    viewer.set_brush(Brush())
    viewer.set_boxing(True)
    assert viewer.brush is None
    viewer.set_brush(Brush())
    assert not viewer.boxing


def test_an_overlay_lies_over_everything_at_any_size(viewer: Viewer) -> None:
    half = np.zeros((10, 30, 4), np.float32)
    half[:, 15:] = (0, 0, 1, 1)
    viewer.set_overlay(half)
    shown = picture(viewer)
    assert_shows(shown[:, :140], SOURCE[:, :140])
    assert (shown[:, 160:] == (0, 0, 255)).all()
    viewer.set_overlay(None)
    assert_shows(picture(viewer), SOURCE)


def test_another_frame_keeps_the_view_the_matte_and_the_overlay(viewer: Viewer) -> None:
    matte = np.ones(SOURCE.shape[:2], np.float32)
    viewer.set_matte(matte)
    viewer.set_zoom(2.0)
    view = viewer.view
    viewer.set_frame(SOURCE[::-1].copy(), [])
    assert viewer.view == view
    assert viewer.scene.matte.pixels is matte
    assert np.array_equal(viewer.scene.source.pixels, SOURCE[::-1])


def test_a_marker_is_drawn_round_its_place(viewer: Viewer) -> None:
    before = picture(viewer)
    viewer.set_marker((100.5, 80.5))
    changed = np.argwhere((picture(viewer) != before).any(-1))
    assert np.abs(changed.mean(0) - (80, 100)).max() < 2
    assert np.abs(changed - (80, 100)).max() < 20
    viewer.set_marker(None)
    assert (picture(viewer) == before).all()
