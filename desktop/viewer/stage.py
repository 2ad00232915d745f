"""The footage with its edit layers, and the brush on its matte: all that the viewer can be told, no input."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.viewer import wipe
from desktop.viewer.brush import Brush, Stroke
from desktop.viewer.gestures import StrokeDrag
from desktop.viewer.look import Backdrop, Channel, Look
from desktop.viewer.plane import Plane
from desktop.viewer.scene import PlacedPlane, Scene
from desktop.viewer.screen import Screen
from desktop.viewer.view import EVERYTHING, Rect, zoom_step
from engine.compositing import Placed

BRUSH_STEP = 1.25


class Stage(Screen):
    """Shows the footage with its edit layers, and lets a brush edit the subject matte.

    Pictures are float32 in 0..1, display space: the footage (H, W, 3), layers (H, W, 4) with straight alpha, the
    matte (H, W). They are kept, not copied, and must not be changed afterwards.
    """

    look_changed = Signal(object)  # Look
    brush_changed = Signal(object)  # Brush or None
    matte_edited = Signal(object)  # the new matte (H, W), after each stroke; undoing is the receiver's

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = Look()
        self._brush: Brush | None = None
        self._planes: dict[int, Plane] = {}

    def set_source(self, rgb: np.ndarray | None) -> None:
        """Show other footage, without layers, preview or matte; None for nothing."""
        self._planes.clear()
        self._set_scene(None if rgb is None else Scene(Plane(rgb), look=self._shown_look()))

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

    @property
    def brush(self) -> Brush | None:
        """The brush that paints on the matte, None while there is none."""
        return self._brush

    def set_brush(self, brush: Brush | None) -> None:
        """Take up a brush, or put it down. While one is held the matte is tinted."""
        if brush == self._brush:
            return
        self._brush = brush
        if self._scene is not None and self._scene.look != self._shown_look():
            self._change_scene(look=self._shown_look())
        self.update()
        self.brush_changed.emit(brush)

    def grow_brush(self) -> None:
        """Make the brush larger."""
        if self._brush is not None:
            self.set_brush(self._brush.resized(self._brush.size * BRUSH_STEP))

    def shrink_brush(self) -> None:
        """Make the brush smaller."""
        if self._brush is not None:
            self.set_brush(self._brush.resized(self._brush.size / BRUSH_STEP))

    def begin_stroke(self, brush: Brush) -> StrokeDrag | None:
        """Return a drag that paints with ``brush`` on a copy of the matte; None where nothing is shown.

        Without a matte the brush begins on an empty one, the eraser on a full one.
        """
        scene = self._scene
        if scene is None:
            return None
        if scene.matte is not None:
            matte = scene.matte.pixels
        else:
            matte = np.full((scene.size.height, scene.size.width), float(brush.erase), np.float32)
        stroke = Stroke(matte, brush)
        painted_on = Plane(stroke.matte)
        self._change_scene(matte=painted_on)

        def painted(part: Rect) -> None:
            painted_on.changed()
            self._set_scene(self._scene, self._view.touched(part))

        def ended(keep: bool) -> None:
            if keep:
                self.matte_edited.emit(stroke.matte)
            else:
                self._change_scene(matte=scene.matte)

        return StrokeDrag(stroke, lambda x, y: self._view.to_picture(x, y), painted, ended)

    def _shown_look(self) -> Look:
        return replace(self._look, matte_overlay=self._look.matte_overlay or self._brush is not None)

    def _plane_of(self, rgba: np.ndarray) -> Plane:
        return self._planes.get(id(rgba)) or Plane(rgba)

    def _change_scene(self, **changes: Any) -> None:
        if self._scene is not None:
            self._set_scene(replace(self._scene, **changes))
