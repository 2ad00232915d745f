"""The real widget, driven by mouse and keyboard, and what it shows, pixel by pixel."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop import theme
from desktop.viewer import Backdrop, Brush, Channel, Look, Viewer
from engine.colour import to_uint8
from engine.compositing import BlendMode, Placed, composite, on_checkerboard

RNG = np.random.default_rng(11)
WIDTH, HEIGHT = 300, 200
SOURCE = RNG.random((HEIGHT, WIDTH, 3), np.float32)
RGBA = RNG.random((HEIGHT, WIDTH, 4), np.float32)
LAYER = Placed(RGBA, 0.8, BlendMode.MULTIPLY)
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CORNER = QPoint(50, 50)  # where the picture begins at 1:1 in a viewer of 400 × 300


@pytest.fixture
def viewer(qtbot: QtBot) -> Viewer:
    """Return a viewer of 400 × 300 that shows the source and one layer at 1:1."""
    widget = Viewer()
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    widget.show()
    widget.set_source(SOURCE)
    widget.set_layers([LAYER])
    widget.one_to_one()
    widget.settle()
    return widget


def screen(viewer: Viewer) -> np.ndarray:
    """Return what the widget shows, (height, width, 3) integers."""
    viewer.settle()
    image = viewer.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def picture(viewer: Viewer) -> np.ndarray:
    """Return the part of the screen where the picture lies at 1:1."""
    return screen(viewer)[50 : 50 + HEIGHT, 50 : 50 + WIDTH]


def assert_shows(shown: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(shown, to_uint8(expected).astype(int), atol=1)


def drag(viewer: Viewer, places: list[QPoint], button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
    press_and_move(viewer, places, button, keys)
    QTest.mouseRelease(viewer, button, keys, places[-1])


def press_and_move(
    viewer: Viewer, places: list[QPoint], button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE
) -> None:
    QTest.mousePress(viewer, button, keys, places[0])
    for place in places[1:]:
        move(viewer, place, button, keys)


def move(
    viewer: Viewer,
    place: QPoint,
    button: Qt.MouseButton = Qt.MouseButton.NoButton,
    keys: Qt.KeyboardModifier = NONE,
) -> None:
    # QTest.mouseMove cannot hold a button.
    globally = QPointF(viewer.mapToGlobal(place))
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(place), globally, Qt.MouseButton.NoButton, button, keys)
    QApplication.sendEvent(viewer, event)


def wheel(viewer: Viewer, place: QPoint, notches: int) -> None:
    event = QWheelEvent(
        QPointF(place),
        QPointF(viewer.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewer, event)


def test_at_one_to_one_it_shows_the_engines_composite(viewer: Viewer) -> None:
    assert_shows(picture(viewer), composite(SOURCE, [LAYER]))


def test_the_surround_is_neutral_gray(viewer: Viewer) -> None:
    red, green, blue = screen(viewer)[10, 10]
    assert red == green == blue
    assert f"#{red:02x}{green:02x}{blue:02x}" == theme.SURROUND


def test_without_help_it_settles_by_itself(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.set_layers([])
    qtbot.waitUntil(lambda: viewer.settled)
    assert_shows(picture(viewer), SOURCE)


def test_nothing_is_shown_after_the_footage_is_closed(viewer: Viewer) -> None:
    viewer.set_source(None)
    viewer.set_layers([LAYER])
    assert len(np.unique(screen(viewer).reshape(-1, 3), axis=0)) == 1


def test_a_slider_recomposites(viewer: Viewer) -> None:
    for opacity in (0.0, 0.25, 1.0):
        placed = replace(LAYER, opacity=opacity)
        viewer.set_layers([placed])
        assert_shows(picture(viewer), composite(SOURCE, [placed]))


def test_pixels_are_crisp_at_400_percent(viewer: Viewer) -> None:
    viewer.set_layers([])
    viewer.set_zoom(4.0)
    x, y = (int(place) for place in viewer.view.to_picture(0, 0))
    left, top = (round(place) for place in viewer.view.to_screen(x + 1, y + 1))
    part = SOURCE[y + 1 : y + 51, x + 1 : x + 51].repeat(4, axis=0).repeat(4, axis=1)
    assert_shows(screen(viewer)[top : top + 200, left : left + 200], part)


def test_the_wheel_zooms_about_the_pointer(viewer: Viewer, qtbot: QtBot) -> None:
    place = QPoint(120, 90)
    before = viewer.view.to_picture(120, 90)
    with qtbot.waitSignal(viewer.zoom_changed) as changed:
        wheel(viewer, place, 4)
    assert changed.args == [2.0]
    assert viewer.view.to_picture(120, 90) == pytest.approx(before, abs=0.5)
    wheel(viewer, place, -4)
    assert viewer.zoom == 1.0
    assert viewer.view.to_picture(120, 90) == pytest.approx(before, abs=1.0)
    assert_shows(picture(viewer), composite(SOURCE, [LAYER]))


@pytest.mark.parametrize("how", ["middle", "left", "space"])
def test_dragging_pans(viewer: Viewer, how: str) -> None:
    if how == "space":
        viewer.set_brush(Brush())  # Space wins over the brush
        QTest.keyPress(viewer, Qt.Key.Key_Space)
    button = Qt.MouseButton.MiddleButton if how == "middle" else LEFT
    drag(viewer, [QPoint(200, 150), QPoint(180, 160), QPoint(170, 165)], button)
    if how == "space":
        QTest.keyRelease(viewer, Qt.Key.Key_Space)
        viewer.set_brush(None)
    assert viewer.view.corner == (20, 65)
    assert_shows(screen(viewer)[65 : 65 + HEIGHT, 20 : 20 + WIDTH], composite(SOURCE, [LAYER]))


def test_the_picture_moves_before_it_is_drawn_anew(viewer: Viewer) -> None:
    viewer.pan_by(-30, 15)
    image = viewer.grab().toImage()
    assert not viewer.settled
    red, green, blue = to_uint8(composite(SOURCE, [LAYER]))[100, 100].astype(int)
    shown = image.pixelColor(20 + 100, 65 + 100)
    assert (shown.red(), shown.green(), shown.blue()) == pytest.approx((red, green, blue), abs=1)


def test_the_cursor_tells_what_a_drag_would_do(viewer: Viewer) -> None:
    move(viewer, QPoint(200, 150))
    assert viewer.cursor().shape() == Qt.CursorShape.ArrowCursor
    QTest.keyPress(viewer, Qt.Key.Key_Space)
    assert viewer.cursor().shape() == Qt.CursorShape.OpenHandCursor
    QTest.mousePress(viewer, LEFT, NONE, QPoint(200, 150))
    assert viewer.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    QTest.mouseRelease(viewer, LEFT, NONE, QPoint(200, 150))
    QTest.keyRelease(viewer, Qt.Key.Key_Space)
    viewer.set_wipe(True)
    move(viewer, QPoint(200, 200))
    assert viewer.cursor().shape() == Qt.CursorShape.SplitHCursor
    viewer.set_brush(Brush())
    move(viewer, QPoint(100, 100))
    assert viewer.cursor().shape() == Qt.CursorShape.BlankCursor


def test_a_double_click_fits_and_stays_fitted(viewer: Viewer) -> None:
    viewer.set_zoom(5.0)
    QTest.mouseDClick(viewer, LEFT, NONE, QPoint(100, 100))
    assert viewer.zoom == pytest.approx(368 / WIDTH)
    viewer.resize(700, 500)
    assert viewer.zoom == pytest.approx(668 / WIDTH)
    viewer.set_zoom(1.0)
    viewer.resize(400, 300)
    assert viewer.zoom == 1.0


def test_zooming_in_and_out_by_steps(viewer: Viewer) -> None:
    viewer.zoom_in()
    assert viewer.zoom == pytest.approx(2**0.5)
    viewer.zoom_out()
    assert viewer.zoom == 1.0
    viewer.zoom_out()
    assert viewer.zoom == pytest.approx(0.5**0.5)


def test_other_footage_of_another_size_is_fitted(viewer: Viewer) -> None:
    viewer.set_zoom(5.0)
    viewer.set_source(np.zeros((100, 100, 3), np.float32))
    assert viewer.zoom == pytest.approx(268 / 100)
    assert viewer.scene is not None
    assert viewer.scene.layers == ()


def test_other_footage_never_shows_with_the_old_ones_pixels(viewer: Viewer) -> None:
    viewer.set_layers([])  # begins a pass that the new footage overtakes
    viewer.set_source(np.zeros((100, 100, 3), np.float32))
    shown = {viewer.grab().toImage().pixelColor(200, 150).name()}
    viewer.settle()
    shown.add(viewer.grab().toImage().pixelColor(200, 150).name())
    assert shown <= {theme.SURROUND, "#000000"}


def test_a_sideways_wheel_leaves_the_view_fitted(viewer: Viewer) -> None:
    viewer.fit()
    wheel(viewer, QPoint(100, 100), 0)
    viewer.resize(700, 500)
    assert viewer.zoom == pytest.approx(668 / WIDTH)


def test_channels(viewer: Viewer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(viewer.look_changed) as changed:
        viewer.set_channel(Channel.GREEN)
    assert changed.args == [Look(channel=Channel.GREEN)]
    green = composite(SOURCE, [LAYER])[..., 1:2].repeat(3, axis=2)
    shown = picture(viewer)
    assert_shows(shown[30:], green[30:])  # a label lies on the first rows
    viewer.set_channel(Channel.ALPHA)
    alpha = (RGBA[..., 3:] * 0.8).repeat(3, axis=2)
    assert_shows(picture(viewer)[30:], alpha[30:])


def test_the_checkerboard_shows_the_layers_alone(viewer: Viewer) -> None:
    viewer.set_backdrop(Backdrop.CHECKERBOARD)
    assert_shows(picture(viewer), composite(on_checkerboard(np.zeros_like(RGBA)), [LAYER]))


def test_a_preview_lies_over_the_source_and_goes_again(viewer: Viewer) -> None:
    red = np.zeros((20, 30, 4), np.float32)
    red[..., 0] = red[..., 3] = 1
    viewer.set_preview(red)
    assert (picture(viewer)[40:, :] == (255, 0, 0)).all()
    viewer.set_preview(None)
    assert_shows(picture(viewer), composite(SOURCE, [LAYER]))


def test_the_wipe_is_dragged(viewer: Viewer) -> None:
    viewer.set_wipe(True)
    drag(viewer, [QPoint(200, 220), QPoint(170, 220), QPoint(140, 230)])
    assert viewer.look.wipe_at == pytest.approx(90 / WIDTH)
    shown, edit = picture(viewer), composite(SOURCE, [LAYER])
    assert_shows(shown[150:, :75], SOURCE[150:, :75])
    assert_shows(shown[150:, 105:], edit[150:, 105:])
    assert viewer.view.corner == (CORNER.x(), CORNER.y())


def test_the_wipe_moves_with_the_picture_and_back_on_escape(viewer: Viewer) -> None:
    viewer.set_wipe(True)
    viewer.pan_by(40, 0)
    press_and_move(viewer, [QPoint(240, 220), QPoint(300, 220)])
    assert viewer.look.wipe_at > 0.6
    QTest.keyClick(viewer, Qt.Key.Key_Escape)
    assert viewer.look.wipe_at == 0.5
    move(viewer, QPoint(340, 220), LEFT)
    assert viewer.look.wipe_at == 0.5


def test_a_stroke_changes_the_matte_where_it_was_drawn(viewer: Viewer, qtbot: QtBot) -> None:
    matte = np.zeros((HEIGHT, WIDTH), np.float32)
    viewer.set_matte(matte)
    viewer.set_brush(Brush(size=20, hardness=1.0))
    with qtbot.waitSignal(viewer.matte_edited) as edited:
        drag(viewer, [QPoint(150, 130), QPoint(250, 130)])
    painted = edited.args[0]
    assert not matte.any()  # undoing is the caller's: what it gave is as it was
    assert (painted[75:85, 100:200] == 1).all()
    assert not painted[:68].any()
    assert not painted[92:].any()
    assert not painted[:, :88].any()


def test_the_tint_follows_the_brush_and_the_undo(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.set_source(np.full_like(SOURCE, 0.5))
    matte = np.zeros((HEIGHT, WIDTH), np.float32)
    viewer.set_matte(matte)
    viewer.set_brush(Brush(size=20, hardness=1.0))
    press_and_move(viewer, [QPoint(150, 130), QPoint(250, 130)])
    red = picture(viewer)[77, 150]
    assert red[0] > 180 > 100 > red[1]
    assert (picture(viewer)[120, 150] == 128).all()
    with qtbot.waitSignal(viewer.matte_edited) as edited:
        QTest.mouseRelease(viewer, LEFT, NONE, QPoint(250, 130))
    viewer.set_matte(edited.args[0])
    viewer.set_matte(matte)
    viewer.set_brush(None)
    viewer.set_matte_overlay(True)
    assert (picture(viewer) == 128).all()


def test_ctrl_swaps_brush_and_eraser(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.set_matte(np.ones((HEIGHT, WIDTH), np.float32))
    viewer.set_brush(Brush(size=20, hardness=1.0))
    with qtbot.waitSignal(viewer.matte_edited) as edited:
        drag(viewer, [QPoint(150, 130), QPoint(200, 130)], keys=Qt.KeyboardModifier.ControlModifier)
    assert edited.args[0][80, 120] == 0
    assert edited.args[0][20, 120] == 1


@pytest.mark.parametrize(("erase", "untouched", "painted"), [(False, 0, 1), (True, 1, 0)])
def test_without_a_matte_a_stroke_begins_one(
    viewer: Viewer, qtbot: QtBot, erase: bool, untouched: float, painted: float
) -> None:
    viewer.set_brush(Brush(size=20, hardness=1.0, erase=erase))
    with qtbot.waitSignal(viewer.matte_edited) as edited:
        drag(viewer, [QPoint(150, 130), QPoint(151, 130)])
    assert edited.args[0].shape == (HEIGHT, WIDTH)
    assert edited.args[0][80, 100] == painted
    assert edited.args[0][10, 10] == untouched


def test_escape_drops_a_stroke(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.set_source(np.full_like(SOURCE, 0.5))
    viewer.set_matte(np.zeros((HEIGHT, WIDTH), np.float32))
    viewer.set_brush(Brush(size=20))
    with qtbot.assertNotEmitted(viewer.matte_edited):
        press_and_move(viewer, [QPoint(150, 130), QPoint(250, 130)])
        QTest.keyClick(viewer, Qt.Key.Key_Escape)
        QTest.mouseRelease(viewer, LEFT, NONE, QPoint(250, 130))
    move(viewer, QPoint(60, 60))
    assert (picture(viewer)[60:] == 128).all()


def test_a_new_matte_ends_a_stroke_under_way(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.set_brush(Brush(size=20))
    found = np.ones((HEIGHT, WIDTH), np.float32)
    with qtbot.assertNotEmitted(viewer.matte_edited):
        press_and_move(viewer, [QPoint(150, 130), QPoint(250, 130)])
        viewer.set_matte(found)
        QTest.mouseRelease(viewer, LEFT, NONE, QPoint(250, 130))
    assert viewer.scene is not None
    assert viewer.scene.matte is not None
    assert viewer.scene.matte.pixels is found


def test_shift_and_a_drag_resize_the_brush(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.set_brush(Brush(size=20))
    viewer.set_zoom(2.0)
    with qtbot.waitSignal(viewer.brush_changed):
        drag(viewer, [QPoint(150, 130), QPoint(190, 130)], keys=Qt.KeyboardModifier.ShiftModifier)
    assert viewer.brush == Brush(size=60)
    viewer.shrink_brush()
    viewer.grow_brush()
    assert viewer.brush.size == pytest.approx(60)


def test_the_outline_shows_the_brushs_size(viewer: Viewer) -> None:
    viewer.set_source(np.full_like(SOURCE, 0.5))
    viewer.set_brush(Brush(size=80, hardness=1.0))
    viewer.set_matte(np.zeros((HEIGHT, WIDTH), np.float32))
    move(viewer, QPoint(200, 150))
    drawn = np.argwhere((picture(viewer) != 128).any(axis=2))
    top, left = drawn.min(axis=0)
    bottom, right = drawn.max(axis=0)
    assert (right - left, bottom - top) == pytest.approx((82, 82), abs=3)
    QApplication.sendEvent(viewer, QEvent(QEvent.Type.Leave))
    assert (picture(viewer) == 128).all()


def test_it_tells_what_is_under_the_pointer(viewer: Viewer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(viewer.pointed) as pointed:
        move(viewer, QPoint(50 + 120, 50 + 30))
    x, y, value = pointed.args
    assert (x, y) == (120, 30)
    np.testing.assert_allclose(value[:3], composite(SOURCE, [LAYER])[30, 120], atol=1e-6)
    assert value[3] == pytest.approx(RGBA[30, 120, 3] * 0.8, abs=1e-6)
    with qtbot.waitSignal(viewer.pointer_left):
        move(viewer, QPoint(10, 10))


def test_the_pointer_takes_the_keyboard_unless_the_user_types(qtbot: QtBot) -> None:
    window, viewer, field = QWidget(), Viewer(), QLineEdit()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    layout.addWidget(viewer)
    layout.addWidget(field)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    field.setFocus()
    QTest.mouseMove(field)
    QTest.mouseMove(viewer, QPoint(50, 50))
    assert field.hasFocus()
    QTest.mouseMove(field, QPoint(5, 5))
    field.clearFocus()
    QTest.mouseMove(viewer, QPoint(60, 60))
    assert viewer.hasFocus()


def test_layers_shown_before_are_not_prepared_again(viewer: Viewer) -> None:
    assert viewer.scene is not None
    before = viewer.scene.layers[0].plane
    viewer.set_layers([Placed(RGBA.copy()), replace(LAYER, opacity=0.1)])
    assert viewer.scene.layers[1].plane is before
    assert viewer.scene.layers[0].plane is not before
