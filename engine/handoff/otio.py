"""Hand-off as OpenTimelineIO: the source on the lowest track, and each layer on one of its own above it.

What the format has no words for (alpha, blend mode, opacity) is metadata named "patina"; opacity keys there are pairs
of the composition's frame number and 0..1.
"""

from pathlib import Path
from urllib.parse import quote

from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import Clip, ExternalReference, Gap, ImageSequenceReference, Timeline, Track, TrackKind

from engine.handoff.composition import CompLayer, Composition, Media
from engine.handoff.counting import counted
from engine.handoff.places import inside, relative_to

NAMESPACE = "patina"


def otio_text(composition: Composition, folder: Path) -> str:
    """Return the text of an .otio file that lies in ``folder``: JSON."""
    return timeline_of(composition, folder).to_json_string(indent=4)


def timeline_of(composition: Composition, folder: Path) -> Timeline:
    """Return the composition as a timeline whose media are found from ``folder``."""
    timeline = Timeline(composition.name, global_start_time=_start(composition))
    timeline.metadata[NAMESPACE] = {
        "width": composition.width,
        "height": composition.height,
        "rate": str(composition.rate),
        "first": composition.first,
        "frames": composition.frames,
        "timecode": composition.timecode,
        "pixel_aspect": str(composition.pixel_aspect),
        "sidecar": "" if composition.sidecar is None else relative_to(composition.sidecar, folder),
        "notices": list(composition.notices),
    }
    whole = range(composition.first, composition.last + 1)
    source = _clip(composition.source, composition.source.path.name, whole, composition, folder)
    timeline.tracks.append(_track("source", [source]))
    timeline.tracks.extend(_layer_track(layer, composition, folder) for layer in composition.seen_layers)
    return timeline


def _start(composition: Composition) -> RationalTime:
    frames = counted(composition.timecode, composition.rate)
    return RationalTime(composition.first if frames is None else frames, float(composition.rate))


def _layer_track(layer: CompLayer, composition: Composition, folder: Path) -> Track:
    shown = composition.shown(layer)
    clip = _clip(layer.media, layer.name, shown, composition, folder)
    clip.metadata[NAMESPACE].update(
        blend=layer.blend.value,
        opacity=layer.opacity,
        opacity_keys=[[number, value] for number, value in layer.opacity_keys],
    )
    before = shown.start - composition.first
    gaps = [Gap(source_range=_range(0, before, composition))] if before else []
    return _track(layer.name, [*gaps, clip])


def _track(name: str, children: list[Clip | Gap]) -> Track:
    return Track(name, children=children, kind=TrackKind.Video)


def _clip(media: Media, name: str, shown: range, composition: Composition, folder: Path) -> Clip:
    """Return the part of the media that shows at the composition's numbers ``shown``."""
    first = 0 if media.kind == "still" else _first_time(media, composition) + shown.start - media.begins
    clip = Clip(name, _reference(media, composition, folder), _range(first, len(shown), composition))
    clip.metadata[NAMESPACE] = {
        "alpha": media.alpha,
        "transfer": "linear" if media.is_linear else "display",
        "bits": media.bits,
        "path": media.path.as_posix(),
    }
    return clip


def _first_time(media: Media, composition: Composition) -> int:
    """Return the media's own time of their first frame: a sequence's number, a movie's timecode."""
    if media.kind == "sequence":
        return media.first
    start = counted(composition.timecode, composition.rate)
    return 0 if start is None else start + media.begins - composition.first


def _reference(media: Media, composition: Composition, folder: Path) -> ExternalReference | ImageSequenceReference:
    if media.kind == "still":
        return ExternalReference(_url(media.path, folder), _range(0, composition.frames, composition))
    available = _range(_first_time(media, composition), media.frames, composition)
    if media.kind == "movie":
        return ExternalReference(_url(media.path, folder), available)
    before, digits, after = media.name_parts
    return ImageSequenceReference(
        target_url_base=f"{_url(media.path.parent, folder)}/",
        name_prefix=before,
        name_suffix=after,
        start_frame=media.first,
        frame_step=1,
        rate=float(composition.rate),
        frame_zero_padding=digits,
        available_range=available,
    )


def _range(first: int, frames: int, composition: Composition) -> TimeRange:
    rate = float(composition.rate)
    return TimeRange(RationalTime(first, rate), RationalTime(frames, rate))


def _url(path: Path, folder: Path) -> str:
    """Return a URL that is relative for what lies in the folder or below, so that both can move together."""
    relative = inside(path, folder)
    return quote(relative) if relative else path.as_uri()
