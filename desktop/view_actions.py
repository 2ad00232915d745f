"""Joins the View and Matte menus to the viewer, both ways: menus follow whatever the viewer shows."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from desktop.actions import Actions
from desktop.viewer import Backdrop, Brush, Channel, Look, Viewer

CHANNELS = {
    "channel_rgb": Channel.RGB,
    "channel_r": Channel.RED,
    "channel_g": Channel.GREEN,
    "channel_b": Channel.BLUE,
    "channel_a": Channel.ALPHA,
}
VIEW = [*CHANNELS, "matte_overlay", "matte_view", "checkerboard", "wipe", "zoom_in", "zoom_out", "fit", "one_to_one"]
PICTURE_TOOLS = ["brush", "eraser", "box", "refine_mask"]
FIRST_COLOUR = (0.9, 0.2, 0.15)


class ViewActions:
    """What the actions do to the viewer."""

    def __init__(self, actions: Actions, viewer: Viewer) -> None:
        self._actions = actions
        self._viewer = viewer
        self._last_brush = Brush()
        self._last_paint = Brush(colour=FIRST_COLOUR)
        slots: dict[str, Callable[[], object]] = {
            "matte_overlay": lambda: viewer.set_matte_overlay(not viewer.look.matte_overlay),
            "matte_view": lambda: viewer.set_matte_view(not viewer.look.matte_view),
            "checkerboard": self._toggle_checkerboard,
            "wipe": lambda: viewer.set_wipe(not viewer.look.wipe),
            "zoom_in": viewer.zoom_in,
            "zoom_out": viewer.zoom_out,
            "fit": viewer.fit,
            "one_to_one": viewer.one_to_one,
            "brush": lambda: self._toggle_brush(erase=False),
            "eraser": lambda: self._toggle_brush(erase=True),
            "box": lambda: viewer.set_boxing(not viewer.boxing),
            "paint": self._toggle_paint,
            "brush_smaller": viewer.shrink_brush,
            "brush_larger": viewer.grow_brush,
        }
        for name, channel in CHANNELS.items():
            slots[name] = partial(self._toggle_channel, channel)
        actions.connect(slots)
        viewer.look_changed.connect(self._show_look)
        viewer.brush_changed.connect(self._show_brush)
        viewer.boxing_changed.connect(actions["box"].setChecked)
        self._show_look(viewer.look)
        self._show_brush(viewer.brush)

    def enable(self, enabled: bool) -> None:
        """Switch all of them on or off; without a picture no tool is held."""
        self._actions.enable([*VIEW, *PICTURE_TOOLS], enabled)
        if not enabled:
            self._viewer.set_brush(None)
            self._viewer.set_boxing(False)

    def _toggle_channel(self, channel: Channel) -> None:
        shown = self._viewer.look.channel
        self._viewer.set_channel(Channel.RGB if shown is channel else channel)
        # A checkable action has flipped by itself, also where the look stays.
        self._show_look(self._viewer.look)

    def _toggle_checkerboard(self) -> None:
        shown = self._viewer.look.backdrop is Backdrop.CHECKERBOARD
        self._viewer.set_backdrop(Backdrop.FOOTAGE if shown else Backdrop.CHECKERBOARD)

    def _toggle_brush(self, erase: bool) -> None:
        held = self._viewer.brush
        put_down = held is not None and held.colour is None and held.erase is erase
        self._viewer.set_brush(None if put_down else replace(self._last_brush, erase=erase))
        self._show_brush(self._viewer.brush)  # a checkable action has flipped by itself

    def _toggle_paint(self) -> None:
        held = self._viewer.brush
        put_down = held is not None and held.colour is not None
        self._viewer.set_brush(None if put_down else self._last_paint)

    def _show_look(self, look: Look) -> None:
        for name, channel in CHANNELS.items():
            self._actions[name].setChecked(look.channel is channel)
        self._actions["matte_overlay"].setChecked(look.matte_overlay)
        self._actions["matte_view"].setChecked(look.matte_view)
        self._actions["checkerboard"].setChecked(look.backdrop is Backdrop.CHECKERBOARD)
        self._actions["wipe"].setChecked(look.wipe)

    def _show_brush(self, brush: Brush | None) -> None:
        on_matte = brush is not None and brush.colour is None
        if brush is not None and on_matte:
            self._last_brush = brush
        elif brush is not None:
            self._last_paint = brush
        self._actions["brush"].setChecked(brush is not None and on_matte and not brush.erase)
        self._actions["eraser"].setChecked(brush is not None and on_matte and brush.erase)
        self._actions["paint"].setChecked(brush is not None and not on_matte)
        self._actions.enable(["brush_smaller", "brush_larger"], brush is not None)
