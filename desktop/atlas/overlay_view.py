"""Lays over the viewer's frame what the user wants to see of it; made off the window's thread."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.atlas.latest import Latest
from desktop.atlas.overlays import (
    Overlay,
    flow_overlay,
    mapping_overlay,
    reconstruction_overlay,
    residual_overlay,
)
from desktop.atlas.present_atlas import PresentAtlas
from desktop.document import Document
from desktop.viewer import Viewer
from engine.colour import from_uint

KIND = "overlay"


class OverlayView(QObject):
    """Follows the frame, the atlas and the chosen layer."""

    changed = Signal(object)  # Overlay

    def __init__(self, document: Document, present: PresentAtlas, latest: Latest, viewer: Viewer) -> None:
        super().__init__(viewer)
        self._document, self._present, self._latest, self._viewer = document, present, latest, viewer
        self._overlay = Overlay.NONE
        self._layer = ""
        document.footage_changed.connect(lambda _footage: self.show(Overlay.NONE))
        document.frame_shown.connect(lambda _number: self._ask())
        document.playhead.moved.connect(lambda _number: self._hide())
        present.changed.connect(lambda _atlas: self._ask())

    @property
    def overlay(self) -> Overlay:
        """What lies over the frame."""
        return self._overlay

    def toggle(self, overlay: Overlay) -> None:
        """Show an overlay, or where it is shown already none."""
        self.show(Overlay.NONE if overlay is self._overlay else overlay)

    def show(self, overlay: Overlay) -> None:
        """Show an overlay."""
        self._overlay = overlay
        self.changed.emit(overlay)
        self._ask()

    def set_layer(self, name: str) -> None:
        """Show the mapping of that layer of the atlas."""
        self._layer = name
        if self._overlay is Overlay.MAPPING:
            self._ask()

    def _ask(self) -> None:
        work = self._work()
        if work is None:
            self._hide()
            return
        name = self._overlay.label
        self._latest.ask(KIND, work, lambda rgba: self._viewer.set_overlay(rgba, name))

    def _hide(self) -> None:
        """Take the overlay away: the frame that it was made for is not shown any more."""
        self._latest.forget(KIND)
        self._viewer.set_overlay(None)

    def _work(self) -> Callable[[], np.ndarray] | None:
        """Return what makes the overlay, None where there is nothing to be shown."""
        clip, atlas, index = self._document.clip, self._present.atlas, self._present.index
        if clip is None or self._overlay is Overlay.NONE:
            return None
        source = self._document.source()
        if self._overlay is Overlay.FLOW:
            number, numbers = self._document.playhead.number, self._document.playhead.numbers
            # The last frame moves as it came.
            there, sign = (number + 1, 1) if number < numbers[-1] else (max(number - 1, numbers[0]), -1)
            return lambda: flow_overlay(source, from_uint(clip.frame(there)), sign)
        if atlas is None or index is None:
            return None
        match self._overlay:
            case Overlay.MAPPING:
                names = [layer.name for layer in atlas.layers]
                name = self._layer if self._layer in names else names[-1]
                return lambda: mapping_overlay(atlas, name, index)
            case Overlay.RECONSTRUCTION:
                return lambda: reconstruction_overlay(atlas, index)
        return lambda: residual_overlay(atlas, index, source)
