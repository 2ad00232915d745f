"""The panels around the viewer, and the places they have at first."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

Area = Qt.DockWidgetArea
SIDE_WIDTH = 280  # what the prompt's settings need beside a scroll bar


class Docks:
    """The window's panels as docks: prompt and atlas over layers at the right, timeline beside jobs below."""

    def __init__(
        self,
        window: QMainWindow,
        prompt: QWidget,
        atlas: QWidget,
        layers: QWidget,
        timeline: QWidget,
        jobs: QWidget,
    ) -> None:
        self._window = window
        self.prompt = _dock("prompt", "Prompt", prompt, window)
        self.atlas = _dock("atlas", "Atlas", atlas, window)
        self.layers = _dock("layers", "Layers", layers, window)
        self.timeline = _dock("timeline", "Timeline", timeline, window)
        self.jobs = _dock("jobs", "Jobs", jobs, window)
        for side in (prompt, atlas, layers):
            side.setMinimumWidth(SIDE_WIDTH)
        window.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        window.setCorner(Qt.Corner.BottomRightCorner, Area.RightDockWidgetArea)
        window.setCorner(Qt.Corner.TopRightCorner, Area.RightDockWidgetArea)
        self.reset()

    def reset(self) -> None:
        """Put all panels where they are at first."""
        window = self._window
        for dock in self._all():
            dock.setFloating(False)
            window.removeDockWidget(dock)
        window.addDockWidget(Area.RightDockWidgetArea, self.prompt)
        window.addDockWidget(Area.RightDockWidgetArea, self.layers)
        window.tabifyDockWidget(self.prompt, self.atlas)
        window.addDockWidget(Area.BottomDockWidgetArea, self.timeline)
        window.splitDockWidget(self.timeline, self.jobs, Qt.Orientation.Horizontal)
        for dock in self._all():
            dock.show()
        self.prompt.raise_()
        window.resizeDocks([self.prompt, self.layers], [330, 330], Qt.Orientation.Horizontal)
        window.resizeDocks([self.prompt, self.layers], [430, 390], Qt.Orientation.Vertical)
        window.resizeDocks([self.timeline, self.jobs], [600, 480], Qt.Orientation.Horizontal)
        window.resizeDocks([self.timeline, self.jobs], [210, 210], Qt.Orientation.Vertical)

    def actions(self) -> list[QAction]:
        """Return an action a panel, which shows or hides it."""
        return [dock.toggleViewAction() for dock in self._all()]

    def _all(self) -> tuple[QDockWidget, ...]:
        return self.prompt, self.atlas, self.layers, self.timeline, self.jobs


def _dock(name: str, title: str, content: QWidget, window: QMainWindow) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(name)  # by which the window finds it again when it restores its layout
    dock.setWidget(content)
    return dock
