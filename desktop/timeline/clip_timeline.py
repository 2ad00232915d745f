"""Joins the timeline to the clip: thumbnails, the frames that are ready, and the changes that drags ask for."""

from PySide6.QtCore import QObject, QSize, QTimer
from PySide6.QtGui import QImage

from desktop.document import Document
from desktop.playback.frames import Frames
from desktop.timeline.commands import TimeCommands
from desktop.timeline.timeline import Timeline
from desktop.viewer.view import Size

READY_EVERY_MS = 250


class ClipTimeline(QObject):
    """Keeps the tracks up to date with what the workers made."""

    def __init__(self, document: Document, frames: Frames, timeline: Timeline) -> None:
        super().__init__(timeline)
        self.commands = TimeCommands(document)
        self._frames, self._tracks = frames, timeline.tracks
        self._size = Size(1, 1)
        self._wanted: list[int] = []
        self._ready = QTimer(self, singleShot=True, interval=READY_EVERY_MS)
        self._ready.timeout.connect(lambda: self._tracks.show_ready(frames.ready_numbers()))
        frames.cache_changed.connect(self._note_change)
        frames.thumbnail_ready.connect(lambda _number: self._tracks.update())
        tracks, commands = self._tracks, self.commands
        tracks.set_thumbnails(self._thumbnail)
        tracks.thumbnails_wanted.connect(self._want)
        tracks.trimmed.connect(commands.trim)
        tracks.keys_moved.connect(commands.set_keys)
        tracks.key_deleted.connect(commands.delete_key)
        tracks.work_area_dragged.connect(commands.set_work_area)

    def _note_change(self) -> None:
        if not self._ready.isActive():
            self._ready.start()

    def _want(self, numbers: list[int], size: QSize) -> None:
        self._size = Size(size.width(), size.height())
        self._frames.want_thumbnails(numbers, self._size)

    def _thumbnail(self, number: int) -> QImage | None:
        pixels = self._frames.thumbnail(number, self._size)
        if pixels is None:
            return None
        height, width = pixels.shape[:2]
        return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
