"""Size and hardness of the brush, and of one with colour that as well; shown while a brush is held."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QColorDialog, QHBoxLayout, QLabel, QSlider, QSpinBox, QToolButton, QWidget

from desktop.viewer import Brush, Viewer

LARGEST_SIZE = 500


class BrushBar(QWidget):
    """Fields that follow the viewer's brush, and change it."""

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
        self.opacity_field = QSpinBox()
        self.opacity_field.setRange(1, 100)
        self.opacity_field.setSuffix(" %")
        self.opacity_field.setFixedWidth(70)
        self.opacity_field.setToolTip("Opacity of a stroke")
        self.colour_button = QToolButton()
        self.colour_button.setToolTip("Colour of the brush")
        self.colour_button.setIconSize(QSize(18, 18))
        self._colour_parts = (self.colour_button, QLabel("Opacity"), self.opacity_field)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        for widget in (QLabel("Brush"), self.size_field, QLabel("Hardness"), self.hardness, *self._colour_parts):
            layout.addWidget(widget)
        layout.addStretch()
        self.opacity_field.valueChanged.connect(self._set_opacity)
        self.colour_button.clicked.connect(self._choose_colour)
        self.size_field.valueChanged.connect(self._set_size)
        self.hardness.valueChanged.connect(self._set_hardness)
        viewer.brush_changed.connect(self._show)

    def _show(self, brush: Brush | None) -> None:
        if brush is None:
            return
        with QSignalBlocker(self.size_field), QSignalBlocker(self.hardness), QSignalBlocker(self.opacity_field):
            self.size_field.setValue(round(brush.size))
            self.hardness.setValue(round(brush.hardness * 100))
            self.opacity_field.setValue(round(brush.opacity * 100))
        for part in self._colour_parts:
            part.setVisible(brush.colour is not None)
        if brush.colour is not None:
            swatch = QPixmap(18, 18)
            swatch.fill(QColor.fromRgbF(*brush.colour))
            self.colour_button.setIcon(QIcon(swatch))

    def _set_size(self, size: int) -> None:
        if self._viewer.brush is not None:
            self._viewer.set_brush(self._viewer.brush.resized(size))

    def _set_hardness(self, percent: int) -> None:
        if self._viewer.brush is not None:
            self._viewer.set_brush(replace(self._viewer.brush, hardness=percent / 100))

    def _set_opacity(self, percent: int) -> None:
        if self._viewer.brush is not None:
            self._viewer.set_brush(replace(self._viewer.brush, opacity=percent / 100))

    def _choose_colour(self) -> None:
        brush = self._viewer.brush
        if brush is None or brush.colour is None:
            return
        dialog = QColorDialog(QColor.fromRgbF(*brush.colour), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(self.set_colour)
        dialog.open()

    def set_colour(self, colour: QColor) -> None:
        """Give the brush another colour."""
        if self._viewer.brush is not None:
            rgb = (colour.redF(), colour.greenF(), colour.blueF())
            self._viewer.set_brush(replace(self._viewer.brush, colour=rgb))
