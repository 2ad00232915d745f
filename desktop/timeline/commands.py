"""What the user changes in time; each method is one undoable step of the document."""

from dataclasses import replace
from fractions import Fraction

from desktop.document import Document
from desktop.timeline.frame_range import FrameRange
from engine.keyframes import Keys, without_key
from engine.project import EditLayer


class TimeCommands:
    """Changes the work area, and the ranges and keyframes of layers; a locked layer keeps what it has."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def work_in_here(self) -> None:
        """Let the work area begin at the playhead."""
        number, project = self._document.playhead.number, self._document.project
        last = project.work_out
        self.set_work_area(FrameRange(number, None if last is not None and last < number else last))

    def work_out_here(self) -> None:
        """Let the work area end at the playhead."""
        number, project = self._document.playhead.number, self._document.project
        first = project.work_in
        self.set_work_area(FrameRange(None if first is not None and first > number else first, number))

    def clear_work_area(self) -> None:
        """Let all frames be played."""
        self.set_work_area(FrameRange(None, None))

    def set_work_area(self, area: FrameRange, gesture: str = "") -> None:
        """Set the frames that are played; changes of one ``gesture`` become one step."""
        project = self._document.project
        if project.footage is None:
            return
        numbers = project.footage.numbers
        held = area.within(numbers)
        after = replace(
            project,
            work_in=None if held[0] == numbers[0] else held[0],
            work_out=None if held[-1] == numbers[-1] else held[-1],
        )
        if after != project:
            self._document.apply("Change the Work Area", after, gesture and f"work area {gesture}")

    def set_rate(self, rate: Fraction) -> None:
        """Set the frames a second of a sequence of stills."""
        footage = self._document.project.footage
        if footage is not None and footage.is_clip and footage.rate != rate:
            after = replace(self._document.project, footage=replace(footage, rate=rate))
            self._document.apply("Change the Frame Rate", after)

    def trim(self, layer_id: str, shown: FrameRange, gesture: str = "") -> None:
        """Set the frames in which a layer shows."""
        if layer := self._unlocked(layer_id):
            self._apply("Trim Layer", layer, replace(layer, first=shown.first, last=shown.last), gesture)

    def set_keys(self, layer_id: str, keys: Keys, gesture: str = "") -> None:
        """Move a layer's opacity keyframes."""
        if layer := self._unlocked(layer_id):
            self._apply("Move Keyframe", layer, replace(layer, opacity_keys=keys), gesture)

    def delete_key(self, layer_id: str, number: int) -> None:
        """Delete the opacity keyframe on a frame; after the last one the layer keeps its opacity."""
        if layer := self._unlocked(layer_id):
            keys = without_key(layer.opacity_keys, number)
            opacity = layer.opacity if keys else layer.opacity_at(number)
            self._apply("Delete Keyframe", layer, replace(layer, opacity_keys=keys, opacity=opacity))

    def _unlocked(self, layer_id: str) -> EditLayer | None:
        layers = self._document.project.layers
        return next((layer for layer in layers if layer.id == layer_id and not layer.locked), None)

    def _apply(self, label: str, before: EditLayer, after: EditLayer, gesture: str = "") -> None:
        if after != before:
            merge = gesture and f"{label} {before.id} {gesture}"
            self._document.apply(label, self._document.project.replace_layer(after), merge)
