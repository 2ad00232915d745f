"""Joins the Playback menu and its keys to the player, the playhead and the work area."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.actions import SEPARATOR, TRANSPORT, Actions
from desktop.playback.pace import Mode
from desktop.playback.player import Player
from desktop.playback.playhead import Playhead
from desktop.timeline.commands import TimeCommands

NAMES = [spec.name for spec in TRANSPORT if spec is not SEPARATOR]
# The keys that words and sliders need as well: they act only while the viewer or the timeline has the keyboard.
LOCAL = ["previous_frame", "next_frame", "first_frame", "last_frame"]
SWAPPED = [("checkerboard", "pause"), ("toggle_locked", "play_forwards")]


class PlaybackActions(QObject):
    """What the transport's actions do; all of them rest while there is nothing to play."""

    def __init__(
        self, actions: Actions, playhead: Playhead, player: Player, commands: TimeCommands, places: list[QWidget]
    ) -> None:
        """``places`` are the widgets in which arrow keys move the playhead."""
        super().__init__(places[0])
        self._actions, self._player = actions, player
        self._swapped = False
        actions.connect(
            {
                "play": player.toggle,
                "play_backwards": lambda: player.faster(-1),
                "pause": player.pause,
                "play_forwards": lambda: player.faster(1),
                "previous_frame": lambda: playhead.step(-1),
                "next_frame": lambda: playhead.step(1),
                "first_frame": lambda: playhead.go(playhead.numbers[0]),
                "last_frame": lambda: playhead.go(playhead.numbers[-1]),
                "work_in": commands.work_in_here,
                "work_out": commands.work_out_here,
                "go_in": lambda: playhead.go(playhead.area[0]),
                "go_out": lambda: playhead.go(playhead.area[-1]),
                "clear_work_area": commands.clear_work_area,
                "loop": lambda: player.set_loop(actions["loop"].isChecked()),
                "every_frame": self._switch_mode,
            }
        )
        for name in LOCAL:
            actions[name].setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            for place in places:
                place.addAction(actions[name])
        player.state_changed.connect(self._show_state)
        self.enable(False)

    def enable(self, moving: bool) -> None:
        """Switch all of them on for a clip that can be played; its J, K and L are the player's then."""
        self._actions.enable(NAMES, moving)
        if moving != self._swapped:
            self._swapped = moving
            for one, other in SWAPPED:
                self._actions.swap_keys(one, other)

    def _switch_mode(self) -> None:
        every = self._actions["every_frame"].isChecked()
        self._player.set_mode(Mode.EVERY_FRAME if every else Mode.REAL_TIME)

    def _show_state(self) -> None:
        self._actions["loop"].setChecked(self._player.loop)
        self._actions["every_frame"].setChecked(self._player.mode is Mode.EVERY_FRAME)


class SpaceTap(QObject):
    """Plays when Space is tapped in a widget that uses Space, held, for something else."""

    def __init__(self, widget: QWidget, player: Player) -> None:
        super().__init__(widget)
        self._player = player
        self._tapped = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch Space and the mouse; nothing is taken away from the widget."""
        if event.type() == QEvent.Type.MouseButtonPress:
            self._tapped = False
        elif isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            if event.type() == QEvent.Type.KeyPress:
                self._tapped = True
            elif event.type() == QEvent.Type.KeyRelease and self._tapped:
                self._tapped = False
                self._player.toggle()
        return False
