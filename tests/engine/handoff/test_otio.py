"""OpenTimelineIO files read back as they were written, with media that are found."""

from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote, urlparse

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from engine.handoff.composition import CompLayer, Composition, Media
from engine.handoff.otio import timeline_of
from engine.handoff.write import write_handoff
from tests.engine.handoff.compositions import FILM, FIRST, delivered

RATE = float(FILM)


def frames(first: int, count: int) -> TimeRange:
    return TimeRange(RationalTime(first, RATE), RationalTime(count, RATE))


@pytest.fixture
def timeline(tmp_path: Path) -> otio.schema.Timeline:
    comp, folder = delivered(tmp_path), tmp_path / "delivery"
    read = otio.adapters.read_from_file(str(write_handoff(comp, "otio", folder, "cat")))
    assert read.is_equivalent_to(timeline_of(comp, folder))
    return read


def test_tracks_hold_the_source_and_each_layer_above_it(timeline: otio.schema.Timeline) -> None:
    source, glow, fire, fur = timeline.video_tracks()

    assert [track.name for track in (source, glow, fire, fur)] == ["source", "Glow", "Fire", "毛皮"]
    assert timeline.global_start_time == RationalTime(FIRST, RATE)
    assert source[0].source_range == frames(24, 48)  # the movie's first frame lies 24 before the composition's
    assert source[0].media_reference.available_range == frames(0, 240)
    assert glow[0].source_range == frames(1001, 48)
    assert fire[0].source_range.duration == RationalTime(4, RATE)  # a gap
    assert fire[1].source_range == frames(4, 16)
    assert fire[1].range_in_parent() == frames(4, 16)
    assert fur[0].source_range == frames(0, 48)


def test_media_are_found_from_the_timeline(timeline: otio.schema.Timeline, tmp_path: Path) -> None:
    source, glow, fire, fur = timeline.video_tracks()

    assert Path(unquote(urlparse(source[0].media_reference.target_url).path)) == tmp_path / "footage" / "cat 100%.mov"
    sequence = glow[0].media_reference
    assert isinstance(sequence, otio.schema.ImageSequenceReference)
    assert sequence.target_url_for_image_number(0) == "./glow.1001.exr"
    assert sequence.target_url_for_image_number(47) == "./glow.1048.exr"
    assert fire[1].media_reference.target_url == "fire.mov"
    assert fur[0].media_reference.target_url == "fur.png"


def test_what_the_format_cannot_say_is_metadata(timeline: otio.schema.Timeline) -> None:
    whole = timeline.metadata["patina"]
    _, glow, fire, _ = timeline.video_tracks()

    assert (whole["rate"], whole["pixel_aspect"], whole["sidecar"]) == ("24000/1001", "4/3", "cat.json")
    assert list(whole["notices"]) == ["Frames 3 and 4 are damaged."]
    assert glow[0].metadata["patina"]["alpha"] == "premultiplied"
    assert glow[0].metadata["patina"]["transfer"] == "linear"
    assert glow[0].metadata["patina"]["opacity"] == 0.5
    assert fire[1].metadata["patina"]["blend"] == "screen"
    assert [list(key) for key in fire[1].metadata["patina"]["opacity_keys"]] == [[1001, 0], [1011, 1], [1016, 0.25]]


@pytest.mark.parametrize(
    ("rate", "timecode", "start"),
    [
        (FILM, "01:00:00:00", 86400),
        (Fraction(30000, 1001), "01:00:00;00", 107892),
        (Fraction(30000, 1001), "01:00:00.00", 107892),
        (Fraction(25), "10:00:00:05", 900005),
        (Fraction(25), "yesterday", 1001),
    ],
)
def test_movies_keep_their_timecode(rate: Fraction, timecode: str, start: int, tmp_path: Path) -> None:
    media = Media(tmp_path / "layer.mov", "movie", 1001, 1, 20, rate, "straight")
    comp = Composition("A", 8, 8, rate, 1001, 20, media, (CompLayer("B", media, 1003, 1004),), timecode)

    timeline = timeline_of(comp, tmp_path)

    clip = timeline.video_tracks()[1][1]
    first = start if timecode != "yesterday" else 0
    assert timeline.global_start_time.value == start
    assert clip.media_reference.available_range.start_time.value == first
    assert clip.source_range.start_time.value == first + 2
    assert clip.source_range.start_time.rate == float(rate)
