"""A movie's sound in another one: in step, and in a codec that the container holds."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.resampler import AudioResampler

from engine.errors import UserError
from engine.media.clips import open_clip, probe_clip
from engine.media.formats import FormatName
from engine.media.writers.movie import open_movie
from engine.media.writers.slate import slate_of
from tests.engine.media.movie_making import FILM_RATE, HEIGHT, WIDTH, numbered, write_movie

FRAMES, HERTZ = 36, 48000


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


def retold(source: Path, path: Path, name: FormatName, places: range) -> Path:
    """Write the frames of a movie at ``places`` anew, with its sound."""
    with open_clip(source) as clip:
        slate, start = slate_of(clip.info, places), clip.info.time(places.start)
        with open_movie(path, slate, name, sound=source, sound_start=start) as movie:
            for place in places:
                movie.write(clip.read(place).astype(np.float32) / 255)
    return path


@pytest.mark.parametrize(
    ("ending", "pictures", "sound", "name", "target", "kept", "slack"),
    [
        ("mp4", "libx264", "aac", "h264", "mp4", "aac", 0),
        ("mov", "mpeg4", "pcm_s16le", "prores422", "mov", "pcm_s16le", 0),
        # Matroska tells times in milliseconds.
        ("mkv", "mpeg4", "libopus", "prores422", "mov", "pcm_s16le", 48),
        ("mov", "mpeg4", "pcm_s16le", "ffv1", "mkv", "pcm_s16le", 48),
        ("mp4", "libx264", "aac", "vp9", "webm", "opus", 48),
        ("mkv", "mpeg4", "libopus", "vp9", "webm", "opus", 96),
    ],
)
@pytest.mark.parametrize("places", [range(FRAMES), range(10, 30)], ids=["all", "part"])
def test_sound_stays_in_step(
    tmp_path: Path,
    ending: str,
    pictures: str,
    sound: str,
    name: FormatName,
    target: str,
    kept: str,
    slack: int,
    places: range,
) -> None:
    source = with_sound(tmp_path / f"source.{ending}", pictures, sound)
    path = retold(source, tmp_path / f"movie.{target}", name, places)
    with av.open(str(path)) as container:
        assert container.streams.audio[0].codec_context.name == kept
    assert (probe_clip(path).frames, probe_clip(path).rate) == (len(places), FILM_RATE)
    samples = heard(path)
    length = len(places) / FILM_RATE * HERTZ
    assert length - 1100 <= len(samples) <= length + 2048
    original = heard(source)[round(places[0] / FILM_RATE * HERTZ) :]
    start, end = 4000, 40000 if len(places) == FRAMES else 30000
    late = range(-slack, slack + 1)
    errors = [np.abs(samples[start:end] - original[start + each : end + each]).mean() for each in late]
    assert min(errors) < 0.006  # a neighbouring sample would differ by 0.02


def test_a_silent_source_gives_a_silent_movie(tmp_path: Path) -> None:
    source = write_movie(tmp_path / "source.mp4", frames=2)
    assert not probe_clip(retold(source, tmp_path / "movie.mov", "prores422", range(2))).has_audio


def test_a_sound_source_that_is_gone_leaves_nothing(tmp_path: Path) -> None:
    source = write_movie(tmp_path / "source.mp4", frames=1)
    slate = slate_of(probe_clip(source), range(1))
    writer = open_movie(tmp_path / "movie.mov", slate, "prores422", sound=tmp_path / "gone.mov")
    with pytest.raises(UserError, match="There is no file"), writer:
        pass
    assert list(tmp_path.iterdir()) == [source]
