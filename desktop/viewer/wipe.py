"""The wipe's line: where it is, and whether the pointer is on it. Screen lengths are device pixels."""

from desktop.viewer.look import Look
from desktop.viewer.view import Rect, Size, View

REACH = 6


def line_column(look: Look, view: View, picture: Size) -> float:
    """Return the screen column of the line."""
    return view.to_screen(look.wipe_at * picture.width, 0)[0]


def is_on_line(look: Look, view: View, picture: Size, x: float, y: float, reach: float = REACH) -> bool:
    """Return whether a place on the screen is near enough to the line to grab it."""
    covered = view.covered(picture)
    near = abs(x - line_column(look, view, picture)) <= reach
    return look.wipe and near and covered.top <= y < covered.bottom


def fraction_at(view: View, picture: Size, x: float) -> float:
    """Return the line's place, a fraction of the picture's width, for a screen column."""
    return min(max(view.to_picture(x, 0)[0] / picture.width, 0.0), 1.0)


def swept(before: Look, after: Look, view: View, picture: Size) -> Rect:
    """Return the screen pixels that change sides when the line moves."""
    first, last = sorted(line_column(look, view, picture) for look in (before, after))
    covered = view.covered(picture)
    return Rect(int(first) - 1, covered.top, int(last) + 2, covered.bottom)
