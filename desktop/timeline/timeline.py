"""The timeline: transport, frame field, and a track a layer. A picture is footage of one frame."""

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from desktop import theme
from desktop.timeline.frame_field import FrameField
from desktop.timeline.tracks import Tracks
from engine.project import Footage, Project

STILL_TIP = "A picture has one frame: there is nothing to play"
TIPS = {
    "first": "Go to the first frame",
    "previous": "Go back one frame",
    "play": "Play or pause",
    "next": "Go on one frame",
    "last": "Go to the last frame",
}


class Timeline(QWidget):
    """Shows a project in time. The frame is known by the source's own number."""

    frame_changed = Signal(int)
    layer_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._footage: Footage | None = None
        self._frame = 1
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._tick)
        self.frame_field = FrameField()
        self.frame_field.frame_asked.connect(self.set_frame)
        self.tracks = Tracks()
        self.tracks.frame_asked.connect(self.set_frame)
        self.tracks.layer_chosen.connect(self.layer_chosen)
        self._extent = QLabel()
        self._buttons = {name: _button(name) for name in TIPS}
        self._connect_buttons()
        self._lay_out()
        self._show_transport()
        self._show_frame()

    @property
    def frame(self) -> int:
        """The frame under the playhead."""
        return self._frame

    @property
    def frames(self) -> range:
        """The footage's frames; of nothing, a single frame 1."""
        footage = self._footage
        return range(1, 2) if footage is None else range(footage.first_frame, footage.first_frame + footage.frames)

    @property
    def playing(self) -> bool:
        """Whether the playhead runs."""
        return self._clock.isActive()

    def button(self, name: str) -> QToolButton:
        """Return a transport button: first, previous, play, next or last."""
        return self._buttons[name]

    def set_project(self, project: Project) -> None:
        """Show ``project``; the playhead stays where it is if the footage is the same."""
        if project.footage != self._footage:
            self.stop()
            self._footage = project.footage
            self._frame = self.frames[0]
            self._show_transport()
        self.tracks.show_project(project, self.frames)
        self._show_frame()

    def set_current_layer(self, layer_id: str) -> None:
        """Mark a layer's track; an empty id marks none."""
        self.tracks.show_current(layer_id)

    def set_frame(self, frame: int) -> None:
        """Move the playhead, at most to an end of the footage."""
        frame = min(max(frame, self.frames[0]), self.frames[-1])
        if frame != self._frame:
            self._frame = frame
            self._show_frame()
            self.frame_changed.emit(frame)

    def toggle_play(self) -> None:
        """Play from here, over and over, or pause; a still stays as it is."""
        if self.playing:
            self.stop()
        elif self._footage is not None and self._footage.rate is not None and len(self.frames) > 1:
            self._clock.start(round(1000 / self._footage.rate))
            self._buttons["play"].setIcon(theme.icon("pause"))

    def stop(self) -> None:
        """Let the playhead rest."""
        self._clock.stop()
        self._buttons["play"].setIcon(theme.icon("play"))

    def _tick(self) -> None:
        self.set_frame(self.frames[0] if self._frame == self.frames[-1] else self._frame + 1)

    def _connect_buttons(self) -> None:
        self._buttons["first"].clicked.connect(lambda: self.set_frame(self.frames[0]))
        self._buttons["previous"].clicked.connect(lambda: self.set_frame(self._frame - 1))
        self._buttons["play"].clicked.connect(self.toggle_play)
        self._buttons["next"].clicked.connect(lambda: self.set_frame(self._frame + 1))
        self._buttons["last"].clicked.connect(lambda: self.set_frame(self.frames[-1]))

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.setSpacing(2)
        for button in self._buttons.values():
            bar.addWidget(button)
        bar.addSpacing(10)
        bar.addWidget(self.frame_field)
        bar.addSpacing(6)
        bar.addWidget(self._extent)
        bar.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self.tracks)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(scroll)

    def _show_frame(self) -> None:
        self.frame_field.show_frame(self._frame, self.frames)
        self.tracks.show_frame(self._frame)

    def _show_transport(self) -> None:
        moving = len(self.frames) > 1
        for name, button in self._buttons.items():
            button.setEnabled(moving)
            button.setToolTip(TIPS[name] if moving or self._footage is None else STILL_TIP)
        self.frame_field.setEnabled(self._footage is not None)
        self._extent.setText(_extent(self._footage))


def _button(name: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(name))
    button.setIconSize(QSize(18, 18))
    button.setAutoRaise(True)
    button.setAccessibleName(TIPS[name])
    return button


def _extent(footage: Footage | None) -> str:
    """Return in words how long the footage is."""
    if footage is None:
        return ""
    if footage.rate is None:
        return "1 frame · still" if footage.frames == 1 else f"{footage.frames} frames"
    return f"{footage.frames} frames · {round(float(footage.rate), 3):g} fps"
