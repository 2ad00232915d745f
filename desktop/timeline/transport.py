"""The row of buttons and numbers above the tracks."""

from PySide6.QtCore import QSignalBlocker, QSize
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from desktop import theme
from desktop.playback.pace import Mode
from desktop.playback.player import Player
from desktop.playback.playhead import Playhead
from desktop.timeline.frame_field import FrameField
from desktop.widgets.elided_label import ElidedLabel
from engine.media.timecode import advanced
from engine.project import Footage

STILL_TIP = "A picture has one frame: there is nothing to play"
TIPS = {
    "first": "Go to the first frame",
    "previous": "Go back one frame",
    "play": "Play or pause",
    "next": "Go on one frame",
    "last": "Go to the last frame",
}
MODE_TIP = "Every frame: none is left out, the pace may fall. Real time: the pace is kept, late frames are dropped"
NO_TIMECODE = "00:00:00:00"


class Transport(QWidget):
    """Moves the playhead and plays; shows where it is."""

    def __init__(self, playhead: Playhead, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playhead, self._player = playhead, player
        self._footage: Footage | None = None
        self.frame_field = FrameField()
        self.timecode, self.facts = QLabel(), ElidedLabel("")
        self.mode = QComboBox()
        self.mode.setToolTip(MODE_TIP)
        for mode in Mode:
            self.mode.addItem(mode.label, mode.value)
        self._buttons = {name: _button(name) for name in TIPS}
        self._lay_out()
        self._connect()
        self.show_footage(None)
        self._show_state()

    def button(self, name: str) -> QToolButton:
        """Return a button: first, previous, play, next or last."""
        return self._buttons[name]

    def show_footage(self, footage: Footage | None) -> None:
        """Show how long other footage is, and what can be done with it."""
        self._footage = footage
        moving = footage is not None and footage.frames > 1
        for name, button in self._buttons.items():
            button.setEnabled(moving)
            button.setToolTip(TIPS[name] if moving or footage is None else STILL_TIP)
        self.frame_field.setEnabled(footage is not None)
        is_clip = footage is not None and footage.is_clip
        for widget in (self.mode, self.timecode):
            widget.setVisible(is_clip)
        self.facts.set_text(extent(footage))
        self.show_frame()

    def show_frame(self) -> None:
        """Show the playhead's frame."""
        number = self._playhead.number
        self.frame_field.show_frame(number, self._playhead.numbers)
        footage = self._footage
        if footage is not None and footage.rate is not None:
            start = footage.timecode or NO_TIMECODE
            self.timecode.setText(advanced(start, number - footage.first_frame, footage.rate))
            self.timecode.setToolTip("The source's timecode" if footage.timecode else "Time since the first frame")

    def _show_state(self) -> None:
        self._buttons["play"].setIcon(theme.icon("pause" if self._player.playing else "play"))
        with QSignalBlocker(self.mode):
            self.mode.setCurrentIndex(self.mode.findData(self._player.mode.value))

    def _connect(self) -> None:
        playhead, buttons = self._playhead, self._buttons
        self.frame_field.frame_asked.connect(playhead.go)
        buttons["first"].clicked.connect(lambda: playhead.go(playhead.numbers[0]))
        buttons["previous"].clicked.connect(lambda: playhead.step(-1))
        buttons["play"].clicked.connect(self._player.toggle)
        buttons["next"].clicked.connect(lambda: playhead.step(1))
        buttons["last"].clicked.connect(lambda: playhead.go(playhead.numbers[-1]))
        self.mode.activated.connect(lambda: self._player.set_mode(Mode(self.mode.currentData())))
        self._player.state_changed.connect(self._show_state)
        playhead.moved.connect(self.show_frame)

    def _lay_out(self) -> None:
        bar = QHBoxLayout(self)
        bar.setContentsMargins(8, 4, 8, 4)
        bar.setSpacing(2)
        for button in self._buttons.values():
            bar.addWidget(button)
        for widget in (self.frame_field, self.timecode):
            bar.addSpacing(8)
            bar.addWidget(widget)
        bar.addSpacing(8)
        bar.addWidget(self.facts, 1)
        bar.addSpacing(8)
        bar.addWidget(self.mode)


def extent(footage: Footage | None) -> str:
    """Return in words how long the footage is."""
    if footage is None:
        return ""
    if footage.rate is None:
        return "1 frame · still" if footage.frames == 1 else f"{footage.frames} frames"
    return f"{footage.frames} frames · {round(float(footage.rate), 3):g} fps"


def _button(name: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(name))
    button.setIconSize(QSize(18, 18))
    button.setAutoRaise(True)
    button.setAccessibleName(TIPS[name])
    return button
