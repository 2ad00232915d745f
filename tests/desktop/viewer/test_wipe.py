import pytest

from desktop.viewer import wipe
from desktop.viewer.look import Look
from desktop.viewer.view import Size, View

VIEW, PICTURE = View(0.5, 100, 20), Size(800, 400)
LOOK = Look(wipe=True, wipe_at=0.25)


def test_the_line_lies_at_its_fraction_of_the_picture() -> None:
    assert wipe.line_column(LOOK, VIEW, PICTURE) == 200
    assert wipe.fraction_at(VIEW, PICTURE, 200) == 0.25


@pytest.mark.parametrize(("column", "fraction"), [(50, 0.0), (900, 1.0)])
def test_the_line_cannot_leave_the_picture(column: float, fraction: float) -> None:
    assert wipe.fraction_at(VIEW, PICTURE, column) == fraction


@pytest.mark.parametrize(("x", "y", "on"), [(200, 100, True), (205, 30, True), (208, 100, False), (200, 10, False)])
def test_the_line_is_grabbed_near_it_and_inside_the_picture(x: float, y: float, on: bool) -> None:
    assert wipe.is_on_line(LOOK, VIEW, PICTURE, x, y) is on


def test_there_is_no_line_to_grab_while_the_wipe_is_off() -> None:
    assert not wipe.is_on_line(Look(wipe_at=0.25), VIEW, PICTURE, 200, 100)


def test_a_move_sweeps_what_lies_between() -> None:
    swept = wipe.swept(LOOK, Look(wipe=True, wipe_at=0.5), VIEW, PICTURE)
    assert swept.left < 200
    assert swept.right > 300
    assert swept.width < 110
    assert (swept.top, swept.bottom) == (20, 220)
