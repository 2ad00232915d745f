"""Joins the Layer menu to the layer panel and the current layer."""

from desktop.actions import Actions
from desktop.document import Document
from desktop.layers.panel import LayerPanel

NEEDS_LAYER = ["duplicate_layer", "toggle_visible", "toggle_solo", "toggle_locked"]
NEEDS_UNLOCKED_LAYER = ["delete_layer", "rename_layer", "raise_layer", "lower_layer"]
TOOLS = ["duplicate_layer", "delete_layer", "raise_layer", "lower_layer", "reuse"]


class LayerActions:
    """What the actions do to the current layer, and which of them it allows."""

    def __init__(self, actions: Actions, document: Document, panel: LayerPanel) -> None:
        self._actions = actions
        self._document = document
        layers = panel.commands
        actions.connect(
            {
                "duplicate_layer": lambda: layers.duplicate(document.current_layer),
                "delete_layer": lambda: layers.delete(document.current_layer),
                "rename_layer": panel.rename_current,
                "raise_layer": lambda: layers.shift(document.current_layer, 1),
                "lower_layer": lambda: layers.shift(document.current_layer, -1),
                "toggle_visible": lambda: layers.switch(document.current_layer, "visible"),
                "toggle_solo": lambda: layers.switch(document.current_layer, "solo"),
                "toggle_locked": lambda: layers.switch(document.current_layer, "locked"),
                "toggle_key": lambda: layers.toggle_key(document.current_layer),
                "reuse": panel.reuse_current,
            }
        )
        panel.add_key_button(actions["toggle_key"])
        panel.add_tools([actions[name] for name in TOOLS])
        self.show_what_can_be_done()

    def show_what_can_be_done(self) -> None:
        """Switch the actions on or off for the current layer."""
        layer = self._document.current()
        self._actions.enable(NEEDS_LAYER, layer is not None)
        self._actions.enable(NEEDS_UNLOCKED_LAYER, layer is not None and not layer.locked)
        footage = self._document.project.footage
        can_move = footage is not None and footage.frames > 1
        self._actions["toggle_key"].setEnabled(can_move and layer is not None and not layer.locked)
        self._actions["reuse"].setEnabled(layer is not None and layer.job is not None)
        self._actions["layer_matte"].setEnabled(layer is not None and bool(layer.matte))
