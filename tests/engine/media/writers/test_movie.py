"""Movies in every container: what the source had, they have, as the ffmpeg program reads it; whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.errors import UserError
from engine.media.clip_info import ColourTags
from engine.media.clips import open_clip, probe_clip
from engine.media.formats import FORMATS, FormatName
from engine.media.writers.movie import ENCODINGS, open_movie
from engine.media.writers.slate import Slate
from tests.engine.media.movie_making import FILM_RATE, HEIGHT, WIDTH, number_of, numbered
from tests.engine.media.writers.ffmpeg import shown

NTSC, PAL = Fraction(30000, 1001), Fraction(25)
TEXTS = {"prompt": "goldener “Schwan” = 白鳥; #1\\", "seed": "7"}
# One format for each way of writing a file, and its layout.
KINDS: dict[FormatName, tuple[str, str]] = {
    "prores422": ("mov", "yuv422p10le"),
    "ffv1": ("mkv", "gbrp16le"),
    "vp9": ("webm", "yuv420p"),
    "h264": ("mp4", "yuv420p"),
    "h265": ("mp4", "yuv420p10le"),
}
FRAMES = 12


def picture(place: int) -> np.ndarray:
    return numbered(place).astype(np.float32) / 255


def slate(rate: Fraction = FILM_RATE, **others: object) -> Slate:
    return Slate((WIDTH, HEIGHT), rate, **others)


def write(path: Path, name: FormatName, of: Slate, frames: int = FRAMES) -> Path:
    with open_movie(path, of, name) as movie:
        for place in range(frames):
            movie.write(picture(place))
    return path


# What is kept


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    ("rate", "timecode"),
    [(FILM_RATE, "10:00:00:23"), (NTSC, "00:59:59;28"), (PAL, ""), (Fraction(50), "23:59:59:49")],
    ids=str,
)
def test_frames_rate_and_timecode_are_kept(tmp_path: Path, name: FormatName, rate: Fraction, timecode: str) -> None:
    ending, pixels = KINDS[name]
    path = write(tmp_path / f"movie.{ending}", name, slate(rate, timecode=timecode))
    seen = shown(path, pixels)
    assert (len(seen.frames), seen.size, seen.rate) == (FRAMES, (WIDTH, HEIGHT), rate)
    assert seen.texts.get("timecode", "") == timecode
    # Matroska and WebM tell times in milliseconds.
    tick = Fraction(1, 1000) if ending in ("mkv", "webm") else Fraction(0)
    assert all(abs(time - place / rate) <= tick / 2 for place, time in enumerate(seen.times))
    with open_clip(path) as clip:
        assert (clip.info.frames, clip.info.rate, clip.info.times) == (FRAMES, rate, None)
        assert clip.info.timecode == timecode
        assert [number_of(clip.read(place)) for place in (0, 7, FRAMES - 1)] == [0, 7, FRAMES - 1]


@pytest.mark.parametrize("name", KINDS)
def test_varying_times_are_kept(tmp_path: Path, name: FormatName) -> None:
    ending, pixels = KINDS[name]
    times = tuple(Fraction(place * (place + 3), 600) for place in range(FRAMES + 1))
    path = write(tmp_path / f"movie.{ending}", name, slate(FRAMES / times[-1], times=times))
    seen = shown(path, pixels)
    tick = Fraction(1, 1000) if ending in ("mkv", "webm") else Fraction(0)
    assert len(seen.times) == FRAMES
    assert all(abs(time - exact) <= tick / 2 for time, exact in zip(seen.times, times, strict=False))
    if ending == "mov":
        with av.open(str(path)) as container:
            assert Fraction(container.duration, av.time_base) == times[-1]


@pytest.mark.parametrize("name", ["prores4444", *KINDS, "cineform", "animation"])
def test_tags_pixel_aspect_and_texts_are_kept(tmp_path: Path, name: FormatName) -> None:
    source = ColourTags(9, 16, 9, 1)
    ending, pixels = KINDS.get(name, ("mov", ""))
    pixels = pixels or {"cineform": "gbrp12le", "animation": "rgb24", "prores4444": "yuv444p12le"}[name]
    of = slate(NTSC, pixel_aspect=Fraction(4, 3), colour=source, texts=TEXTS, first=1001)
    path = write(tmp_path / f"movie.{ending}", name, of, 3)
    seen = shown(path, pixels)
    assert {**TEXTS, "first_frame": "1001", "pixel_aspect": "4/3"}.items() <= seen.texts.items()
    if ending not in ("mkv", "webm"):  # which say it in words alone
        assert seen.pixel_aspect == Fraction(4, 3)
    assert (seen.tags["color_primaries"], seen.tags["color_trc"]) == ("bt2020", "smpte2084")
    is_rgb = pixels.startswith("gbr") or pixels == "rgb24"
    assert seen.tags["color_space"] == ("gbr" if is_rgb else "bt2020nc")
    assert seen.tags["color_range"] == ("pc" if is_rgb else "tv")


@pytest.mark.parametrize(
    ("name", "tags", "written"),
    [
        ("prores422", ColourTags(), ColourTags(1, 1, 1, 1)),
        ("prores422", ColourTags(6, 6, 6, 2), ColourTags(6, 6, 6, 1)),
        ("ffv1", ColourTags(), ColourTags(1, 1, 0, 2)),
        ("h264", ColourTags(5, 6, 6, 2), ColourTags(5, 6, 6, 2)),
        ("h265", ColourTags(1, 13, 0, 2), ColourTags(1, 13, 1, 2)),
    ],
)
def test_what_is_written_reads_as_what_was_shown(
    tmp_path: Path, name: FormatName, tags: ColourTags, written: ColourTags
) -> None:
    """Untagged pictures are tagged as BT.709; H.264 and H.265 keep a full range."""
    path = tmp_path / f"movie.{KINDS[name][0]}"
    red = np.tile(np.float32((0.9, 0.1, 0.2)), (HEIGHT, WIDTH, 1))
    with open_movie(path, slate(colour=tags), name) as movie:
        movie.write(red)
    with open_clip(path) as clip:
        assert clip.info.colour == written
        np.testing.assert_allclose(clip.read(0) / (255 if clip.info.bits == 8 else 65535), red, atol=0.007)


def test_prores_names_itself_as_the_editors_expect(tmp_path: Path) -> None:
    for name, tag in (("prores4444", b"ap4h"), ("prores422", b"apch")):
        data = write(tmp_path / f"{name}.mov", name, slate(), 1).read_bytes()
        assert tag in data
        assert b"apl0" in data


def test_alpha_tells_its_kind(tmp_path: Path) -> None:
    with open_movie(tmp_path / "movie.mov", slate(), "animation", "premultiplied", has_alpha=True) as movie:
        movie.write(np.zeros((HEIGHT, WIDTH, 4), np.float32))
    assert shown(tmp_path / "movie.mov", "argb").texts["alpha"] == "premultiplied"


@pytest.mark.parametrize("frames", [1, 2])
@pytest.mark.parametrize("name", ["h264", "h265", "vp9"])
def test_a_movie_of_few_frames_is_whole(tmp_path: Path, name: FormatName, frames: int) -> None:
    path = write(tmp_path / f"movie.{KINDS[name][0]}", name, slate(), frames)
    assert probe_clip(path).frames == frames


@pytest.mark.parametrize("name", ["白鳥 50%.mov", "file:a'b.mov"])
def test_any_name_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path(name), "animation", slate(), 1)
    assert [path.name for path in tmp_path.iterdir()] == [name]


# What is refused


def test_formats_without_alpha_refuse_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^H\.264 cannot hold alpha; choose ProRes 4444, or export the composite\.$"):
        open_movie(tmp_path / "movie.mp4", slate(), "h264", has_alpha=True)


def test_sizes_that_an_encoder_refuses_are_told(tmp_path: Path) -> None:
    of = Slate((2, 2), FILM_RATE)
    told = r"^H\.265 cannot hold pictures of 2 × 2 pixels; choose another format\.$"
    with pytest.raises(UserError, match=told), open_movie(tmp_path / "movie.mp4", of, "h265"):
        pass
    assert not list(tmp_path.iterdir())


def test_stills_and_formats_of_stills_are_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no movie"):
        open_movie(tmp_path / "picture.png", slate(), "png")
    with pytest.raises(ValueError, match="no movie"):
        open_movie(tmp_path / "movie.mov", Slate((WIDTH, HEIGHT)), "prores4444")


@pytest.mark.parametrize("shape", [(HEIGHT, WIDTH + 1, 3), (HEIGHT, WIDTH, 4), (HEIGHT, WIDTH)])
def test_a_picture_of_another_shape_is_a_fault(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"), open_movie(tmp_path / "movie.mov", slate(), "prores422") as movie:
        movie.write(np.zeros(shape, np.float32))


def test_a_picture_stays_as_it_was(tmp_path: Path) -> None:
    rgba = np.random.default_rng(1).random((HEIGHT, WIDTH, 4), np.float32) * 2 - 0.5
    before = rgba.copy()
    with open_movie(tmp_path / "movie.mov", slate(), "animation", has_alpha=True) as movie:
        movie.write(rgba)
    np.testing.assert_array_equal(rgba, before)


# Whole or not at all


def write_and_give_up(path: Path) -> None:
    with open_movie(path, slate(), "prores422") as movie:
        for place in range(FRAMES):
            movie.write(picture(place))
        raise KeyboardInterrupt


def test_nothing_is_left_where_writing_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "movie.mov").write_text("the old one")
    with pytest.raises(KeyboardInterrupt):
        write_and_give_up(tmp_path / "movie.mov")
    assert [path.name for path in tmp_path.iterdir()] == ["movie.mov"]
    assert (tmp_path / "movie.mov").read_text() == "the old one"


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    resource = pytest.importorskip("resource", reason="Windows has no such limits")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def write_noise(path: Path, name: FormatName) -> None:
    rng = np.random.default_rng(1)
    with open_movie(path, slate(), name) as movie:
        for _ in range(6):
            movie.write(rng.random((HEIGHT, WIDTH, 3), np.float32))


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path, name: FormatName) -> None:
    with no_file_larger_than(3_000), pytest.raises(UserError, match="is too large for this disk; choose"):
        write_noise(tmp_path / f"movie{FORMATS[name].suffix}", name)
    assert not list(tmp_path.iterdir())


def test_places_that_cannot_be_written_are_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder, sentence in (("none", "The folder .* does not exist"), ("file", "is not a folder")):
        with pytest.raises(UserError, match=sentence):
            write(tmp_path / folder / "movie.mov", "prores422", slate(), 1)
    (tmp_path / "movie.mov").mkdir()
    with pytest.raises(UserError, match="is a folder; choose another name"):
        write(tmp_path / "movie.mov", "prores422", slate(), 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "movie.mov"]
