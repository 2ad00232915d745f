"""Playing, against a clock that the test sets and frames that are ready when the test says so."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.playback.pace import Mode, Pace, advanced
from desktop.playback.player import FASTEST, Player
from desktop.playback.playhead import Playhead
from desktop.playback.timing import Timing
from engine.project import Footage, Project

CLIP = Footage(Path("/clip"), 64, 64, 20, Fraction(10), 101)


class Frames:
    """Ready are those that the test names, all at first."""

    def __init__(self) -> None:
        self.seconds_a_frame = 0.0
        self.ready: set[int] = set(CLIP.numbers)
        self.planned: list[int] = []

    def is_ready(self, number: int) -> bool:
        return number in self.ready

    def plan(self, moving: list[int]) -> None:
        self.planned = moving

    def room(self) -> int:
        return 100


class Desk:
    """A player whose time goes on by hand."""

    def __init__(self) -> None:
        self.time = 100.0
        self.frames = Frames()
        self.playhead = Playhead()
        self.player = Player(self.playhead, self.frames, now=lambda: self.time)
        self.seen: list[int] = []
        self.paces: list[Pace] = []
        self.show(Project(CLIP))
        self.playhead.moved.connect(self.seen.append)
        self.player.paced.connect(self.paces.append)
        self.player.rested.connect(self.paces.append)

    def show(self, project: Project) -> None:
        self.playhead.show_footage(project.footage)
        self.playhead.show_project(project)
        footage = project.footage
        self.player.set_timing(Timing(footage.numbers, footage.rate) if footage and footage.rate else None)

    def run(self, seconds: float, tick: float = 0.01) -> None:
        for _ in range(round(seconds / tick)):
            self.time += tick
            self.player.tick()


@pytest.fixture
def desk(qapp: object) -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.player.pause()


@pytest.mark.parametrize("mode", Mode)
def test_ready_frames_play_at_the_clips_rate(desk: Desk, mode: Mode) -> None:
    desk.player.set_mode(mode)
    desk.player.play(1)
    desk.run(1.0)
    assert desk.seen == pytest.approx(list(range(102, 112)), abs=1)
    assert len(desk.seen) in (9, 10)
    assert desk.paces[-1].shown == pytest.approx(10, rel=0.02)
    assert desk.paces[-1].dropped == 0


def test_real_time_keeps_the_pace_and_counts_what_it_drops(desk: Desk) -> None:
    desk.frames.ready = {103, 106, 107}
    desk.player.play(1)
    desk.run(0.75)
    assert desk.seen == [103, 106, 107]
    desk.player.pause()
    assert desk.paces[-1].dropped == 1 + 2


def test_a_late_frame_is_still_better_than_none(desk: Desk) -> None:
    desk.frames.ready = set()
    desk.player.play(1)
    desk.run(0.55)
    desk.frames.ready = {104}
    desk.run(0.02)
    assert desk.seen == [104]


def test_every_frame_waits_for_the_next(desk: Desk) -> None:
    desk.player.set_mode(Mode.EVERY_FRAME)
    desk.frames.ready = {102}
    desk.player.play(1)
    desk.run(1.0)
    assert desk.seen == [102]
    desk.frames.ready |= {103, 104}
    desk.run(0.05)
    assert desk.seen == [102, 103]
    desk.run(0.1)
    assert desk.seen == [102, 103, 104], "the one after a late frame is not early"
    assert desk.player.playing
    desk.player.pause()
    assert desk.paces[-1].dropped == 0


@pytest.mark.parametrize("mode", Mode)
def test_playing_loops_in_the_work_area(desk: Desk, mode: Mode) -> None:
    desk.show(Project(CLIP, work_in=105, work_out=107))
    desk.player.set_mode(mode)
    desk.player.play(1)
    desk.run(0.65)
    assert desk.seen[-5:] == [107, 105, 106, 107, 105] or desk.seen[-5:] == [106, 107, 105, 106, 107]
    assert set(desk.seen) == {105, 106, 107}


@pytest.mark.parametrize("mode", Mode)
def test_without_a_loop_playing_ends_at_the_last_frame_and_begins_anew(desk: Desk, mode: Mode) -> None:
    desk.player.set_mode(mode)
    desk.player.set_loop(False)
    desk.playhead.go(117)
    desk.player.play(1)
    desk.run(1.0)
    assert desk.playhead.number == 120
    assert not desk.player.playing
    desk.player.play(1)
    assert desk.playhead.number == 101


def test_j_and_l_double_the_speed_and_turn_at_once(desk: Desk) -> None:
    speeds = []
    for direction in (1, 1, 1, 1, 1, -1, -1):
        desk.player.faster(direction)
        speeds.append(desk.player.speed)
    assert speeds == [1, 2, 4, FASTEST, FASTEST, -1, -2]


def test_backwards_and_twice_as_fast(desk: Desk) -> None:
    desk.player.set_mode(Mode.EVERY_FRAME)
    desk.playhead.go(120)
    desk.seen.clear()
    desk.player.play(-2)
    desk.run(0.5, tick=0.005)
    assert desk.seen == list(range(119, 119 - len(desk.seen), -1))
    assert len(desk.seen) in (9, 10)
    desk.player.pause()
    assert desk.paces[-1].wanted == pytest.approx(20)


@pytest.mark.parametrize("mode", Mode)
def test_frames_of_a_varying_rate_stay_as_long_as_they_should(desk: Desk, mode: Mode) -> None:
    times = [Fraction(place, 10) for place in range(10)]  # a tenth of a second each, then half a second
    times += [1 + Fraction(place, 2) for place in range(10)]
    desk.player.set_timing(Timing(CLIP.numbers, Fraction(19, 5), tuple(times)))
    desk.player.set_mode(mode)
    desk.player.play(1)
    desk.run(0.95)
    assert desk.seen == list(range(102, 111))
    desk.run(1.6)
    assert desk.seen[9:] == [111, 112, 113, 114]
    desk.player.pause()
    assert desk.paces[-1].is_held
    assert desk.paces[-1].wanted == pytest.approx(2)
    desk.player.play(-1)
    desk.run(1.6)
    assert desk.seen[13:] == [113, 112, 111]


def test_a_jump_while_playing_goes_on_from_there(desk: Desk) -> None:
    desk.player.play(1)
    desk.run(0.3)
    desk.playhead.go(115)
    desk.seen.clear()
    desk.run(0.25)
    assert desk.seen == [116, 117]
    desk.player.pause()
    assert desk.paces[-1].dropped == 0


def test_what_comes_next_is_planned_but_not_what_would_be_late(desk: Desk) -> None:
    desk.frames.ready = {101}
    desk.player.play(1)
    assert desk.frames.planned[:3] == [102, 103, 104]
    assert sorted(desk.frames.planned) == list(range(102, 121))
    desk.player.pause()
    desk.frames.seconds_a_frame = 0.35  # three and a half frames long
    desk.player.play(1)
    assert desk.frames.planned[0] == 105
    desk.player.set_mode(Mode.EVERY_FRAME)
    assert desk.frames.planned[0] == 102


def test_a_still_does_not_play(desk: Desk) -> None:
    desk.show(Project(Footage(Path("/a.png"), 64, 64)))
    desk.player.toggle()
    assert not desk.player.playing
    desk.player.faster(-1)
    assert not desk.player.playing


areas = st.builds(lambda first, length: range(first, first + length), st.integers(-5, 2000), st.integers(1, 50))


@given(st.integers(-10, 3000), st.integers(-200, 200), areas, st.booleans())
def test_steps_stay_inside_the_area(number: int, steps: int, area: range, loop: bool) -> None:
    after = advanced(number, steps, area, loop)
    assert after in area
    if number in area and number + steps in area:
        assert after == number + steps
    if loop and number in area:
        assert advanced(after, -steps, area, loop) == number


def test_a_pace_says_what_was_dropped() -> None:
    assert Pace(23.9, 24, 0).is_held
    assert not Pace(23.9, 24, 1).is_held
    assert not Pace(20, 24, 0).is_held
    assert str(Pace(23.976, 23.976, 0)) == "24.0 of 23.98 fps"
    assert str(Pace(11.3, 24, 5)) == "11.3 of 24 fps · 5 dropped"
