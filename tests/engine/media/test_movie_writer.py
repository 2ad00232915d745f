"""Composite movies: what the source had, they have; read again by other readers."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.audio.resampler import AudioResampler

from engine.errors import UserError
from engine.media.clip_info import ClipInfo, ColourTags
from engine.media.clips import open_clip, probe_clip
from engine.media.movie_writer import MovieCodec, MovieWriter
from tests.engine.media.movie_making import FILM_RATE, HEIGHT, WIDTH, number_of, numbered

FRAMES, HERTZ = 36, 48000
RED, GREEN = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def chirp() -> np.ndarray:
    """Return sound no two moments of which are alike."""
    time = np.arange(round(FRAMES / FILM_RATE * HERTZ)) / HERTZ
    return (0.5 * np.sin(2 * np.pi * (200 + 300 * time) * time)).astype(np.float32)


def with_sound(path: Path, picture_codec: str, sound_codec: str) -> Path:
    """Write a movie of numbered frames with a sound track."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(picture_codec, rate=FILM_RATE)
        stream.width, stream.height, stream.pix_fmt, stream.time_base = WIDTH, HEIGHT, "yuv420p", 1 / FILM_RATE
        sound = container.add_stream(sound_codec, rate=HERTZ, layout="mono")
        for place in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(numbered(place), "rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = place, 1 / FILM_RATE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        size = sound.codec_context.frame_size or 1024
        convert = AudioResampler(sound.codec_context.format.name, "mono", HERTZ)
        for start in range(0, len(chirp()), size):
            block = av.AudioFrame.from_ndarray(chirp()[None, start : start + size], "fltp", "mono")
            block.sample_rate, block.pts, block.time_base = HERTZ, start, Fraction(1, HERTZ)
            for converted in convert.resample(block):
                container.mux(sound.encode(converted))
        container.mux(sound.encode())
    return path


def heard(path: Path) -> np.ndarray:
    """Return the first sound track from the time 0 on."""
    with av.open(str(path)) as container:
        convert, blocks, begin = AudioResampler("fltp", "mono", HERTZ), [], None
        for block in container.decode(audio=0):
            begin = float(block.pts * block.time_base) if begin is None else begin
            blocks += [each.to_ndarray()[0] for each in convert.resample(block)]
    samples = np.concatenate(blocks)
    lead = round(begin * HERTZ)
    return samples[-lead:] if lead < 0 else np.concatenate([np.zeros(lead, np.float32), samples])


def shot(colour: ColourTags | None = None, rate: Fraction = FILM_RATE, **others: object) -> ClipInfo:
    return ClipInfo(Path("shot"), WIDTH, HEIGHT, FRAMES, rate, colour=colour or ColourTags(), **others)


def write(path: Path, info: ClipInfo, codec: MovieCodec = "prores_422_hq", places: range = range(FRAMES)) -> Path:
    with MovieWriter(path, info, codec, first=places[0]) as writer:
        for place in places:
            writer.write(numbered(place, info.height, info.width))
    return path


def first_planes(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        dtype = np.uint8 if frame.format.components[0].bits == 8 else np.dtype("<u2")
        return [np.frombuffer(memoryview(plane), dtype).reshape(plane.height, -1) for plane in frame.planes]


# What is kept


@pytest.mark.parametrize(("codec", "ending"), [("prores_422_hq", "mov"), ("h264", "mp4"), ("h264", "mov")])
@pytest.mark.parametrize("rate", [FILM_RATE, Fraction(25), Fraction(60000, 1001)])
def test_frames_rate_timecode_tags_and_pixel_aspect_are_kept(
    tmp_path: Path, codec: MovieCodec, ending: str, rate: Fraction
) -> None:
    source = shot(ColourTags(1, 1, 1, 1), rate, timecode="10:00:00:00", pixel_aspect=Fraction(4, 3))
    path = write(tmp_path / f"movie.{ending}", source, codec)
    with open_clip(path) as clip:
        info = clip.info
        assert (info.frames, info.rate, info.times) == (FRAMES, rate, None)
        assert (info.timecode, info.pixel_aspect, info.colour) == ("10:00:00:00", Fraction(4, 3), source.colour)
        assert (info.codec, info.bits) == (("prores", 16) if codec == "prores_422_hq" else ("h264", 8))
        assert [number_of(clip.read(place)) for place in (0, 17, FRAMES - 1)] == [0, 17, FRAMES - 1]
    capture = cv2.VideoCapture(str(path))
    assert int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) == FRAMES
    assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(float(rate), rel=1e-6)
    capture.release()


def test_prores_names_itself_as_the_editors_expect(tmp_path: Path) -> None:
    with av.open(str(write(tmp_path / "movie.mov", shot()))) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.codec_tag, stream.profile) == ("apch", "HQ")
        assert stream.codec_context.pix_fmt == "yuv422p10le"


def test_varying_times_are_kept(tmp_path: Path) -> None:
    times = tuple(Fraction(place * place, 600) for place in range(FRAMES))
    source = shot(rate=Fraction(FRAMES - 1) / times[-1], times=times)
    for codec in ("prores_422_hq", "h264"):
        assert probe_clip(write(tmp_path / f"{codec}.mov", source, codec)).times == times
    part = probe_clip(write(tmp_path / "part.mov", source, places=range(10, 20)))
    assert part.times == tuple(time - times[10] for time in times[10:20])


def test_a_part_begins_at_its_own_timecode(tmp_path: Path) -> None:
    source = shot(rate=Fraction(24), timecode="00:59:59:20")
    path = write(tmp_path / "movie.mov", source, places=range(10, 30))
    with open_clip(path) as clip:
        assert (clip.info.timecode, clip.info.frames) == ("01:00:00:06", 20)
        assert number_of(clip.read(0)) == 10


# Colour


@pytest.mark.parametrize(
    ("codec", "tags", "written", "red"),
    [
        ("prores_422_hq", ColourTags(), ColourTags(1, 1, 1, 1), (250, 409, 960)),
        ("prores_422_hq", ColourTags(9, 16, 9, 1), ColourTags(9, 16, 9, 1), (294, 387, 960)),
        ("prores_422_hq", ColourTags(6, 6, 6, 2), ColourTags(6, 6, 6, 1), (326, 361, 960)),
        ("h264", ColourTags(), ColourTags(1, 1, 1, 1), (63, 102, 240)),
        ("h264", ColourTags(5, 6, 6, 2), ColourTags(5, 6, 6, 2), (76, 85, 255)),
        ("h264", ColourTags(1, 13, 0, 2), ColourTags(1, 13, 1, 2), (54, 99, 255)),
    ],
)
def test_red_has_the_samples_that_the_tags_mean(
    tmp_path: Path, codec: MovieCodec, tags: ColourTags, written: ColourTags, red: tuple[int, ...]
) -> None:
    path = tmp_path / "movie.mov"
    with MovieWriter(path, shot(tags), codec) as writer:
        writer.write(np.full((HEIGHT, WIDTH, 3), RED, np.float32))
    assert probe_clip(path).colour == written
    for plane, value in zip(first_planes(path), red, strict=True):
        assert abs(int(plane[40, 20]) - value) <= 1


def test_white_does_not_overshoot(tmp_path: Path) -> None:
    with MovieWriter(tmp_path / "movie.mov", shot()) as writer:
        writer.write(np.full((HEIGHT, WIDTH, 3), 65535, np.uint16))
    luma, *chroma = first_planes(tmp_path / "movie.mov")
    assert np.ptp(luma[:, :WIDTH]) == 0
    assert luma[0, 0] == 940
    assert all(plane[0, 0] == 512 for plane in chroma)


@pytest.mark.parametrize("codec", ["prores_422_hq", "h264"])
def test_another_reader_sees_the_same_colours(tmp_path: Path, codec: MovieCodec) -> None:
    """OpenCV converts by BT.601 whatever the tags say, so the source is tagged so."""
    colours = np.float32([RED, GREEN, (0.2, 0.3, 0.9), (0.5, 0.5, 0.5), (0.9, 0.8, 0.1), (0, 0, 0)])
    frame = np.repeat(np.repeat(colours.reshape(2, 3, 3), HEIGHT // 2, axis=0), WIDTH // 3 + 1, axis=1)[:, :WIDTH]
    with MovieWriter(tmp_path / "movie.mov", shot(ColourTags(6, 6, 6, 1)), codec) as writer:
        writer.write(np.ascontiguousarray(frame))
    capture = cv2.VideoCapture(str(tmp_path / "movie.mov"))
    seen = capture.read()[1][..., ::-1] / 255
    capture.release()
    with open_clip(tmp_path / "movie.mov") as clip:
        own = clip.read(0) / (65535 if clip.info.bits == 16 else 255)
    for row, column in ((20, 20), (20, 60), (20, 110), (70, 20), (70, 60), (70, 110)):
        np.testing.assert_allclose(seen[row, column], frame[row, column], atol=0.02)
        np.testing.assert_allclose(own[row, column], frame[row, column], atol=0.012)


def test_prores_is_nearly_lossless(tmp_path: Path) -> None:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] / 10
    smooth = np.stack([np.sin(rows), np.cos(columns), np.sin(rows + columns)], axis=-1).astype(np.float32) / 3 + 0.5
    with MovieWriter(tmp_path / "movie.mov", shot()) as writer:
        writer.write(smooth)
    with open_clip(tmp_path / "movie.mov") as clip:
        error = clip.read(0) / 65535 - smooth
    assert 10 * np.log10(1 / np.mean(error**2)) > 48


@pytest.mark.parametrize("codec", ["prores_422_hq", "h264"])
@pytest.mark.parametrize("size", [(HEIGHT + 1, WIDTH + 1), (HEIGHT + 1, WIDTH), (HEIGHT, WIDTH + 1)])
def test_odd_sizes_are_kept(tmp_path: Path, codec: MovieCodec, size: tuple[int, int]) -> None:
    source = ClipInfo(Path("shot"), size[1], size[0], 3, FILM_RATE)
    with open_clip(write(tmp_path / "movie.mov", source, codec, range(3))) as clip:
        assert clip.read(0).shape == (*size, 3)
        assert number_of(clip.read(2)) == 2


# Sound


@pytest.mark.parametrize(
    ("ending", "pictures", "sound", "kept", "slack"),
    [
        ("mp4", "libx264", "aac", "aac", 0),
        ("mov", "mpeg4", "pcm_s16le", "pcm_s16le", 0),
        ("mkv", "mpeg4", "libopus", "pcm_s16le", 48),  # Matroska tells times in milliseconds
    ],
)
@pytest.mark.parametrize("places", [range(FRAMES), range(10, 30)])
def test_sound_stays_in_step(
    tmp_path: Path, ending: str, pictures: str, sound: str, kept: str, slack: int, places: range
) -> None:
    source = with_sound(tmp_path / f"source.{ending}", pictures, sound)
    path = tmp_path / "movie.mov"
    with open_clip(source) as clip, MovieWriter(path, clip.info, audio_from=source, first=places[0]) as writer:
        for place in places:
            writer.write(clip.read(place))
    with av.open(str(path)) as container:
        assert container.streams.audio[0].codec_context.name == kept
    samples = heard(path)
    length = len(places) / FILM_RATE * HERTZ
    assert length - 100 <= len(samples) <= length + 2048
    original = heard(source)[round(places[0] / FILM_RATE * HERTZ) :]
    start, end = 4000, 40000 if len(places) == FRAMES else 30000
    late = range(-slack, slack + 1)
    errors = [np.abs(samples[start:end] - original[start + each : end + each]).mean() for each in late]
    assert min(errors) < 0.004  # a neighbouring sample would differ by 0.02


def test_a_silent_source_gives_a_silent_movie(tmp_path: Path) -> None:
    source = write(tmp_path / "source.mov", shot())
    with MovieWriter(tmp_path / "movie.mov", shot(), audio_from=source) as writer:
        writer.write(numbered(0))
    assert not probe_clip(tmp_path / "movie.mov").has_audio


# Whole or not at all


def write_and_give_up(path: Path) -> None:
    with MovieWriter(path, shot()) as writer:
        for place in range(20):
            writer.write(numbered(place))
        raise KeyboardInterrupt


def test_nothing_is_left_where_writing_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "movie.mov").write_text("the old one")
    with pytest.raises(KeyboardInterrupt):
        write_and_give_up(tmp_path / "movie.mov")
    assert [path.name for path in tmp_path.iterdir()] == ["movie.mov"]
    assert (tmp_path / "movie.mov").read_text() == "the old one"


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    import resource  # Windows has none

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def write_noise(path: Path, codec: MovieCodec) -> None:
    rng = np.random.default_rng(1)
    with MovieWriter(path, shot(), codec) as writer:
        for _ in range(30):
            writer.write(rng.random((HEIGHT, WIDTH, 3), np.float32))


@pytest.mark.parametrize("codec", ["prores_422_hq", "h264"])
def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path, codec: MovieCodec) -> None:
    with no_file_larger_than(10_000), pytest.raises(UserError, match="is too large for this disk; choose"):
        write_noise(tmp_path / "movie.mov", codec)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"), MovieWriter(tmp_path / "none" / "movie.mov", shot()):
        pass


def test_a_sound_source_that_is_gone_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match="There is no file"),
        MovieWriter(tmp_path / "movie.mov", shot(), audio_from=tmp_path / "gone.mov"),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_frame_of_another_size_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="shape"), MovieWriter(tmp_path / "movie.mov", shot()) as writer:
        writer.write(np.zeros((HEIGHT, WIDTH + 1, 3), np.float32))
