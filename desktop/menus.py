"""The menu bar and the tool bar."""

from collections.abc import Iterable

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar

from desktop.actions import (
    ATLAS,
    CHANNELS,
    CLIP_OVERLAYS,
    EDIT,
    FILE,
    HELP,
    LAYER,
    MATTE,
    OVERLAYS,
    SEPARATOR,
    TRANSPORT,
    WINDOW,
    ZOOM,
    Actions,
    Spec,
)

TOOLS = ("open", "save", "export", "", "undo", "redo", "", "fit", "one_to_one", "zoom_in", "zoom_out", "")
VIEW_TOOLS = ("channel_r", "channel_g", "channel_b", "channel_a", "", "matte_overlay", "checkerboard", "wipe", "")
BRUSH_TOOLS = ("brush", "eraser", "box", "paint", "", "atlas_view")


def fill_menu_bar(window: QMainWindow, actions: Actions, recent: QMenu, panels: list[QAction]) -> None:
    """Build all menus; ``panels`` shows and hides the docks."""
    bar = window.menuBar()
    file_menu = bar.addMenu("&File")
    _fill(file_menu, actions, FILE)
    file_menu.insertMenu(actions["open_sample"], recent)
    _fill(bar.addMenu("&Edit"), actions, (*EDIT, SEPARATOR, *MATTE))
    _fill(
        bar.addMenu("&View"),
        actions,
        (*ZOOM, SEPARATOR, *CHANNELS, SEPARATOR, *OVERLAYS, SEPARATOR, *CLIP_OVERLAYS),
    )
    _fill(bar.addMenu("&Layer"), actions, LAYER)
    _fill(bar.addMenu("&Atlas"), actions, ATLAS)
    _fill(bar.addMenu("&Playback"), actions, TRANSPORT)
    window_menu = bar.addMenu("&Window")
    window_menu.addActions(panels)
    window_menu.addSeparator()
    _fill(window_menu, actions, WINDOW)
    _fill(bar.addMenu("&Help"), actions, HELP)


def tool_bar(actions: Actions) -> QToolBar:
    """Return the tool bar."""
    bar = QToolBar("Tools")
    bar.setObjectName("tools")
    bar.setMovable(False)
    bar.setIconSize(QSize(20, 20))
    for name in (*TOOLS, *VIEW_TOOLS, *BRUSH_TOOLS):
        if not name:
            bar.addSeparator()
        else:
            bar.addAction(actions[name])
    return bar


def _fill(menu: QMenu, actions: Actions, specs: Iterable[Spec]) -> None:
    for spec in specs:
        if spec is SEPARATOR:
            menu.addSeparator()
        else:
            menu.addAction(actions[spec.name])
