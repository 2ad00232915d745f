"""The pointer on a frame marks its place on the atlas, and the other way round."""

import numpy as np
from PySide6.QtCore import QObject

from desktop.atlas.latest import Latest
from desktop.atlas.present_atlas import PresentAtlas
from desktop.atlas.view import AtlasView
from desktop.viewer import Viewer
from engine.atlas.atlas import Atlas
from engine.atlas.inverse import to_atlas, to_frame
from engine.atlas.painting import picture_size

KIND = "point"
Place = tuple[float, float]


class Pointing(QObject):
    """Joins the two viewers. Places are those of the clip's frames and of the picture over the texture."""

    def __init__(self, present: PresentAtlas, latest: Latest, frame: Viewer, atlas: AtlasView) -> None:
        super().__init__(atlas)
        self._present, self._latest, self._frame, self._view = present, latest, frame, atlas
        frame.pointed.connect(lambda x, y, _value: self._mark_on_atlas((x + 0.5, y + 0.5)))
        frame.pointer_left.connect(lambda: atlas.viewer.set_marker(None))
        atlas.viewer.pointed.connect(lambda x, y, _value: self._mark_on_frame((x + 0.5, y + 0.5)))
        atlas.viewer.pointer_left.connect(self._clear_frame)

    def _mark_on_atlas(self, place: Place) -> None:
        atlas, index, name = self._present.atlas, self._present.index, self._view.layer
        if not self._view.isVisible() or atlas is None or index is None or not name:
            self._view.viewer.set_marker(None)
            return
        self._view.viewer.set_marker(place_on_atlas(atlas, name, index, place))

    def _mark_on_frame(self, place: Place) -> None:
        atlas, index, name = self._present.atlas, self._present.index, self._view.layer
        if atlas is None or index is None or not name:
            self._clear_frame()
            return
        # The inverse is looked for: that takes longer than the pointer rests.
        self._latest.ask(KIND, lambda: place_on_frame(atlas, name, index, place), self._frame.set_marker)

    def _clear_frame(self) -> None:
        self._latest.forget(KIND)
        self._frame.set_marker(None)


def place_on_atlas(atlas: Atlas, name: str, index: int, place: Place) -> Place:
    """Return where on the picture over a layer's texture a place of a frame lies; corners of pixels are whole."""
    layer = atlas.layer(name)
    point = np.array([place]) * np.array(atlas.size) / np.array(atlas.clip.size) - 0.5
    found = to_atlas(layer, index, point, atlas.size)[0] + 0.5
    x, y = found * np.array(picture_size(atlas, name)) / np.array(layer.size)
    return float(x), float(y)


def place_on_frame(atlas: Atlas, name: str, index: int, place: Place) -> Place | None:
    """Return which place of a frame shows a place on that picture, None where none does."""
    layer = atlas.layer(name)
    texel = np.array([place]) * np.array(layer.size) / np.array(picture_size(atlas, name)) - 0.5
    found = to_frame(layer, index, texel, atlas.size)[0] + 0.5
    if np.isnan(found).any():
        return None
    x, y = found * np.array(atlas.clip.size) / np.array(atlas.size)
    return float(x), float(y)
