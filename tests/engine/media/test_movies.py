"""Movies: every frame, in any order, of real encoders; sound and broken."""

import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engine.errors import UserError
from engine.media.clips import Clip, open_clip, probe_clip
from tests.engine.media.movie_making import FILM_RATE, HEIGHT, WIDTH, number_of, numbered, spoil, write_movie

PAL = Fraction(25)
X265 = {"x265-params": "keyint=15:log-level=none"}

# Ending, encoder, pixels, options, rate
KINDS: dict[str, tuple[str, str, str, dict[str, str], Fraction]] = {
    "one long group": ("mp4", "libx264", "yuv420p", {"g": "250", "bf": "3", "sc_threshold": "0"}, FILM_RATE),
    "short groups": ("mp4", "libx264", "yuv420p", {"g": "12", "bf": "3", "sc_threshold": "0"}, FILM_RATE),
    "open groups": (
        "mp4",
        "libx264",
        "yuv420p",
        {"x264-params": "open-gop=1:keyint=12:bframes=3:scenecut=0"},
        FILM_RATE,
    ),
    "gradual refresh": (
        "mp4",
        "libx264",
        "yuv420p",
        {"x264-params": "intra-refresh=1:keyint=15:scenecut=0"},
        FILM_RATE,
    ),
    "10 bits": ("mkv", "libx264", "yuv420p10le", {"g": "15"}, FILM_RATE),
    "hevc": ("mp4", "libx265", "yuv420p10le", X265, FILM_RATE),
    "transport stream": ("ts", "libx264", "yuv420p", {"g": "12", "bf": "3", "sc_threshold": "0"}, PAL),
    "program stream": ("mpg", "mpeg2video", "yuv420p", {"g": "12", "bf": "2"}, PAL),
    "avi": ("avi", "mpeg4", "yuv420p", {"g": "12", "bf": "2"}, PAL),
    "prores": ("mov", "prores_ks", "yuv422p10le", {}, FILM_RATE),
    "jpeg": ("mov", "mjpeg", "yuvj420p", {}, FILM_RATE),
    "vp9": ("webm", "libvpx-vp9", "yuv420p", {"g": "15", "deadline": "realtime", "lag-in-frames": "16"}, FILM_RATE),
    "ffv1": ("mkv", "ffv1", "yuv444p16le", {"g": "5"}, FILM_RATE),
    "gif": ("gif", "gif", "rgb8", {}, PAL),
}


@pytest.fixture
def movie(tmp_path: Path) -> Path:
    return write_movie(tmp_path / "movie.mp4", options={"g": "12", "bf": "3", "sc_threshold": "0"})


def shown(clip: Clip, places: list[int]) -> list[int]:
    return [number_of(clip.read(place)) for place in places]


# Frame by frame


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_is_found_in_order_and_in_any_order(tmp_path: Path, kind: str) -> None:
    ending, codec, pixels, options, rate = KINDS[kind]
    path = write_movie(tmp_path / f"movie.{ending}", codec, pixels, rate=rate, options=options)
    with open_clip(path) as clip:
        assert (clip.info.frames, clip.info.rate, clip.info.times) == (40, rate, None)
        assert (clip.info.width, clip.info.height, clip.info.first_frame) == (WIDTH, HEIGHT, 1)
        frames = [clip.read(place) for place in range(40)]
        assert [number_of(frame) for frame in frames] == list(range(40))
        for places in (random.Random(kind).sample(range(40), 40), range(39, -1, -1)):
            assert all(np.array_equal(clip.read(place), frames[place]) for place in places)
        assert clip.damaged == ()
    for place in (33, 16, 39):
        with open_clip(path) as clip:
            assert np.array_equal(clip.read(place), frames[place])


def test_two_readers_of_one_movie_do_not_disturb_each_other(movie: Path) -> None:
    with open_clip(movie) as one, open_clip(movie) as other:
        for place in range(20):
            assert shown(one, [place]) == [place]
            assert shown(other, [39 - place]) == [39 - place]


def test_places_outside_are_refused(movie: Path) -> None:
    with open_clip(movie) as clip:
        for place in (-1, 40):
            with pytest.raises(IndexError):
                clip.read(place)


def test_a_frame_may_be_changed_by_its_reader(movie: Path) -> None:
    with open_clip(movie) as clip:
        clip.read(3)[:] = 0
        assert shown(clip, [3]) == [3]


def test_a_movie_of_one_frame_is_a_clip(tmp_path: Path) -> None:
    with open_clip(write_movie(tmp_path / "one.mp4", frames=1)) as clip:
        assert (clip.info.frames, clip.info.rate) == (1, FILM_RATE)
        assert shown(clip, [0]) == [0]


# Times


def test_varying_times_are_kept(tmp_path: Path) -> None:
    times = [0, 1, 2, 5, 6, 10, 11, 12, 13, 20]
    path = write_movie(tmp_path / "movie.mp4", frames=10, rate=Fraction(30), times=times, options={"bf": "2"})
    with open_clip(path) as clip:
        assert clip.info.times == tuple(Fraction(time, 30) for time in times)
        assert clip.info.rate == Fraction(9 * 30, 20)
        assert clip.info.time(5) == Fraction(1, 3)
        assert shown(clip, [9, 0, 5]) == [9, 0, 5]


def test_milliseconds_do_not_make_a_steady_rate_vary(tmp_path: Path) -> None:
    info = probe_clip(write_movie(tmp_path / "movie.mkv", rate=FILM_RATE))
    assert (info.rate, info.times) == (FILM_RATE, None)


def remuxed(source: Path, target: Path, shift: int, options: dict[str, str] | None = None) -> Path:
    """Copy the packets, ``shift`` ticks of the source later."""
    with av.open(str(source)) as reading, av.open(str(target), "w", options=options or {}) as writing:
        stream = writing.add_stream_from_template(reading.streams.video[0])
        for packet in reading.demux(video=0):
            if packet.dts is not None and packet.pts is not None:
                packet.dts, packet.pts, packet.stream = packet.dts + shift, packet.pts + shift, stream
                writing.mux(packet)
    return target


def test_frames_before_an_edit_list_are_not_shown(movie: Path, tmp_path: Path) -> None:
    # Times below zero go before the edit list's beginning.
    ticks = 1001
    trimmed = remuxed(movie, tmp_path / "trimmed.mp4", -5 * ticks, {"avoid_negative_ts": "disabled"})
    with open_clip(trimmed) as clip:
        assert clip.info.frames == 35
        assert shown(clip, list(range(35))) == list(range(5, 40))
        assert shown(clip, [20, 0, 34, 7]) == [25, 5, 39, 12]


@pytest.mark.parametrize("ending", ["mkv", "mp4"])
def test_a_late_beginning_changes_nothing(movie: Path, tmp_path: Path, ending: str) -> None:
    with open_clip(remuxed(movie, tmp_path / f"late.{ending}", 24000)) as clip:
        assert (clip.info.frames, clip.info.rate, clip.info.times) == (40, FILM_RATE, None)
        assert shown(clip, [39, 0, 20]) == [39, 0, 20]


# What the file says


def test_timecode_pixel_aspect_and_sound_are_told(tmp_path: Path) -> None:
    def prepare(stream: av.video.stream.VideoStream) -> None:
        stream.metadata["timecode"] = "01:00:10:05"
        stream.sample_aspect_ratio = Fraction(4, 3)

    path = write_movie(tmp_path / "movie.mov", "mpeg4", prepare=prepare)
    info = probe_clip(path)
    assert (info.timecode, info.pixel_aspect, info.has_audio) == ("01:00:10:05", Fraction(4, 3), False)
    assert (info.codec, info.bits) == ("mpeg4", 8)


@pytest.mark.parametrize("odd", [(97, 128), (96, 129), (97, 129)])
def test_odd_sizes_are_kept(tmp_path: Path, odd: tuple[int, int]) -> None:
    path = write_movie(tmp_path / "movie.mkv", "ffv1", "yuv420p", [numbered(n, *odd) for n in range(3)])
    with open_clip(path) as clip:
        assert (clip.info.height, clip.info.width) == odd
        assert clip.read(2).shape == (*odd, 3)
        assert shown(clip, [2, 1]) == [2, 1]


@pytest.mark.parametrize(
    ("degrees", "turned"),
    [
        (90, lambda frame: np.rot90(frame)),
        (-90, lambda frame: np.rot90(frame, -1)),
        (180, lambda frame: np.rot90(frame, 2)),
    ],
)
def test_frames_are_turned_upright(tmp_path: Path, degrees: int, turned: Callable[[np.ndarray], np.ndarray]) -> None:
    """A display matrix tells how far the frame is turned against the clock when shown."""
    path = write_movie(
        tmp_path / "movie.mp4",
        frames=3,
        prepare=lambda stream: (
            stream.set_display_rotation(degrees),
            setattr(stream, "sample_aspect_ratio", Fraction(2)),
        ),
    )
    plain = write_movie(tmp_path / "plain.mp4", frames=3)
    with open_clip(path) as clip, open_clip(plain) as stored:
        assert np.array_equal(clip.read(1), turned(stored.read(1)))
        sideways = abs(degrees) == 90
        assert (clip.info.width, clip.info.height) == ((HEIGHT, WIDTH) if sideways else (WIDTH, HEIGHT))
        assert clip.info.pixel_aspect == (Fraction(1, 2) if sideways else 2)
    # OpenCV turns frames, too.
    capture = cv2.VideoCapture(str(path))
    assert capture.read()[1].shape == (clip.info.height, clip.info.width, 3)
    capture.release()


# Broken movies


@pytest.mark.parametrize(
    ("ending", "codec", "pixels"), [("mov", "prores_ks", "yuv422p10le"), ("mov", "mjpeg", "yuvj420p")]
)
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_lost_frames_predecessor_stands_in(
    tmp_path: Path, ending: str, codec: str, pixels: str, share: float
) -> None:
    path = spoil(write_movie(tmp_path / f"movie.{ending}", codec, pixels), {20, 21}, share)
    truth = [*range(20), 19, 19, *range(22, 40)]
    with open_clip(path) as clip:
        assert clip.info.frames == 40
        assert shown(clip, list(range(40))) == truth
        assert clip.damaged == (20, 21)
    with open_clip(path) as clip:
        places = random.Random(1).sample(range(40), 40)
        assert shown(clip, places) == [truth[place] for place in places]
        assert clip.damaged == (20, 21)


def test_a_lost_first_frame_gets_its_successor(tmp_path: Path) -> None:
    with open_clip(spoil(write_movie(tmp_path / "movie.mov", "mjpeg", "yuvj420p"), {0})) as clip:
        assert shown(clip, [0, 1]) == [1, 1]
        assert clip.damaged == (0,)


def test_all_that_was_predicted_from_a_lost_frame_is_told(tmp_path: Path) -> None:
    path = write_movie(tmp_path / "movie.mp4", options={"g": "10", "bf": "0", "sc_threshold": "0"})
    with open_clip(spoil(path, {14})) as clip:
        numbers = shown(clip, list(range(40)))
        assert clip.damaged == tuple(range(14, 20))
        assert numbers[:15] == [*range(14), 13]
        assert numbers[20:] == list(range(20, 40))
        assert shown(clip, [25, 14, 3]) == [25, 13, 3]


def test_a_decoder_that_gives_up_a_whole_group_is_asked_once(tmp_path: Path) -> None:
    path = write_movie(tmp_path / "movie.mp4", "libx265", "yuv420p", options=X265)
    with open_clip(spoil(path, {20})) as clip:
        numbers = shown(clip, list(range(40)))
        assert 20 in clip.damaged
        assert set(clip.damaged) <= set(range(15, 30))
        assert all(numbers[place] == place for place in range(40) if place not in clip.damaged)


def test_a_movie_cut_short_ends_early(tmp_path: Path) -> None:
    path = write_movie(tmp_path / "movie.mkv", "ffv1", "yuv420p")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with open_clip(path) as clip:
        assert 5 < clip.info.frames < 35
        assert shown(clip, list(range(clip.info.frames - 1))) == list(range(clip.info.frames - 1))


def test_a_frame_of_another_size_is_told_by_its_number(tmp_path: Path) -> None:
    parts = [
        write_movie(tmp_path / f"{side}.mov", "mjpeg", "yuvj420p", [numbered(n, side, WIDTH) for n in range(3)])
        for side in (HEIGHT, HEIGHT + 16)
    ]
    joined = tmp_path / "joined.mov"
    with av.open(str(parts[0])) as one, av.open(str(parts[1])) as other, av.open(str(joined), "w") as both:
        stream = both.add_stream_from_template(one.streams.video[0])
        packets = [each for part in (one, other) for each in part.demux(video=0) if each.size]
        for place, packet in enumerate(packets):
            packet.pts = packet.dts = place * packets[0].duration
            packet.stream = stream
            both.mux(packet)
    with open_clip(joined) as clip:
        assert shown(clip, [2]) == [2]
        with pytest.raises(UserError, match=r"Frame 5 of .*joined.mov is 128 × 112 pixels and the first one 128 × 96"):
            clip.read(4)


def sound_alone(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def unknown_codec(path: Path) -> Path:
    write_movie(path, "prores_ks", "yuv422p10le", 3)
    path.write_bytes(path.read_bytes().replace(b"apch", b"zzzz"))
    return path


def nothing_but_noise(path: Path) -> Path:
    return spoil(write_movie(path, "mjpeg", "yuvj420p", 3), {0, 1, 2})


def text(path: Path) -> Path:
    path.write_text("no movie at all\n" * 100)
    return path


def empty(path: Path) -> Path:
    path.touch()
    return path


def without_its_end(path: Path) -> Path:
    write_movie(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (sound_alone, "has no pictures in it; choose a movie with a video track"),
        (unknown_codec, "is in a codec that cannot be read; convert it to ProRes or H.264 first"),
        (nothing_but_noise, "can be decoded; get it again"),
        (text, "is no movie that can be read; use a .mov"),
        (empty, "is no movie that can be read; use a .mov"),
        (without_its_end, "is no movie that can be read; use a .mov"),
        (lambda path: path, "There is no file"),
    ],
)
def test_what_is_no_movie_is_refused_in_a_sentence(tmp_path: Path, make: Callable[[Path], Path], words: str) -> None:
    with pytest.raises(UserError, match=words) as refusal:
        open_clip(make(tmp_path / "movie.mov"))
    assert "\n" not in str(refusal.value)


def test_a_playlist_does_not_open_what_it_names(tmp_path: Path, movie: Path) -> None:
    playlist = tmp_path / "list.mov"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\n{movie}\n")
    with pytest.raises(UserError, match="is no movie"):
        open_clip(playlist)


def test_h264_without_times_is_refused(tmp_path: Path) -> None:
    path = write_movie(tmp_path / "movie.avi", options={"bf": "2"})
    with pytest.raises(UserError, match="does not tell the order of its frames"):
        open_clip(path)
    with open_clip(write_movie(tmp_path / "plain.avi", options={"bf": "0"})) as clip:
        assert shown(clip, [30, 10]) == [30, 10]
