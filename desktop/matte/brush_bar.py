"""Size and hardness of the matte brush; shown while a brush is held."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QSpinBox, QWidget

from desktop.viewer import Brush, Viewer

LARGEST_SIZE = 500


class BrushBar(QWidget):
    """Two fields that follow the viewer's brush, and change it."""

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self.size_field = QSpinBox()
        self.size_field.setRange(1, LARGEST_SIZE)
        self.size_field.setSuffix(" px")
        self.size_field.setFixedWidth(84)
        self.size_field.setToolTip("Diameter of the brush in pixels of the picture; [ and ] change it too")
        self.hardness = QSlider(Qt.Orientation.Horizontal)
        self.hardness.setRange(0, 100)
        self.hardness.setFixedWidth(90)
        self.hardness.setToolTip("How hard the edge of the brush is")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        for widget in (QLabel("Brush"), self.size_field, QLabel("Hardness"), self.hardness):
            layout.addWidget(widget)
        layout.addStretch()
        self.size_field.valueChanged.connect(self._set_size)
        self.hardness.valueChanged.connect(self._set_hardness)
        viewer.brush_changed.connect(self._show)

    def _show(self, brush: Brush | None) -> None:
        if brush is None:
            return
        with QSignalBlocker(self.size_field), QSignalBlocker(self.hardness):
            self.size_field.setValue(round(brush.size))
            self.hardness.setValue(round(brush.hardness * 100))

    def _set_size(self, size: int) -> None:
        if self._viewer.brush is not None:
            self._viewer.set_brush(self._viewer.brush.resized(size))

    def _set_hardness(self, percent: int) -> None:
        if self._viewer.brush is not None:
            self._viewer.set_brush(replace(self._viewer.brush, hardness=percent / 100))
