"""Painting by hand on the atlas or on a frame: strokes and pictures become an RGBA layer that sticks to the surface."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.atlas.present_atlas import PresentAtlas
from desktop.background import Background
from desktop.document import Document
from desktop.pixels import LayerPixels, with_thumbnail
from desktop.viewer import Painted
from engine.atlas.atlas import Atlas
from engine.atlas.painting import (
    Part,
    blank_picture,
    painted,
    picture_on_atlas,
    picture_size,
    seen_layer,
    stroke_on_atlas,
)
from engine.compositing import premultiply, unpremultiply
from engine.delivery.still_edit import delivered_layer
from engine.errors import UserError
from engine.filters import resize
from engine.media.png import write_png
from engine.media.stills import read_still
from engine.project import LAYERS_FOLDER, EditLayer, new_id

NAME = "Painting"
KEPT_STROKES = 6
NO_ATLAS = "Fit the atlas first: what is painted sticks to it."
NOT_FITTED = "The atlas was not fitted to this frame; go to one of its frames, or fit it again."

Change = Callable[[np.ndarray], np.ndarray]
Then = Callable[[], None]


@dataclass(frozen=True)
class _Stroke:
    """A change of the picture on one atlas layer, and what to call once it is seen, or came to nothing."""

    label: str
    atlas_layer: str
    change: Change
    then: Then
    new_layer: str = ""  # the name of the layer to make, empty to go on with the current painting


class HandPainting(QObject):
    """Does one stroke after the other in the background; each is one undoable step of the document."""

    said = Signal(str)
    failed = Signal(object)  # a UserError

    def __init__(
        self, document: Document, present: PresentAtlas, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._present = present
        self._background = background
        self._waiting: deque[_Stroke] = deque()
        self._is_busy = False
        self._files: deque[str] = deque()
        document.footage_changed.connect(lambda _footage: self._files.clear())

    def stroke_on_atlas(self, stroke: Painted, atlas_layer: str, then: Then) -> None:
        """Paint on the picture over a layer's texture; ``then`` is called once the layer shows it."""
        if self._present.atlas is None:
            then()
            self.said.emit(NO_ATLAS)
            return
        part = Part(*stroke.part)

        def change(rgba: np.ndarray) -> np.ndarray:
            return painted(rgba, stroke.strength, part, None if stroke.brush.erase else stroke.brush.colour)

        self._do(_Stroke(_label(stroke), atlas_layer, change, then))

    def stroke_on_frame(self, stroke: Painted, atlas_layer: str, then: Then) -> None:
        """Paint on the shown frame; the stroke lands on the atlas, and is seen in all frames."""
        atlas, index = self._present.atlas, self._present.index
        if atlas is None or index is None:
            then()
            self.said.emit(NO_ATLAS if atlas is None else NOT_FITTED)
            return

        def change(rgba: np.ndarray) -> np.ndarray:
            size = (rgba.shape[1], rgba.shape[0])
            laid = stroke_on_atlas(atlas, atlas_layer, index, stroke.strength, Part(*stroke.part), size)
            if laid is None:
                raise UserError(f"The stroke lies beside the {atlas_layer} of the atlas; choose another layer of it.")
            return painted(rgba, *laid, None if stroke.brush.erase else stroke.brush.colour)

        self._do(_Stroke(_label(stroke), atlas_layer, change, then))

    def import_on_atlas(self, path: Path, atlas_layer: str) -> None:
        """Make a picture file a layer over the whole texture, whose shape it takes."""
        if self._present.atlas is None:
            self.said.emit(NO_ATLAS)
            return

        def change(rgba: np.ndarray) -> np.ndarray:
            return contained(read_rgba(path), (rgba.shape[1], rgba.shape[0]))

        self._do(_Stroke("Import a Picture", atlas_layer, change, lambda: None, path.stem))

    def import_on_frame(self, path: Path, atlas_layer: str) -> None:
        """Make a picture file a layer that lies on the shown frame, and sticks to the surface that it shows."""
        atlas, index = self._present.atlas, self._present.index
        if atlas is None or index is None:
            self.said.emit(NO_ATLAS if atlas is None else NOT_FITTED)
            return

        def change(rgba: np.ndarray) -> np.ndarray:
            picture = contained(read_rgba(path), atlas.clip.size)
            return picture_on_atlas(atlas, atlas_layer, index, picture, (rgba.shape[1], rgba.shape[0]))

        self._do(_Stroke("Import a Picture", atlas_layer, change, lambda: None, path.stem))

    def target(self, atlas_layer: str) -> EditLayer | None:
        """Return the layer that a stroke changes, None where it will make one.

        That is the current layer where it was painted by hand; where it lies on another layer of the atlas, the
        topmost painting on this one.
        """
        current, project = self._document.current(), self._document.project
        if current is None or current.job is not None or not current.atlas_layer:
            return None
        paintings = [
            layer
            for layer in project.layers
            if layer.job is None
            and not layer.locked
            and layer.atlas_layer == atlas_layer
            and project.atlas_of(layer) == project.atlas
        ]
        if current in paintings:
            return current
        elsewhere = current.atlas_layer != atlas_layer
        return paintings[-1] if paintings and elsewhere else None

    def layer_under(self, stroke: Painted) -> str:
        """Return the name of the atlas layer that is seen most where a stroke on the shown frame lies."""
        atlas, index = self._present.atlas, self._present.index
        if atlas is None or index is None:
            return ""
        return seen_layer(atlas, index, stroke.strength, Part(*stroke.part))

    def _do(self, stroke: _Stroke) -> None:
        self._waiting.append(stroke)
        self._go_on()

    def _go_on(self) -> None:
        """Begin the next stroke, which goes over what those before it made."""
        if self._is_busy or not self._waiting:
            return
        stroke, atlas = self._waiting.popleft(), self._present.atlas
        if atlas is None:
            stroke.then()
            self._go_on()
            return
        self._is_busy = True
        target = None if stroke.new_layer else self.target(stroke.atlas_layer)
        before = self._before(target, atlas, stroke.atlas_layer)
        folder, file = self._document.folder, f"{LAYERS_FOLDER}/{new_id()}.png"

        def work() -> LayerPixels:
            rgba = delivered_layer(stroke.change(before()))
            write_png(folder / file, rgba)
            return with_thumbnail(rgba)

        self._background.run(
            work,
            lambda pixels: self._take(stroke, folder, target, file, pixels),
            lambda error: self._fail(stroke, error),
        )

    def _before(self, target: EditLayer | None, atlas: Atlas, name: str) -> Callable[[], np.ndarray]:
        if target is None:
            return lambda: blank_picture(atlas, name)
        rgba, size = self._document.pixels.rgba(target.picture), picture_size(atlas, name)
        # A picture that came from elsewhere may be coarser than a brush should be.
        return lambda: rgba if rgba.shape[1::-1] == size else _resized(rgba, *size)

    def _take(self, stroke: _Stroke, folder: Path, target: EditLayer | None, file: str, pixels: LayerPixels) -> None:
        self._is_busy = False
        document = self._document
        if document.is_open and document.folder == folder:
            document.pixels.add(file, pixels)
            self._remember(file, folder)
            known = target is not None and any(layer.id == target.id for layer in document.project.layers)
            if target is not None and known:
                layer = replace(document.project.layer(target.id), picture=file)
                document.apply(stroke.label, document.project.replace_layer(layer))
            else:
                name = stroke.new_layer or NAME
                layer = EditLayer(new_id(), name, file, atlas_layer=stroke.atlas_layer)
                document.apply(stroke.label, document.project.add_layer(layer))
                document.set_current_layer(layer.id)
        stroke.then()
        self._go_on()

    def _remember(self, file: str, folder: Path) -> None:
        """Keep the pixels of the newest strokes in memory, those of older ones on disk alone."""
        self._files.append(file)
        shown = {layer.picture for layer in self._document.project.layers}
        while len(self._files) > KEPT_STROKES:
            old = self._files.popleft()
            if old not in shown:
                self._document.pixels.leave_on_disk(old, folder / old)

    def _fail(self, stroke: _Stroke, error: UserError) -> None:
        self._is_busy = False
        stroke.then()
        self.failed.emit(error)
        self._go_on()


def read_rgba(path: Path) -> np.ndarray:
    """Return a picture file as (H, W, 4) float32, straight alpha; raises UserError as `read_still` does."""
    still = read_still(path)
    alpha = np.ones(still.rgb.shape[:2], np.float32) if still.alpha is None else still.alpha
    return np.dstack([still.rgb, alpha])


def contained(rgba: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a picture as large as fits into a (width, height), in its own shape, on a transparent ground."""
    width, height = size
    scale = min(width / rgba.shape[1], height / rgba.shape[0])
    wide, high = max(round(rgba.shape[1] * scale), 1), max(round(rgba.shape[0] * scale), 1)
    left, top = (width - wide) // 2, (height - high) // 2
    result = np.zeros((height, width, 4), np.float32)
    result[top : top + high, left : left + wide] = _resized(rgba, wide, high)
    return result


def _resized(rgba: np.ndarray, width: int, height: int) -> np.ndarray:
    return unpremultiply(np.clip(resize(premultiply(rgba), width, height), 0, 1))


def _label(stroke: Painted) -> str:
    return "Erase" if stroke.brush.erase else "Paint"
