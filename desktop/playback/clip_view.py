"""The clip in the viewer: quick frames while the playhead moves, the exact one where it rests."""

from PySide6.QtCore import QObject, QTimer

from desktop.document import Document
from desktop.playback.atlas_store import AtlasStore
from desktop.playback.frames import Frames
from desktop.playback.layer_pictures import FramePictures, LayerPictures
from desktop.playback.moving_picture import MovingPicture
from desktop.playback.player import Player
from desktop.playback.rendering import Frame, Material
from desktop.playback.timing import Timing
from desktop.viewer import Look, Viewer
from desktop.viewer.view import Size
from engine.clip_frames import QuickLayers
from engine.project import Footage, Project

REST_MS = 120  # after which a playhead that stands still gets its exact frame
SETTLE_MS = 8
LEAST_NEED = 0.7  # of the zoom: a little less than one pixel a pixel does while frames move
COARSEST = 8


class ClipView(QObject):
    """Keeps the viewer on the playhead's frame while a clip is open; stills are none of its business."""

    def __init__(self, document: Document, frames: Frames, player: Player, viewer: Viewer) -> None:
        super().__init__(viewer)
        self._document, self._frames, self._player, self._viewer = document, frames, player, viewer
        self._playhead = document.playhead
        self.moving_picture = MovingPicture(viewer)
        self._frame: Frame | None = None  # the exact one that the viewer has
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._ask_for_exact)
        self._settling = QTimer(self, interval=SETTLE_MS)
        self._settling.timeout.connect(self._clear_once_settled)
        document.footage_changed.connect(self._show_footage)
        document.project_changed.connect(self._show_project)
        self._playhead.moved.connect(self._follow)
        frames.moving_ready.connect(self._take_moving)
        frames.rested.connect(self._take_exact)
        frames.missed.connect(player.pause)  # waiting for it would never end
        player.state_changed.connect(self._note_state)
        viewer.zoom_changed.connect(self._fit_need)
        viewer.look_changed.connect(self._take_look)

    @property
    def settled(self) -> bool:
        """Whether the viewer shows the playhead's frame exactly, and nothing lies over it."""
        shown = self._frame is not None and self._frame.number == self._playhead.number
        return shown and not self._rest.isActive() and self.moving_picture.isHidden() and self._viewer.settled

    def _show_footage(self, footage: Footage | None) -> None:
        self._player.pause()
        self._rest.stop()
        self._clear()
        self._frame = None
        if footage is None or not footage.is_clip:
            self._frames.set_material(None)
            return
        self._frame = Frame(footage.first_frame, self._document.source(), {})

    def _show_project(self, project: Project) -> None:
        self._player.set_timing(self._timing(project.footage))
        material = self._material(project)
        if material is None:
            return
        self._frames.set_material(material)
        self._fit_need()
        if self._player.playing:
            return  # the player plans anew with every frame
        if self._frame is None or self._frame.number != self._playhead.number:
            self._rest.start()
        elif self._frame.lacks(material):
            self._frames.plan([self._playhead.number], self._playhead.number, self._frame)
        else:
            self._viewer.set_layers(self._frame.placed(material))
            self._frames.plan([])

    def _timing(self, footage: Footage | None) -> Timing | None:
        clip = self._document.clip
        if footage is None or footage.rate is None or clip is None:
            return None
        return Timing(footage.numbers, footage.rate, clip.info.times)

    def _material(self, project: Project) -> Material | None:
        clip, before = self._document.clip, self._frames.material
        if clip is None:
            return None
        pixels, folder = self._document.pixels, self._document.folder
        still = {layer.picture: pixels.rgba(layer.picture) for layer in project.layers if layer.frames is None}
        if before is not None and before.clip is clip:
            pictures = LayerPictures(still, before.pictures.frames)
            return Material(clip, project, pictures, before.atlases, before.quick)
        pictures = LayerPictures(still, FramePictures(folder))
        return Material(clip, project, pictures, AtlasStore(folder), QuickLayers())

    def _follow(self, number: int) -> None:
        if self._document.clip is None:
            return
        pixels = self._frames.moving(number)
        if pixels is not None:
            self._settling.stop()
            self.moving_picture.show_frame(pixels)
        if not self._player.playing:
            self._frames.plan([number])
            self._rest.start()

    def _take_moving(self, number: int) -> None:
        waits = self._frame is None or self._frame.number != self._playhead.number
        if number == self._playhead.number and waits and not self._player.playing:
            pixels = self._frames.moving(number)
            if pixels is not None:
                self._settling.stop()
                self.moving_picture.show_frame(pixels)

    def _ask_for_exact(self) -> None:
        if not self._player.playing:
            number = self._playhead.number
            self._frames.plan([], number, self._frame)

    def _take_exact(self, frame: Frame) -> None:
        material = self._frames.material
        if material is None or self._player.playing or frame.number != self._playhead.number:
            return
        self._frame = frame
        self._viewer.set_frame(frame.source, frame.placed(material))
        self._settling.start()
        self._document.take_frame(frame.number, frame.source)
        if frame.lacks(material):
            self._rest.start()

    def _note_state(self) -> None:
        if self._player.playing:
            self._rest.stop()
        elif self._document.clip is not None and not self._rest.isActive():
            self._rest.start()

    def _clear_once_settled(self) -> None:
        if self._viewer.settled:
            self._clear()

    def _clear(self) -> None:
        self._settling.stop()
        self.moving_picture.clear()

    def _fit_need(self) -> None:
        """Make moving frames as large as the screen needs them."""
        footage = self._document.project.footage
        if footage is None or not footage.is_clip:
            return
        parts = 1
        while parts < COARSEST and LEAST_NEED * max(self._viewer.view.scales) <= 1 / (2 * parts):
            parts *= 2
        self._frames.set_size(Size(max(footage.width // parts, 1), max(footage.height // parts, 1)))

    def _take_look(self, look: Look) -> None:
        self._frames.set_look(look)
        if self._player.playing or not self.moving_picture.isHidden():
            pixels = self._frames.moving(self._playhead.number)
            if pixels is not None:
                self.moving_picture.show_frame(pixels)
