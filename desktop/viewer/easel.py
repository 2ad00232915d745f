"""The tools that change a picture: the brush on the subject matte, the brush with colour, the box."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.viewer.brush import Brush, ColourStroke, Stroke
from desktop.viewer.gestures import BoxDrag, PictureStroke, StrokeDrag
from desktop.viewer.look import Look
from desktop.viewer.plane import Plane
from desktop.viewer.stage import Stage
from desktop.viewer.view import NOTHING, Rect

BRUSH_STEP = 1.25


class Easel(Stage):
    """A stage on which one tool at a time is held: a brush, or the box."""

    brush_changed = Signal(object)  # Brush or None
    boxing_changed = Signal(bool)
    matte_edited = Signal(object)  # the new matte (H, W), after each stroke; undoing is the receiver's
    colour_painted = Signal(object, object)  # Painted, and what `drop_stroke` takes once a layer shows it
    box_drawn = Signal(object)  # Rect in picture pixels

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._brush: Brush | None = None
        self._boxing = False
        self._box = NOTHING

    @property
    def brush(self) -> Brush | None:
        """The brush that is held, None while there is none."""
        return self._brush

    def set_brush(self, brush: Brush | None) -> None:
        """Take up a brush, or put it down. While one for the matte is held the matte is tinted."""
        if brush is not None:
            self.set_boxing(False)
        if brush == self._brush:
            return
        self._brush = brush
        self._show_tool()
        self.brush_changed.emit(brush)

    @property
    def boxing(self) -> bool:
        """Whether a drag draws a box."""
        return self._boxing

    def set_boxing(self, on: bool) -> None:
        """Take up the box, or put it down."""
        if on:
            self.set_brush(None)
        if on == self._boxing:
            return
        self._boxing = on
        self._show_tool()
        self.boxing_changed.emit(on)

    def grow_brush(self) -> None:
        """Make the brush larger."""
        if self._brush is not None:
            self.set_brush(self._brush.resized(self._brush.size * BRUSH_STEP))

    def shrink_brush(self) -> None:
        """Make the brush smaller."""
        if self._brush is not None:
            self.set_brush(self._brush.resized(self._brush.size / BRUSH_STEP))

    def begin_stroke(self, brush: Brush) -> StrokeDrag | None:
        """Return a drag that paints with ``brush``; None where nothing is shown."""
        if self._scene is None:
            return None
        return self._begin_on_matte(brush) if brush.colour is None else self._begin_with_colour(brush)

    def begin_box(self) -> BoxDrag | None:
        """Return a drag that draws a box; None where nothing is shown."""
        if self._scene is None:
            return None
        size = self._scene.size
        picture = Rect(0, 0, size.width, size.height)

        def show(box: Rect) -> None:
            self._box = box.cut(picture)
            self.update()

        def ended(take: bool) -> None:
            box, self._box = self._box, NOTHING
            self.update()
            if take and not box.empty:
                self.box_drawn.emit(box)

        return BoxDrag(lambda x, y: self._view.to_picture(x, y), show, ended)

    def drop_stroke(self, stroke: object) -> None:
        """Show a stroke no more: a layer shows it now, or it came to nothing."""
        if self._scene is not None:
            self._change_scene(strokes=tuple(plane for plane in self._scene.strokes if plane is not stroke))

    def _begin_on_matte(self, brush: Brush) -> StrokeDrag | None:
        """Return a drag on a copy of the matte; without one the brush begins on an empty, the eraser on a full one."""
        scene = self._scene
        if scene is None:
            return None
        if scene.matte is not None:
            matte = scene.matte.pixels
        else:
            matte = np.full((scene.size.height, scene.size.width), float(brush.erase), np.float32)
        stroke = Stroke(matte, brush)
        plane = Plane(stroke.matte)
        self._change_scene(matte=plane)

        def ended(keep: bool) -> None:
            if keep:
                self.matte_edited.emit(stroke.matte)
            else:
                self._change_scene(matte=scene.matte)

        return self._drag(stroke, plane, ended)

    def _begin_with_colour(self, brush: Brush) -> StrokeDrag | None:
        scene = self._scene
        if scene is None:
            return None
        stroke = ColourStroke(scene.size, brush)
        plane = Plane(stroke.rgba)
        self._change_scene(strokes=(*scene.strokes, plane))

        def ended(keep: bool) -> None:
            painted = stroke.painted()
            if keep and not painted.part.empty:
                self.colour_painted.emit(painted, plane)
            else:
                self.drop_stroke(plane)

        return self._drag(stroke, plane, ended)

    def _drag(self, stroke: PictureStroke, plane: Plane, ended: Callable[[bool], None]) -> StrokeDrag:
        def painted(part: Rect) -> None:
            plane.changed()
            self._set_scene(self._scene, self._view.touched(part))

        return StrokeDrag(stroke, lambda x, y: self._view.to_picture(x, y), painted, ended)

    def _show_tool(self) -> None:
        if self._scene is not None and self._scene.look != self._shown_look():
            self._change_scene(look=self._shown_look())
        self.update()

    def _shown_look(self) -> Look:
        on_matte = self._boxing or (self._brush is not None and self._brush.colour is None)
        return replace(self._look, matte_overlay=self._look.matte_overlay or on_matte)
