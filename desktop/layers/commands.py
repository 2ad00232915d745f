"""What the user can do to layers; each method is one undoable step of the document."""

from dataclasses import replace
from typing import Any

from desktop.document import Document
from engine.compositing import BlendMode
from engine.keyframes import with_key, without_key
from engine.project import EditLayer

SWITCH_LABELS = {
    "visible": ("Hide Layer", "Show Layer"),
    "solo": ("End Solo", "Solo Layer"),
    "locked": ("Unlock Layer", "Lock Layer"),
}


class LayerCommands:
    """Changes layers by their id. A locked layer keeps everything but its switches."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def switch(self, layer_id: str, name: str) -> None:
        """Flip ``visible``, ``solo`` or ``locked``."""
        if layer := self._layer(layer_id):
            on = not getattr(layer, name)
            flipped: dict[str, Any] = {name: on}
            self._apply(SWITCH_LABELS[name][on], layer, replace(layer, **flipped))

    def rename(self, layer_id: str, name: str) -> None:
        """Give the layer a name."""
        if layer := self._unlocked(layer_id):
            self._apply("Rename Layer", layer, replace(layer, name=name))

    def set_opacity(self, layer_id: str, opacity: float, gesture: str) -> None:
        """Set the opacity, 0..1, at the playhead where it has keyframes; changes of one ``gesture`` become one step."""
        if layer := self._unlocked(layer_id):
            number = self._document.playhead.number
            if layer.opacity_keys:
                changed = replace(layer, opacity_keys=with_key(layer.opacity_keys, number, opacity))
                merge = f"opacity {layer_id} {number} {gesture}"
            else:
                changed, merge = replace(layer, opacity=opacity), f"opacity {layer_id} {gesture}"
            self._apply("Change Opacity", layer, changed, merge)

    def toggle_key(self, layer_id: str) -> None:
        """Set an opacity keyframe at the playhead, or delete the one that is there."""
        layer, number = self._unlocked(layer_id), self._document.playhead.number
        if layer is None:
            return
        opacity = layer.opacity_at(number)
        if number in dict(layer.opacity_keys):
            keys = without_key(layer.opacity_keys, number)
            # After the last one the layer keeps its opacity.
            changed = replace(layer, opacity_keys=keys, opacity=layer.opacity if keys else opacity)
            self._apply("Delete Keyframe", layer, changed)
        else:
            keys = with_key(layer.opacity_keys, number, opacity)
            self._apply("Add Keyframe", layer, replace(layer, opacity_keys=keys))

    def set_blend(self, layer_id: str, blend: BlendMode) -> None:
        """Set the blend mode."""
        if layer := self._unlocked(layer_id):
            self._apply("Change Blend Mode", layer, replace(layer, blend=blend))

    def move(self, layer_id: str, place: int) -> None:
        """Move the layer to ``place``, counted from the bottom."""
        project = self._document.project
        layer = self._unlocked(layer_id)
        place = min(max(place, 0), len(project.layers) - 1)
        if layer is not None and project.layers.index(layer) != place:
            self._document.apply("Move Layer", project.move_layer(layer_id, place))

    def shift(self, layer_id: str, steps: int) -> None:
        """Move the layer up by ``steps``, down where negative."""
        if layer := self._layer(layer_id):
            self.move(layer_id, self._document.project.layers.index(layer) + steps)

    def duplicate(self, layer_id: str) -> None:
        """Put a copy above the layer and make it the current one."""
        if self._layer(layer_id):
            before = {layer.id for layer in self._document.project.layers}
            self._document.apply("Duplicate Layer", self._document.project.duplicate_layer(layer_id))
            new = next(layer.id for layer in self._document.project.layers if layer.id not in before)
            self._document.set_current_layer(new)

    def delete(self, layer_id: str) -> None:
        """Remove the layer."""
        if self._unlocked(layer_id):
            self._document.apply("Delete Layer", self._document.project.remove_layer(layer_id))

    def _layer(self, layer_id: str) -> EditLayer | None:
        return next((layer for layer in self._document.project.layers if layer.id == layer_id), None)

    def _unlocked(self, layer_id: str) -> EditLayer | None:
        layer = self._layer(layer_id)
        return None if layer is None or layer.locked else layer

    def _apply(self, label: str, before: EditLayer, after: EditLayer, merge: str = "") -> None:
        if after != before:
            self._document.apply(label, self._document.project.replace_layer(after), merge)
