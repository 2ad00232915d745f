import math

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.jobs.loss_curves import COLOURS, LossCurves, LossHistory


@pytest.fixture
def history() -> LossHistory:
    history = LossHistory()
    for step in range(1, 101):
        history.add(step, {"composition": 1.0 / step, "screen": 0.5} | ({"bootstrap": 0.2} if step <= 50 else {}))
    return history


@pytest.fixture
def curves(qtbot: QtBot, history: LossHistory) -> LossCurves:
    curves = LossCurves()
    qtbot.addWidget(curves)
    curves.resize(400, 220)
    curves.set_history(history)
    curves.show()
    return curves


def rows_of(curves: LossCurves, colour: str, column: int) -> list[int]:
    """Return the rows of ``column`` that have about the colour, below the legend."""
    image: QImage = curves.grab().toImage()
    wanted = QColor(colour)

    def is_near(row: int) -> bool:
        seen = QColor(image.pixel(column, row))
        return all(abs(a - b) < 60 for a, b in zip(seen.getRgb()[:3], wanted.getRgb()[:3], strict=True))

    return [row for row in range(60, image.height()) if is_near(row)]


def test_values_that_are_no_numbers_are_left_out() -> None:
    history = LossHistory()
    history.add(1, {"screen": math.nan, "total": 2.0})
    history.add(2, {"screen": math.inf, "total": 1.0})

    assert history.curves == {"total": [(1, 2.0), (2, 1.0)]}


def test_a_later_phase_that_repeats_the_losses_adds_nothing() -> None:
    history = LossHistory()
    for step in (1, 2, 2, 0):
        history.add(step, {"total": 1.0})

    assert history.curves == {"total": [(1, 1.0), (2, 1.0)]}


def test_a_falling_loss_is_drawn_falling(curves: LossCurves) -> None:
    early, late = rows_of(curves, COLOURS[0], 100), rows_of(curves, COLOURS[0], 380)
    assert early
    assert late
    assert max(early) < min(late)  # rows are counted from the top


def test_the_scale_changes_the_curve(curves: LossCurves) -> None:
    logarithmic = rows_of(curves, COLOURS[0], 300)
    curves.set_logarithmic(False)
    linear = rows_of(curves, COLOURS[0], 300)
    assert logarithmic
    assert linear
    assert min(linear) > max(logarithmic)  # 0.015 is nearly nothing between 0 and 1, but not between 0.01 and 1


def test_under_the_mouse_are_the_values_of_the_nearest_step(curves: LossCurves) -> None:
    assert curves.hovered_values() is None
    QTest.mouseMove(curves, QPoint(390, 150))  # the right edge of the plot
    assert curves.hovered_values() == (100, {"composition": 0.01, "screen": 0.5, "bootstrap": 0.2})
    QTest.mouseMove(curves, QPoint(47, 150))
    assert curves.hovered_values() == (1, {"composition": 1.0, "screen": 0.5, "bootstrap": 0.2})
    before = curves.grab().toImage()
    QTest.mouseMove(curves, QPoint(10, 150))  # left of the plot
    assert curves.hovered_values() is None
    assert curves.grab().toImage() != before


def test_without_losses_it_says_so_and_has_no_values(qtbot: QtBot) -> None:
    curves = LossCurves()
    qtbot.addWidget(curves)
    curves.show()
    QTest.mouseMove(curves, QPoint(100, 100))
    assert curves.hovered_values() is None
    assert not curves.grab().isNull()


def test_a_single_step_is_drawn(qtbot: QtBot, curves: LossCurves) -> None:
    history = LossHistory()
    history.add(1, {"total": 0.7})
    curves.set_history(history)
    assert any(rows_of(curves, COLOURS[0], column) for column in range(44, 52))


def test_phases_without_losses_hide_no_step_of_the_training() -> None:
    history = LossHistory()
    for step in range(1, 13):
        history.add(step, {})
    for step in range(1, 4):
        history.add(step, {"composition": 0.5})
    assert history.curves == {"composition": [(1, 0.5), (2, 0.5), (3, 0.5)]}
