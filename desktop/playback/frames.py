"""The frames of the open clip: what is wanted goes to the workers, what they made comes back to the window here."""

import asyncio
import logging
from collections.abc import Iterable
from functools import partial

import numpy as np
import psutil
from PySide6.QtCore import QObject, Signal

from desktop.background import BUG
from desktop.playback.rendering import Frame, Material, MovingFrame, RestingFrame, Thumbnail, moving_look
from desktop.playback.shared_clip import ClipClosedError
from desktop.playback.workers import Job, Workers
from desktop.viewer.look import Look
from desktop.viewer.view import Size
from engine.errors import UserError
from engine.media.frame_cache import FrameCache

LEAST_BYTES, MOST_BYTES = 256 * 2**20, 4 * 2**30
SHARE_OF_MEMORY = 0.12
SMOOTHING = 0.2  # how much the newest frame counts in the mean time that one takes

LOGGER = logging.getLogger(__name__)


class Frames(QObject):
    """Asks workers for frames, and is told on the window's thread."""

    moving_ready = Signal(int)  # the number of a frame that `moving` now has
    rested = Signal(object)  # a Frame
    thumbnail_ready = Signal(int)
    cache_changed = Signal()
    said = Signal(str)
    missed = Signal()  # a frame could not be made
    failed = Signal(object)  # the first UserError of a clip; those after it are only said

    def __init__(self, loop: asyncio.AbstractEventLoop, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loop = loop
        self._workers = Workers(self._ring)
        self._cache = FrameCache(cache_bytes())
        self._latest: dict[int, MovingFrame] = {}  # by number, what was made last
        self._thumbnails: dict[tuple[int, Size], np.ndarray] = {}
        self._wanted_thumbnails: list[tuple[int, Size]] = []
        self._material: Material | None = None
        self._size = Size(1, 1)
        self._look = Look()
        self._told: set[str] = set()
        self._damaged: tuple[int, ...] = ()
        self.seconds_a_frame = 0.0

    @property
    def material(self) -> Material | None:
        """What frames are made of, None while no clip is open."""
        return self._material

    def set_material(self, material: Material | None) -> None:
        """Make frames of this from now on."""
        before, self._material = self._material, material
        if material is None or before is None or material.clip is not before.clip:
            self._forget()
            self._plan_thumbnails()
        self.cache_changed.emit()

    def set_size(self, size: Size) -> None:
        """Make moving frames of this size."""
        if size != self._size:
            self._size = size
            self.cache_changed.emit()

    def set_look(self, look: Look) -> None:
        """Make moving frames with this look."""
        if moving_look(look) != self._look:
            self._look = moving_look(look)
            self.cache_changed.emit()

    def moving(self, number: int) -> np.ndarray | None:
        """Return a frame at the screen's need, (h, w, 4) uint8, blue first; None while it is not made."""
        job = self._moving_job(number)
        return None if job is None else self._cache.get(job.key)

    def is_ready(self, number: int) -> bool:
        """Return whether `moving` has a frame."""
        job = self._moving_job(number)
        return job is not None and job.key in self._cache

    def ready_numbers(self) -> list[int]:
        """Return the numbers of all frames that are made, ascending."""
        return sorted(number for number in self._latest if self.is_ready(number))

    def room(self) -> int:
        """Return how many moving frames of the present size the memory may hold."""
        return max(self._cache.max_bytes // (self._size.width * self._size.height * 4), 1)

    def thumbnail(self, number: int, size: Size) -> np.ndarray | None:
        """Return a small picture, (h, w, 4) uint8, blue first; None while it is not made."""
        return self._thumbnails.get((number, size))

    def want_thumbnails(self, numbers: Iterable[int], size: Size) -> None:
        """Make these when there is nothing better to do."""
        self._wanted_thumbnails = [(number, size) for number in numbers]
        self._plan_thumbnails()

    def plan(self, moving: Iterable[int], resting: int | None = None, known: Frame | None = None) -> None:
        """Make these moving frames, then the resting one, in place of whatever was planned before.

        ``known`` is the resting frame as it was made before, for other layers.
        """
        material = self._material
        if material is None:
            self._workers.plan([])
            return
        jobs: list[Job] = [job for number in moving if (job := self._missing(number)) is not None]
        if resting is not None:
            rendered = known.rendered if known is not None and known.number == resting else {}
            jobs.append(RestingFrame(material, resting, rendered))
        self._workers.plan(jobs)

    def close(self) -> None:
        """End the workers."""
        self._workers.close()

    def _forget(self) -> None:
        self._workers.plan([])
        self._cache.clear()
        self._latest.clear()
        self._thumbnails.clear()
        self._told.clear()
        self._damaged = ()
        self.seconds_a_frame = 0.0

    def _moving_job(self, number: int) -> MovingFrame | None:
        material = self._material
        return None if material is None else MovingFrame(material, number, self._size, self._look)

    def _missing(self, number: int) -> MovingFrame | None:
        job = self._moving_job(number)
        return None if job is None or job.key in self._cache else job

    def _plan_thumbnails(self) -> None:
        missing = [wanted for wanted in self._wanted_thumbnails if wanted not in self._thumbnails]
        material = self._material
        self._workers.plan_idle([] if material is None else [Thumbnail(material, *wanted) for wanted in missing])

    def _ring(self, job: Job, result: object, seconds: float) -> None:
        """Take a result from a worker's thread to the window's."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(partial(self._take, job, result, seconds))

    def _take(self, job: Job, result: object, seconds: float) -> None:
        material = getattr(job, "material", None)
        if self._material is None or material is None or material.clip is not self._material.clip:
            return  # of a clip that was left
        self._note_damage(material)
        match job, result:
            case _, ClipClosedError():
                pass
            case _, Exception():
                self._tell(result)
            case MovingFrame(), np.ndarray():
                self._cache.put(job.key, result)
                self._latest[job.number] = job
                self._note_seconds(seconds)
                self.moving_ready.emit(job.number)
                self.cache_changed.emit()
            case RestingFrame(), Frame():
                self.rested.emit(result)
            case Thumbnail(), np.ndarray():
                self._thumbnails[job.number, job.size] = result
                self.thumbnail_ready.emit(job.number)

    def _note_seconds(self, seconds: float) -> None:
        mean = self.seconds_a_frame
        self.seconds_a_frame = mean + SMOOTHING * (seconds - mean) if mean else seconds

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            LOGGER.error("A frame could not be made", exc_info=error)
            error = UserError(BUG)
        self.missed.emit()
        if not self._told:
            self.failed.emit(error)
        elif str(error) not in self._told:
            self.said.emit(str(error))
        self._told.add(str(error))

    def _note_damage(self, material: Material) -> None:
        damaged = material.clip.damaged()
        if new := [number for number in damaged if number not in self._damaged]:
            self._damaged = damaged
            self.said.emit(f"Frame {new[0]} is damaged; the one before stands in for it.")


def cache_bytes() -> int:
    """Return how much memory moving frames may take: a share of the machine's."""
    return min(max(int(psutil.virtual_memory().total * SHARE_OF_MEMORY), LEAST_BYTES), MOST_BYTES)
