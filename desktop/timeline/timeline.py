"""The timeline: transport, frame field, and a track a layer. A picture is footage of one frame."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QVBoxLayout, QWidget

from desktop.playback.player import Player
from desktop.playback.playhead import Playhead
from desktop.timeline.tracks import Tracks
from desktop.timeline.transport import Transport
from engine.project import Footage, Project


class Timeline(QWidget):
    """Shows a project in time. The frame is known by the source's own number."""

    layer_chosen = Signal(str)

    def __init__(self, playhead: Playhead, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playhead = playhead
        self._footage: Footage | None = None
        self.transport = Transport(playhead, player)
        self.tracks = Tracks()
        self.tracks.frame_asked.connect(playhead.go)
        self.tracks.layer_chosen.connect(self.layer_chosen)
        playhead.moved.connect(self.tracks.show_frame)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()

    def button(self, name: str) -> QToolButton:
        """Return a transport button: first, previous, play, next or last."""
        return self.transport.button(name)

    def set_project(self, project: Project) -> None:
        """Show ``project`` at the playhead's frame."""
        if project.footage != self._footage:
            self._footage = project.footage
            self.transport.show_footage(project.footage)
        self.tracks.show_project(project, self._playhead.numbers)
        self.tracks.show_frame(self._playhead.number)

    def set_current_layer(self, layer_id: str) -> None:
        """Mark a layer's track; an empty id marks none."""
        self.tracks.show_current(layer_id)

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.tracks)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.transport)
        layout.addWidget(scroll)
