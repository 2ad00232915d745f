"""Joins the View menu's "Correct Pixel Aspect" to the viewer: a clip's pixels need not be square."""

from PySide6.QtCore import QObject

from desktop.actions import Actions
from desktop.document import Document
from desktop.viewer import Viewer

ACTION = "pixel_aspect"


class PixelAspect(QObject):
    """Shows a clip's pixels as wide as they are meant, unless the user wants them square."""

    def __init__(self, document: Document, actions: Actions, viewer: Viewer) -> None:
        super().__init__(viewer)
        self._document, self._action, self._viewer = document, actions[ACTION], viewer
        actions.connect({ACTION: self._show})
        document.footage_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        clip = self._document.clip
        aspect = 1.0 if clip is None else float(clip.info.pixel_aspect)
        self._action.setEnabled(aspect != 1)
        self._viewer.set_pixel_aspect(aspect if self._action.isChecked() else 1.0)
