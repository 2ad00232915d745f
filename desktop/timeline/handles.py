"""What can be taken on the tracks: ends of layers and of the work area, keyframes, marks of masks."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from desktop.timeline.frame_range import FrameRange
from desktop.timeline.frame_scale import FrameScale
from engine.keyframes import Keys, moved_key
from engine.project import EditLayer, Project

REACH = 5.0  # pixels


class Part(StrEnum):
    """Which thing of a layer, or of the work area, a handle moves."""

    FIRST = "first"
    LAST = "last"
    KEY = "key"


@dataclass(frozen=True)
class Handle:
    """A thing to drag: of the layer, or of the work area where that is None; ``number`` is a keyframe's frame."""

    part: Part
    layer: EditLayer | None = None
    number: int = 0

    def dragged_range(self, shown: FrameRange, frames: range, scale: FrameScale, x: float) -> FrameRange:
        """Return the range, which lies in ``frames``, with this end at a place, between the frames there."""
        if self.part is Part.FIRST:
            return shown.with_first(scale.frame_at(x + scale.frame_width / 2), frames)
        return shown.with_last(scale.frame_at(x - scale.frame_width / 2), frames)

    def dragged_keys(self, scale: FrameScale, x: float) -> Keys:
        """Return the layer's keyframes with this one at a place."""
        keys = self.layer.opacity_keys if self.layer else ()
        return moved_key(keys, self.number, scale.frame_at(x))


def layer_handle(layer: EditLayer, frames: range, scale: FrameScale, x: float) -> Handle | None:
    """Return what of a layer's track lies under a place; a keyframe before an end, None for a locked layer."""
    if layer.locked:
        return None
    shown = FrameRange(layer.first, layer.last)
    found = [*_keys(layer, scale), *_ends(shown, layer.own_numbers(frames), scale, layer)]
    return _nearest(found, scale, x)


def work_handle(project: Project, frames: range, scale: FrameScale, x: float) -> Handle | None:
    """Return which end of the work area lies under a place."""
    return _nearest(list(_ends(FrameRange(project.work_in, project.work_out), frames, scale, None)), scale, x)


def mask_numbers(project: Project) -> list[int]:
    """Return the frames on which an object has a mask of its own, ascending."""
    return sorted({number for subject in project.subjects for number in subject.key_numbers})


def mask_at(project: Project, scale: FrameScale, x: float) -> int | None:
    """Return the frame whose masks' mark lies under a place."""
    return next((each for each in mask_numbers(project) if abs(key_place(scale, each) - x) <= REACH), None)


def key_place(scale: FrameScale, number: int) -> float:
    """Return where a keyframe, or the mark of a mask, is drawn: in the middle of its frame."""
    return scale.start_of(number) + scale.frame_width / 2


def _keys(layer: EditLayer, scale: FrameScale) -> Iterator[tuple[float, Handle]]:
    for number, _ in layer.opacity_keys:
        yield key_place(scale, number), Handle(Part.KEY, layer, number)


def _ends(
    shown: FrameRange, frames: range, scale: FrameScale, layer: EditLayer | None
) -> Iterator[tuple[float, Handle]]:
    held = shown.within(frames)
    yield scale.start_of(held[0]), Handle(Part.FIRST, layer)
    yield scale.start_of(held[-1] + 1), Handle(Part.LAST, layer)


def _nearest(found: list[tuple[float, Handle]], scale: FrameScale, x: float) -> Handle | None:
    if x < scale.left - REACH:
        return None  # over the names
    return next((handle for place, handle in found if abs(place - x) <= REACH), None)
