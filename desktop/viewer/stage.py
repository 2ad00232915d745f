"""The footage with its edit layers: all that the viewer can be told to show."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.viewer import wipe
from desktop.viewer.look import Backdrop, Channel, Look
from desktop.viewer.plane import Plane
from desktop.viewer.scene import PlacedPlane, Scene
from desktop.viewer.screen import Screen
from desktop.viewer.view import EVERYTHING, zoom_step
from engine.compositing import Placed


class Stage(Screen):
    """Shows the footage with its edit layers.

    Pictures are float32 in 0..1, display space: the footage (H, W, 3), layers (H, W, 4) with straight alpha, the
    matte (H, W). They are kept, not copied, and must not be changed afterwards.
    """

    look_changed = Signal(object)  # Look

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = Look()
        self._planes: dict[int, Plane] = {}
        self._overlay_name = ""

    def set_source(self, rgb: np.ndarray | None) -> None:
        """Show other footage, without layers, preview or matte; None for nothing."""
        self._planes.clear()
        self._set_scene(None if rgb is None else Scene(Plane(rgb), look=self._shown_look()))

    def set_frame(self, rgb: np.ndarray, layers: Sequence[Placed]) -> None:
        """Show another frame of the same footage with its edit layers; preview, matte and overlay stay."""
        if self._scene is None or self._scene.source.pixels.shape != rgb.shape:
            self.set_source(rgb)
        self._change_scene(source=Plane(rgb))
        self.set_layers(layers)

    def set_layers(self, layers: Sequence[Placed]) -> None:
        """Show these edit layers, the bottom one first. Arrays shown before are not prepared again."""
        self._planes = {id(layer.rgba): self._plane_of(layer.rgba) for layer in layers}
        placed = (PlacedPlane(self._planes[id(layer.rgba)], layer.opacity, layer.mode) for layer in layers)
        self._change_scene(layers=tuple(placed))

    def set_preview(self, rgba: np.ndarray | None) -> None:
        """Show a layer of any size, stretched over the footage, on top of all layers; None for none."""
        self._change_scene(preview=None if rgba is None else Plane(rgba))

    def set_matte(self, matte: np.ndarray | None) -> None:
        """Show and edit this subject matte, of the footage's size; None where the whole picture is the subject."""
        if self._scene is None or (self._scene.matte is not None and self._scene.matte.pixels is matte):
            return
        self._change_scene(matte=None if matte is None else Plane(matte))

    def set_overlay(self, rgba: np.ndarray | None, name: str = "") -> None:
        """Show a picture (h, w, 4) of any size, stretched over everything else, and say its name; None for none."""
        self._overlay_name = name if rgba is not None else ""
        if self._scene is not None and (rgba is not None or self._scene.overlay is not None):
            self._change_scene(overlay=None if rgba is None else Plane(rgba))

    @property
    def look(self) -> Look:
        """How the picture is shown."""
        return self._look

    def set_look(self, look: Look) -> None:
        """Show the picture in another way."""
        if look == self._look:
            return
        before, self._look = self._look, look
        if self._scene is not None:
            moved_line = replace(before, wipe_at=look.wipe_at) == look
            part = wipe.swept(before, look, self._view, self._scene.size) if moved_line else EVERYTHING
            self._set_scene(replace(self._scene, look=self._shown_look()), part)
        self.update()
        self.look_changed.emit(look)

    def set_channel(self, channel: Channel) -> None:
        """Show all colours, one channel or the alpha."""
        self.set_look(replace(self._look, channel=channel))

    def set_backdrop(self, backdrop: Backdrop) -> None:
        """Show the layers over the footage, a checkerboard or a green screen."""
        self.set_look(replace(self._look, backdrop=backdrop))

    def set_matte_overlay(self, shown: bool) -> None:
        """Tint the subject."""
        self.set_look(replace(self._look, matte_overlay=shown))

    def set_matte_view(self, shown: bool) -> None:
        """Show the matte alone; without a subject matte, the alpha of the layers."""
        self.set_look(replace(self._look, matte_view=shown))

    def set_wipe(self, shown: bool) -> None:
        """Show the footage left of a line that can be dragged."""
        self.set_look(replace(self._look, wipe=shown))

    def set_wipe_at(self, fraction: float) -> None:
        """Move the wipe's line to a fraction of the picture's width."""
        self.set_look(replace(self._look, wipe_at=min(max(fraction, 0.0), 1.0)))

    def zoom_in(self) -> None:
        """Zoom in by a good step."""
        self.set_zoom(zoom_step(self.zoom, 2))

    def zoom_out(self) -> None:
        """Zoom out by a good step."""
        self.set_zoom(zoom_step(self.zoom, -2))

    def _shown_look(self) -> Look:
        """Return the look, with what a tool that is held adds to it."""
        return self._look

    def _plane_of(self, rgba: np.ndarray) -> Plane:
        return self._planes.get(id(rgba)) or Plane(rgba)

    def _change_scene(self, **changes: Any) -> None:
        if self._scene is not None:
            self._set_scene(replace(self._scene, **changes))
