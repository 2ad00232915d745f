"""Playing: moves the playhead through the work area in the clip's own time, as frames are ready."""

from collections.abc import Callable
from math import ceil
from time import perf_counter
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop.playback.pace import Meter, Mode, advanced
from desktop.playback.playhead import Playhead
from desktop.playback.timing import Timing

TICK_MS = 4
TELL_SECONDS = 0.5
FASTEST = 8
MOST_AHEAD = 48  # frames planned at a time
PLAN_SECONDS = 0.1


class FrameSource(Protocol):
    """Where played frames come from, see `desktop.playback.frames.Frames`."""

    seconds_a_frame: float

    def is_ready(self, number: int) -> bool:
        """Return whether a frame can be shown at once."""
        ...

    def plan(self, moving: list[int]) -> None:
        """Make these frames next."""
        ...

    def room(self) -> int:
        """Return how many frames can be kept."""
        ...


class Player(QObject):
    """Plays a clip, forwards or backwards, at up to eight times its rate.

    In the mode "every frame" none is left out and the pace may fall; in "real time" the pace is kept, and frames that
    come too late are dropped and counted.
    """

    state_changed = Signal()
    paced = Signal(object)  # a Pace, now and then while playing
    rested = Signal(object)  # the Pace of the whole, when playing ends

    def __init__(
        self,
        playhead: Playhead,
        frames: FrameSource,
        parent: QObject | None = None,
        now: Callable[[], float] = perf_counter,
    ) -> None:
        """``now`` returns seconds."""
        super().__init__(parent)
        self._playhead, self._frames, self._now = playhead, frames, now
        self._timing: Timing | None = None
        self._speed = 0
        self._mode = Mode.REAL_TIME
        self._loop = True
        self._began, self._from, self._steps = 0.0, 1, 0  # real time counts from there
        self._due = 0.0
        self._meter = Meter(1)
        self._told = self._planned = 0.0
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        playhead.moved.connect(self._note_move)

    @property
    def speed(self) -> int:
        """How many times the clip's rate, negative backwards, 0 at rest."""
        return self._speed

    @property
    def playing(self) -> bool:
        """Whether the playhead runs."""
        return self._speed != 0

    @property
    def mode(self) -> Mode:
        """What gives way where frames come too late."""
        return self._mode

    @property
    def loop(self) -> bool:
        """Whether playing begins again at the end of the work area."""
        return self._loop

    @property
    def timing(self) -> Timing | None:
        """When the frames are due, None where there is nothing to play."""
        return self._timing

    def set_timing(self, timing: Timing | None) -> None:
        """Play the playhead's frames when they are due; None where there is nothing to play."""
        if timing is None:
            self.pause()
        if timing != self._timing:
            self._timing = timing
            self._begin()

    def set_mode(self, mode: Mode) -> None:
        """Choose what gives way."""
        self._mode = mode
        self._begin()
        self.state_changed.emit()

    def set_loop(self, loop: bool) -> None:
        """Choose whether to begin again at the end."""
        self._loop = loop
        self._begin()
        self.state_changed.emit()

    def toggle(self) -> None:
        """Play forwards, or pause."""
        if self.playing:
            self.pause()
        else:
            self.play(1)

    def faster(self, direction: int) -> None:
        """Play forwards (1) or backwards (-1), each time twice as fast; against the present direction, at once."""
        same = self._speed * direction > 0
        self.play(direction * (min(abs(self._speed) * 2, FASTEST) if same else 1))

    def play(self, speed: int) -> None:
        """Play at a multiple of the rate; at an end without a loop, from the other one."""
        area = self._playhead.area
        if self._timing is None or speed == 0 or len(self._playhead.numbers) < 2:
            return
        end = area[-1] if speed > 0 else area[0]
        if not self._loop and self._playhead.number == end:
            self._playhead.go(area[0] if speed > 0 else area[-1])
        self._speed = speed
        self._begin()
        self._timer.start()
        self.state_changed.emit()

    def pause(self) -> None:
        """Rest on the present frame."""
        if not self.playing:
            return
        self._timer.stop()
        self._speed = 0
        self.rested.emit(self._meter.pace())
        self.state_changed.emit()

    def tick(self) -> None:
        """Show the frame that is due, if one is."""
        if self._timing is None or not self.playing:
            return
        now = self._now()
        if self._mode is Mode.EVERY_FRAME:
            self._show_next(self._timing, now)
        else:
            self._show_newest(self._timing, now)
        if self.playing and now - self._planned >= PLAN_SECONDS:
            self._plan(now)
        if self.playing and now - self._told >= TELL_SECONDS:
            self._told = now
            self.paced.emit(self._meter.pace())

    def _begin(self) -> None:
        """Count from here and now."""
        if self._timing is None or not self.playing:
            return
        now = self._now()
        self._began, self._from, self._steps = now, self._playhead.number, 0
        self._due = now + self._seconds(self._timing, self._from)
        self._meter = Meter(float(self._timing.rate * abs(self._speed)))
        self._told = now
        self._plan(now)

    def _show_next(self, timing: Timing, now: float) -> None:
        number = self._ahead(1)
        if number == self._playhead.number:
            self._end_if_held()
        elif now >= self._due and self._frames.is_ready(number):
            seconds = self._seconds(timing, number)
            # A frame that was late does not make those after it early.
            self._due = self._due + seconds if now - self._due < seconds else now + seconds
            self._show(timing, number, now)

    def _show_newest(self, timing: Timing, now: float) -> None:
        due = self._last_step(self._steps_due(timing, now))
        for steps in range(due, max(self._steps, due - MOST_AHEAD), -1):
            number = self._at(steps)
            if self._frames.is_ready(number):
                if abs(self._speed) == 1:
                    self._meter.dropped += steps - self._steps - 1
                self._steps = steps
                self._show(timing, number, now)
                break
        if self._steps == self._last_step(self._steps + 1):
            self._end_if_held()

    def _end_if_held(self) -> None:
        if not self._loop:
            self.pause()

    def _show(self, timing: Timing, number: int, now: float) -> None:
        self._meter.show(now, self._seconds(timing, number))
        self._playhead.moved.disconnect(self._note_move)
        self._playhead.go(number)
        self._playhead.moved.connect(self._note_move)
        self._plan(now)

    def _seconds(self, timing: Timing, number: int) -> float:
        """Return how long a frame stays at the present speed."""
        return timing.seconds(number) / abs(self._speed)

    def _steps_due(self, timing: Timing, now: float) -> int:
        """Return how many frames should have followed since playing began."""
        return timing.steps(self._from, self._playhead.area, (now - self._began) * self._speed)

    def _at(self, steps: int) -> int:
        """Return the frame so many steps from where playing began."""
        return advanced(self._from, steps if self._speed > 0 else -steps, self._playhead.area, self._loop)

    def _ahead(self, steps: int) -> int:
        return advanced(self._playhead.number, steps if self._speed > 0 else -steps, self._playhead.area, self._loop)

    def _last_step(self, steps: int) -> int:
        """Return ``steps``, without a loop at most those to the end of the work area."""
        if self._loop:
            return steps
        area = self._playhead.area
        start = min(max(self._from, area[0]), area[-1])
        return min(steps, area[-1] - start if self._speed > 0 else start - area[0])

    def _plan(self, now: float) -> None:
        self._planned = now
        lead = 1
        if self._mode is Mode.REAL_TIME and self._timing is not None:
            # What would only be ready once its time has passed is not begun.
            behind = self._steps_due(self._timing, now) - self._steps
            lead = max(behind + ceil(self._frames.seconds_a_frame * float(self._timing.rate * abs(self._speed))), 1)
        ahead = min(MOST_AHEAD, self._frames.room() // 2 + 1, len(self._playhead.area))
        numbers = dict.fromkeys(self._ahead(steps) for steps in range(lead, lead + ahead))
        self._frames.plan([number for number in numbers if not self._frames.is_ready(number)])

    def _note_move(self) -> None:
        """Somebody else moved the playhead: count from there."""
        self._begin()
