"""Joins the actions on masks, overlays, the atlas view and painting to what they act on."""

from collections.abc import Callable
from functools import partial

from desktop.actions import Actions
from desktop.atlas.overlay_view import OverlayView
from desktop.atlas.overlays import Overlay

OVERLAY_ACTIONS = {
    "overlay_mapping": Overlay.MAPPING,
    "overlay_flow": Overlay.FLOW,
    "overlay_reconstruction": Overlay.RECONSTRUCTION,
    "overlay_residual": Overlay.RESIDUAL,
}
NEEDS_CLIP = ["fit_atlas", "import_atlas", "load_mask", "load_mask_folder", "overlay_flow", "atlas_view"]
NEEDS_ATLAS = [
    "paint",
    "paint_import_atlas",
    "paint_import_frame",
    *(name for name, overlay in OVERLAY_ACTIONS.items() if overlay.needs_atlas),
]


class AtlasActions:
    """What can be done with a clip and with its atlas; all of it rests while a still is open."""

    def __init__(self, actions: Actions, overlays: OverlayView, slots: dict[str, Callable[[], object]]) -> None:
        """``slots`` are what the actions do that are no overlays, by name."""
        self._actions = actions
        actions.connect({**slots, **{name: partial(overlays.toggle, each) for name, each in OVERLAY_ACTIONS.items()}})
        overlays.changed.connect(self._show_overlay)
        self._show_overlay(overlays.overlay)
        self.enable(False, False)

    def enable(self, is_clip: bool, has_atlas: bool) -> None:
        """Switch them on for what is open."""
        self._actions.enable(NEEDS_CLIP, is_clip)
        self._actions.enable(NEEDS_ATLAS, has_atlas)

    def _show_overlay(self, overlay: Overlay) -> None:
        for name, each in OVERLAY_ACTIONS.items():
            self._actions[name].setChecked(each is overlay)
