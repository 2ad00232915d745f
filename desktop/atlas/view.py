"""The atlas view: one layer's texture with the edits that lie on it, in a viewer of its own."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop import theme
from desktop.prompt.options import CalmBox
from desktop.theme import tint
from desktop.viewer import Viewer
from engine.atlas.atlas import Atlas, AtlasLayer
from engine.atlas.painting import picture_size
from engine.compositing import Placed
from engine.filters import resize

UNSEEN_GRAY = 0.16  # where no frame ever saw the texture
NOTHING = "No atlas yet"


class AtlasView(QWidget):
    """Shows the layers of an atlas one at a time, as fine as the clip's own frames."""

    layer_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._atlas: Atlas | None = None
        self.viewer = Viewer()
        self.layers = CalmBox()
        self.layers.setToolTip("The layer of the atlas on show; a hand paints on this one")
        self.layers.setMinimumContentsLength(12)
        self._size = QLabel()
        tint(self._size, theme.DIM)
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 4)
        head.setSpacing(8)
        head.addWidget(QLabel("Atlas"))
        head.addWidget(self.layers)
        head.addWidget(self._size)
        head.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.viewer, 1)
        self.layers.currentIndexChanged.connect(self._show_layer)
        self.show_atlas(None)

    @property
    def layer(self) -> str:
        """The name of the layer on show, empty without an atlas."""
        return self.layers.currentData() or ""

    def show_atlas(self, atlas: Atlas | None) -> None:
        """Show another atlas; the layer on show stays where the new one has it, else the nearest is shown."""
        name = self.layer
        self._atlas = atlas
        with QSignalBlocker(self.layers):
            self.layers.clear()
            for each in reversed(atlas.layers if atlas else ()):
                self.layers.addItem(each.name.capitalize(), each.name)
            self.layers.setCurrentIndex(max(self.layers.findData(name), 0) if atlas else -1)
        self.layers.setEnabled(atlas is not None)
        self._show_layer()

    def choose(self, name: str) -> None:
        """Show the layer of that name, where there is one."""
        place = self.layers.findData(name)
        if place >= 0:
            self.layers.setCurrentIndex(place)

    def set_edits(self, edits: Sequence[Placed]) -> None:
        """Show these edits of the layer, the bottom one first."""
        self.viewer.set_layers(edits)

    def _show_layer(self) -> None:
        atlas, name = self._atlas, self.layer
        if atlas is None or not name:
            self._size.setText(NOTHING)
            self.viewer.set_source(None)
        else:
            layer = atlas.layer(name)
            self._size.setText(f"{layer.size[0]} × {layer.size[1]}")
            self.viewer.set_source(shown_texture(layer, picture_size(atlas, name)))
        self.layer_chosen.emit(name)


def shown_texture(layer: AtlasLayer, size: tuple[int, int]) -> np.ndarray:
    """Return a layer's texture at a (width, height), (h, w, 3): gray where it was never seen."""
    seen = layer.coverage[..., None]
    return np.clip(resize(layer.texture * seen + UNSEEN_GRAY * (1 - seen), *size), 0, 1)
