"""The layer panel."""

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.document import Document
from desktop.layers.commands import LayerCommands
from desktop.layers.list import LayerView
from desktop.layers.model import LayerModel
from engine.compositing import BlendMode
from engine.jobs import WordEdit
from engine.project import EditLayer, Project

GESTURE_ENDS_MS = 800
FIELD_WIDTH = 74


class LayerPanel(QWidget):
    """Lists the edit layers, and holds the current one's blend mode and opacity."""

    reuse_requested = Signal(object)  # an ImageEdit or a LayerEdit

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.commands = LayerCommands(document)
        self.model = LayerModel(self._thumbnail, self)
        self.view = LayerView(self.model)
        self.blend = _blend_box()
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity_field = QSpinBox()
        self.key_button = QToolButton()
        self._gesture = 0
        self._gesture_end = QTimer(self, singleShot=True, interval=GESTURE_ENDS_MS)
        self._tools = QHBoxLayout()
        self._set_up_opacity()
        self._lay_out()
        self._connect()
        self._show_project(document.project)

    def add_tools(self, actions: list[QAction]) -> None:
        """Put a button for each action under the list."""
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAutoRaise(True)
            self._tools.addWidget(button)
        self._tools.addStretch()

    def add_key_button(self, action: QAction) -> None:
        """Put the button that sets and deletes opacity keyframes under the list, for clips."""
        self.key_button.setDefaultAction(action)

    def rename_current(self) -> None:
        """Open the current layer's name for editing, in place."""
        index = self.view.currentIndex()
        if index.isValid() and not self._is_locked():
            self.view.edit(index)

    def reuse_current(self) -> None:
        """Ask for the current layer's job in the prompt panel."""
        layer = self._document.current()
        if layer is not None and isinstance(layer.job, WordEdit):
            self.reuse_requested.emit(layer.job)

    def _set_up_opacity(self) -> None:
        self.opacity.setRange(0, 100)
        self.opacity.setPageStep(10)
        self.opacity.setToolTip("Opacity of the layer")
        self.opacity_field.setRange(0, 100)
        self.opacity_field.setSuffix(" %")
        self.opacity_field.setFixedWidth(FIELD_WIDTH)
        self.opacity_field.setToolTip(self.opacity.toolTip())
        self.key_button.setAutoRaise(True)

    def _lay_out(self) -> None:
        controls = QHBoxLayout()
        controls.addWidget(self.blend)
        controls.addWidget(self.opacity, 1)
        controls.addWidget(self.opacity_field)
        self._tools.addWidget(self.key_button)
        self._empty = QLabel("No layers yet.\nDescribe an edit, and its layer appears here.")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setEnabled(False)
        self._empty.setWordWrap(True)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 6)
        layout.setSpacing(6)
        layout.addLayout(controls)
        layout.addLayout(self._stack, 1)
        layout.addLayout(self._tools)

    def _connect(self) -> None:
        document, commands = self._document, self.commands
        document.project_changed.connect(self._show_project)
        document.current_layer_changed.connect(self._show_current)
        document.playhead.moved.connect(self._show_moment)
        self.model.dropped.connect(commands.move)
        self.model.renamed.connect(commands.rename)
        self.view.layer_delegate.switched.connect(commands.switch)
        self.view.selectionModel().currentChanged.connect(self._select)
        self.blend.activated.connect(self._set_blend)
        self.opacity.valueChanged.connect(self._set_opacity)
        self.opacity_field.valueChanged.connect(self._set_opacity)
        self.opacity.sliderReleased.connect(self._end_gesture)
        self._gesture_end.timeout.connect(self._end_gesture)

    def _show_project(self, project: Project) -> None:
        self.model.set_project(project)
        self._stack.setCurrentWidget(self.view if project.layers else self._empty)
        self.key_button.setVisible(project.footage is not None and project.footage.is_clip)
        self._show_current(self._document.current_layer)

    def _show_current(self, layer_id: str) -> None:
        row = self.model.row_of(layer_id)
        self.view.setCurrentIndex(self.model.index(row) if row >= 0 else QModelIndex())
        layer = self._document.current()
        for widget in (self.blend, self.opacity, self.opacity_field):
            widget.setEnabled(layer is not None and not layer.locked)
        number = self._document.playhead.number
        self._show_values(layer.opacity_at(number) if layer else 1.0, layer.blend if layer else BlendMode.NORMAL)
        self.key_button.setChecked(layer is not None and number in dict(layer.opacity_keys))

    def _show_moment(self) -> None:
        """Show the opacity at another frame."""
        layer = self._document.current()
        if layer is not None and layer.opacity_keys:
            self._end_gesture()
            self._show_current(layer.id)

    def _show_values(self, opacity: float, blend: BlendMode) -> None:
        percent = round(opacity * 100)
        with QSignalBlocker(self.opacity), QSignalBlocker(self.opacity_field):
            self.opacity.setValue(percent)
            self.opacity_field.setValue(percent)
        self.blend.setCurrentIndex(self.blend.findData(blend.value))

    def _select(self, index: QModelIndex) -> None:
        layer = self.model.layer(index)
        if layer is not None:
            self._end_gesture()
            self._document.set_current_layer(layer.id)

    def _set_blend(self) -> None:
        self.commands.set_blend(self._document.current_layer, BlendMode(self.blend.currentData()))

    def _set_opacity(self, percent: int) -> None:
        self._gesture_end.start()
        self.commands.set_opacity(self._document.current_layer, percent / 100, str(self._gesture))

    def _end_gesture(self) -> None:
        if not self.opacity.isSliderDown():
            self._gesture += 1

    def _is_locked(self) -> bool:
        layer = self._document.current()
        return layer is None or layer.locked

    def _thumbnail(self, layer: EditLayer) -> QImage | None:
        return self._document.pixels.thumbnail(layer.picture)


def _blend_box() -> QComboBox:
    box = QComboBox()
    box.setToolTip("How the layer blends with what is under it")
    for mode in BlendMode:
        box.addItem(mode.label, mode.value)
    box.setMinimumContentsLength(9)
    return box
