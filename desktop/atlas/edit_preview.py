"""An edit of an atlas layer while it forms: on the atlas as it is, on the frame as the mapping carries it there."""

import numpy as np
from PySide6.QtCore import QObject

from desktop.atlas.latest import Latest
from desktop.atlas.present_atlas import PresentAtlas
from desktop.atlas.view import AtlasView
from desktop.document import Document
from desktop.viewer import Viewer
from engine.atlas.rendering import layer_frame
from engine.jobs import LayerEdit

KIND = "preview"


class EditPreview(QObject):
    """Keeps both viewers on the newest preview, whichever frame they show."""

    def __init__(
        self, document: Document, present: PresentAtlas, latest: Latest, frame: Viewer, atlas: AtlasView
    ) -> None:
        super().__init__(atlas)
        self._document, self._present, self._latest, self._frame, self._view = document, present, latest, frame, atlas
        self._layer = ""
        self._picture: np.ndarray | None = None
        document.frame_shown.connect(lambda _number: self._show_on_frame())
        document.playhead.moved.connect(lambda _number: self._hide_on_frame())
        atlas.layer_chosen.connect(lambda _name: self._show_on_atlas())

    def show(self, job: LayerEdit, picture: np.ndarray | None) -> None:
        """Show what a job has made so far, (h, w, 4); None for none."""
        self._layer, self._picture = job.atlas_layer, picture
        self._show_on_atlas()
        self._show_on_frame()

    def hide(self) -> None:
        """Show no preview until the next one comes."""
        self._picture = None
        self._show_on_atlas()
        self._hide_on_frame()

    def _show_on_atlas(self) -> None:
        self._view.viewer.set_preview(self._picture if self._view.layer == self._layer else None)

    def _show_on_frame(self) -> None:
        atlas, index, picture, name = self._present.atlas, self._present.index, self._picture, self._layer
        if atlas is None or index is None or picture is None or self._document.clip is None:
            self._hide_on_frame()
            return
        source = self._document.source()
        self._latest.ask(KIND, lambda: layer_frame(atlas, name, picture, index, source), self._frame.set_preview)

    def _hide_on_frame(self) -> None:
        self._latest.forget(KIND)
        if self._document.clip is not None:  # a still's preview is none of its business
            self._frame.set_preview(None)
